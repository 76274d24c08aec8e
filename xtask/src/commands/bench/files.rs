//! Measures the memory that large files take on their way through the server, and their time.

use std::time::Instant;

use anyhow::{Context, Result, ensure};
use rand::{RngCore as _, SeedableRng as _, rngs::StdRng};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::{
    harness::{TestCluster, Upload, test_cluster::Number, upload::MAX_PIECE, wait},
    progress::Progress,
};

use super::{figure::Figure, report::Section};

/// Bytes of a file.
const FILE: usize = 100 * 1024 * 1024;
/// Bytes of the files that are sent first, so that memory which every server takes for the first of
/// them (Signal sessions, TLS, pages of the program) is not measured.
const FIRST_FILE: usize = 64 * 1024;
const RUNS: usize = 3;

/// Promised MiB.
const GROWTH_PROMISE: f64 = 16.0;

/// A conversation of the number with a customer.
struct Conversation<'a> {
    cluster: &'a TestCluster<'a>,
    number: &'a Number,
    customer: String,
    /// Id of the chat.
    chat: String,
}

/// A file with bytes of its own: one that was uploaded before is not uploaded again.
struct File {
    /// WhatsApp's id of the message that the number sends it in.
    wa_id: String,
    name: String,
    bytes: Vec<u8>,
    /// In hex.
    sha256: String,
}

/// What each file of one direction took.
#[derive(Default)]
struct Samples {
    /// Growth of the server's memory while the file was under way, in MiB.
    growth: Vec<f64>,
    seconds: Vec<f64>,
}

pub(super) fn measure(mut cluster: TestCluster<'_>, progress: &Progress) -> Result<Section> {
    cluster.grow_to(1)?;
    let conversation = Conversation::open(&cluster)?;
    let mut random = StdRng::seed_from_u64(1);
    let first = File::new(0, FIRST_FILE, &mut random);
    conversation.send(&first)?;
    let (message, _) = conversation.receive(&first)?;
    conversation.read(&message, &first)?;

    let process = cluster.process();
    // All files are compared with the memory before the first large one.
    let before = process.rss()?;
    let measured = |samples: &mut Samples, way: &dyn Fn() -> Result<Instant>| -> Result<()> {
        process.forget_peak()?;
        let start = way()?;
        samples.seconds.push(start.elapsed().as_secs_f64());
        samples.growth.push(process.peak_rss()? - before);
        Ok(())
    };
    let [mut up, mut down, mut read] = [(); 3].map(|()| Samples::default());
    for run in 1..=RUNS {
        let file = File::new(run, FILE, &mut random);
        measured(&mut up, &|| conversation.send(&file))?;
        let message = wait::until("the file in the conversation", || {
            conversation.stored(|message| message["wa_id"] == file.wa_id)
        })?;
        measured(&mut read, &|| conversation.read(&message, &file))?;
        let file = File::new(RUNS + run, FILE, &mut random);
        measured(&mut down, &|| conversation.receive(&file).map(|(_, start)| start))?;
        progress.note(format_args!(
            "run {run}: up {:.1} MiB, down {:.1} MiB, to a browser {:.1} MiB",
            up.growth[run - 1],
            down.growth[run - 1],
            read.growth[run - 1]
        ));
    }
    Ok(Section {
        title: "Files: memory for 100 MB",
        how: format!(
            "Documents of {FILE} random bytes, one after the other. Up: from the first request of a \
             browser, in pieces of {MAX_PIECE} bytes, until the customer's phone has downloaded and \
             decrypted the file. Down: from the message of the phone, which has encrypted and \
             uploaded the file before, until the server has stored it. To a browser: from the \
             server's disk. Each is compared with what was sent by its SHA-256. Growth is the most \
             resident memory of the server meanwhile over that before the first of them, after one \
             small file each way. The phone works on the same cores.",
        ),
        figures: vec![
            Figure::new("growth, up", "MiB", up.growth).at_most(GROWTH_PROMISE),
            Figure::new("growth, down", "MiB", down.growth).at_most(GROWTH_PROMISE),
            Figure::new("growth, to a browser", "MiB", read.growth).at_most(GROWTH_PROMISE),
            Figure::new("time, up", "s", up.seconds),
            Figure::new("time, down", "s", down.seconds),
            Figure::new("time, to a browser", "s", read.seconds),
        ],
    })
}

