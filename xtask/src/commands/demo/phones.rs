//! The demo's phones, driven through the emulator's control API.

use std::{
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::Duration,
};

use anyhow::{Context, Result};
use serde_json::{Value, json};

/// Phones for the two users to link.
const OURS: &[&str] = &["Ana Alves", "Bruno Braga"];

/// Who writes to them.
const CUSTOMERS: &[&str] = &["Carla Dias", "Davi Esteves", "Elisa Farias"];

/// What they write, in turn.
const LINES: &[&str] = &[
    "Oi! Vocês entregam no sábado?",
    "Bom dia, ainda tem o modelo azul?",
    "Qual é o prazo para o CEP 70000-000?",
    "Pode me mandar o orçamento, por favor?",
    "Perfeito, obrigada!",
    "Consigo trocar o tamanho?",
    "Paguei agora pelo Pix 🙂",
];

/// One line now and then: enough to see the page live, few enough to answer.
const PAUSE: Duration = Duration::from_secs(15);

/// The phones that were made.
pub(super) struct Phones {
    emulator: String,
    ours: Vec<String>,
    customers: Vec<String>,
}

/// Dropping it ends the conversation.
pub(super) struct Chatter {
    _stop: mpsc::Sender<()>,
}

impl Phones {
    pub(super) fn make(emulator: &str) -> Result<Self> {
        let make = |names: &[&str]| -> Result<Vec<_>> {
            names.iter().map(|name| new_phone(emulator, name)).collect()
        };
        Ok(Self { emulator: emulator.to_owned(), ours: make(OURS)?, customers: make(CUSTOMERS)? })
    }

    /// Customers begin to write to our numbers, until the returned value is dropped.
    pub(super) fn chat(self) -> Chatter {
        let (stop, stopped) = mpsc::channel();
        thread::spawn(move || {
            for (turn, text) in LINES.iter().cycle().enumerate() {
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
