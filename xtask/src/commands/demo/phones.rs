//! Drives the demo's phones through the emulator's control API.

use std::{
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::Duration,
};

use anyhow::{Context, Result};
use serde_json::{Value, json};

/// Names of the phones that the two users link.
const OURS: &[&str] = &["Ana Alves", "Bruno Braga"];

/// Names of the phones that write to them.
const CUSTOMERS: &[&str] = &["Carla Dias", "Davi Esteves", "Elisa Farias"];

/// Texts that customers send in turn.
const TEXTS: &[&str] = &[
    "Oi! Vocês entregam no sábado?",
    "Bom dia, ainda tem o modelo azul?",
    "Qual é o prazo para o CEP 70000-000?",
    "Pode me mandar o orçamento, por favor?",
    "Perfeito, obrigada!",
    "Consigo trocar o tamanho?",
    "Paguei agora pelo Pix 🙂",
];

/// Pause between two texts: short enough to see live updates, long enough to answer.
const PAUSE: Duration = Duration::from_secs(15);

/// Numbers of the phones that were created.
pub(super) struct Phones {
    emulator: String,
    ours: Vec<String>,
    customers: Vec<String>,
}

/// Handle of the thread that sends texts. Dropping it ends the thread.
pub(super) struct Chatter {
    _stop: mpsc::Sender<()>,
}

impl Phones {
    pub(super) fn create(emulator: &str) -> Result<Self> {
        let create = |names: &[&str]| -> Result<Vec<_>> {
            names.iter().map(|name| new_phone(emulator, name)).collect()
        };
        Ok(Self {
            emulator: emulator.to_owned(),
            ours: create(OURS)?,
            customers: create(CUSTOMERS)?,
        })
    }

    /// Has customers write to the two users until the returned value is dropped.
    pub(super) fn chat(self) -> Chatter {
        let (stop, stopped) = mpsc::channel();
        thread::spawn(move || {
            for (turn, text) in TEXTS.iter().cycle().enumerate() {
                let from = &self.customers[turn % self.customers.len()];
                let to = &self.ours[turn % self.ours.len()];
                if let Err(error) = send(&self.emulator, from, to, text) {
                    eprintln!("warning: a simulated phone could not write: {error:#}");
                }
                if stopped.recv_timeout(PAUSE) == Err(RecvTimeoutError::Disconnected) {
                    return;
                }
            }
        });
        Chatter { _stop: stop }
    }
}

fn new_phone(emulator: &str, name: &str) -> Result<String> {
    let mut answer = ureq::post(format!("{emulator}/phones")).send_json(json!({ "name": name }))?;
    let phone: Value = answer.body_mut().read_json()?;
    let number = phone["number"].as_str().context("a phone without a number")?;
    Ok(number.to_owned())
}

fn send(emulator: &str, from: &str, to: &str, text: &str) -> Result<()> {
    ureq::post(format!("{emulator}/phones/{from}/messages"))
        .send_json(json!({ "to": to, "text": text }))?;
    Ok(())
}