impl File {
    fn new(nth: usize, length: usize, random: &mut StdRng) -> Self {
        let mut bytes = vec![0_u8; length];
        random.fill_bytes(&mut bytes);
        let sha256 = hex::encode(Sha256::digest(&bytes));
        Self { wa_id: format!("3EB0{nth:018X}"), name: format!("{nth}.bin"), bytes, sha256 }
    }
}

impl<'a> Conversation<'a> {
    fn open(cluster: &'a TestCluster<'_>) -> Result<Self> {
        let (number, whatsapp) = (cluster.first()?, cluster.whatsapp());
        let customer = whatsapp.new_phone("Carla Dias")?;
        whatsapp.send(&customer, &number.phone, "oi")?;
        let chat = wait::until("the customer's chat", || {
            Ok(number.client.call("chats", &[])?[0]["id"].as_i64())
        })?;
        Ok(Self { cluster, number, customer, chat: chat.to_string() })
    }

    /// Sends the file from a browser and waits until the customer's phone has it. Returns the time of
    /// the first request.
    fn send(&self, file: &File) -> Result<Instant> {
        let upload = Upload {
            chat: &self.chat,
            wa_id: &file.wa_id,
            kind: "document",
            mime: "application/octet-stream",
            name: &file.name,
            caption: "",
            view_once: false,
            bytes: &file.bytes,
            piece: MAX_PIECE,
        };
        let start = Instant::now();
        upload.send(&self.number.client)?;
        let whatsapp = self.cluster.whatsapp();
        wait::until("the file on the phone", || {
            let messages = whatsapp.messages(&self.customer, &self.number.phone)?;
            let Some(row) = messages.iter().find(|row| row["id"] == file.wa_id) else {
                return Ok(None);
            };
            ensure!(row["sha256"] == file.sha256, "the phone has another file: {row}");
            Ok(Some(()))
        })?;
        Ok(start)
    }

    /// Sends the file from the customer's phone and waits until the server has stored it. Returns the
    /// id of its message, and the time at which the phone had sent it: before, the file goes to the
    /// emulator in JSON, which says nothing about the server.
    fn receive(&self, file: &File) -> Result<(String, Instant)> {
        let (from, to) = (&self.customer, &self.number.phone);
        let sent = self.cluster.whatsapp().send_document(from, to, &file.name, &file.bytes)?;
        let start = Instant::now();
        let stored = || self.stored(|message| message["wa_id"] == sent);
        Ok((wait::until("the file to be stored", stored)?, start))
    }

    /// Returns the id of the message with a stored file that `is_it` picks among the last ones.
    fn stored(&self, is_it: impl Fn(&Value) -> bool) -> Result<Option<String>> {
        let messages = self.number.client.call("messages", &[("chat", &self.chat)])?;
        let messages = messages.as_array().context("no list of messages")?;
        let found = messages.iter().find(|message| is_it(message));
        let stored = found.filter(|message| message["media"]["state"] == "stored");
        Ok(stored.and_then(|message| message["id"].as_i64()).map(|id| id.to_string()))
    }

    /// Loads the file of a message as a browser does. Returns the time of the request.
    fn read(&self, message: &str, file: &File) -> Result<Instant> {
        let start = Instant::now();
        let sha256 = self.number.client.sha256(&format!("/midia/{message}"))?;
        ensure!(sha256 == file.sha256, "the server has another file");
        Ok(start)
    }
}
