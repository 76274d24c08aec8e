//! Measures the time from a click to WhatsApp's ack, and the texts a second that one server sends.

use std::{
    collections::HashMap,
    sync::mpsc::{self, Receiver, Sender},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, anyhow};
use rand::Rng as _;
use serde_json::Value;

use crate::{
    harness::{
        HttpClient, TestCluster,
        metrics::{MESSAGES_OUT, Metrics},
        test_cluster::Number,
        wait,
    },
    progress::Progress,
};

use super::{
    figure::{Figure, ms, percentile},
    report::Section,
};

const NUMBERS: usize = 100;
/// Two chats a number: the texts of a chat are sent one after the other.
const CHATS: usize = 200;
/// Numbers whose page is open. It shows when a text is acknowledged.
const OBSERVED: usize = 20;
/// Threads that click.
const WORKERS: usize = 20;
/// Clicks a second while the latency is measured.
const PER_SECOND: usize = 100;
const SECONDS: usize = 20;
/// Texts that are queued as fast as the server accepts them, which is faster than it can send.
const AT_ONCE: usize = 5_000;
const RUNS: usize = 3;

/// Longest wait for an event of a stream.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Promised median, in ms.
const P50_PROMISE: f64 = 15.0;
/// Promised 99th percentile, in ms.
const P99_PROMISE: f64 = 80.0;
/// Promised texts a second.
const RATE_PROMISE: f64 = 500.0;

/// A chat, and the connection that is kept open for its number.
struct Chat<'a> {
    client: &'a HttpClient,
    id: String,
    is_observed: bool,
}

struct Click {
    wa_id: String,
    /// The time at which it was due: a late click counts from then on.
    due: Instant,
    is_observed: bool,
}

/// WhatsApp's id of a text, and the time at which a page was told that it is acknowledged.
type Ack = (String, Instant);

pub(super) fn measure(cluster: &mut TestCluster<'_>, progress: &Progress) -> Result<Section> {
    cluster.grow_to(NUMBERS)?;
    let (chats, metrics) = (open_chats(cluster)?, cluster.metrics());
    // The first text of each chat creates Signal sessions, which must not be measured.
    send_and_wait(&metrics, CHATS, || {
        in_parallel(&chats, |_, chats| chats.iter().map(Chat::send).collect())
    })?;

    let acks = watch_all(&cluster.numbers()[..OBSERVED])?;
    let (mut p50, mut p99) = (Vec::new(), Vec::new());
    for run in 1..=RUNS {
        let latencies = latencies(click_steadily(&chats)?, &acks)?;
        p50.push(percentile(&latencies, 0.5));
        p99.push(percentile(&latencies, 0.99));
        progress.note(format_args!(
            "run {run}: p50 {:.1} ms, p99 {:.1} ms",
            p50[run - 1],
            p99[run - 1]
        ));
    }
    // The pages are closed.
    drop(acks);

    let (mut rates, mut cpu) = (Vec::new(), Vec::new());
    for run in 1..=RUNS {
        let (start, used) = (Instant::now(), cluster.process().cpu()?);
        send_and_wait(&metrics, AT_ONCE, || {
            in_parallel(&chats, |_, chats| {
                let turns = (0..AT_ONCE / WORKERS).map(|turn| &chats[turn % chats.len()]);
                turns.map(Chat::send).collect()
            })
        })?;
        let took = start.elapsed().as_secs_f64();
        rates.push(AT_ONCE as f64 / took);
        cpu.push((cluster.process().cpu()? - used).as_secs_f64() / took * 100.0);
        progress.note(format_args!("run {run}: {:.0} messages/s", rates[run - 1]));
        wait::pause(Duration::from_secs(2))?;
    }
    Ok(Section {
        title: "Outbound: from a click to WhatsApp's ack",
        how: format!(
            "{PER_SECOND} clicks a second in {CHATS} chats of {NUMBERS} numbers for {SECONDS} s, \
             over connections that are kept open. {OBSERVED} of the numbers have their page open; \
             for their texts, the time counts from the click until the page is told that WhatsApp \
             has acknowledged the text, which is after the commit. Then {AT_ONCE} texts are queued \
             as fast as they are accepted, without open pages; that time ends with the last ack. \
             The emulator and the phones decrypt on the same cores."
        ),
        figures: vec![
            Figure::new("click to ✓, p50", "ms", p50).at_most(P50_PROMISE),
            Figure::new("click to ✓, p99", "ms", p99).at_most(P99_PROMISE),
            Figure::new("acknowledged at saturation", "messages/s", rates).at_least(RATE_PROMISE),
            Figure::new("processor time of the server at saturation", "% of a core", cpu),
        ],
    })
}

/// Has customers write to every number.
fn open_chats<'a>(cluster: &'a TestCluster<'_>) -> Result<Vec<Chat<'a>>> {
    let (whatsapp, numbers) = (cluster.whatsapp(), cluster.numbers());
    let customers: Result<Vec<_>> =
        (0..CHATS).map(|nth| whatsapp.new_phone(&format!("Cliente {nth:03}"))).collect();
    let phones: Vec<_> = numbers.iter().map(|number| number.phone.clone()).collect();
    whatsapp.load(&customers?, &phones, CHATS, 1)?;
    let mut chats = Vec::new();
    for (place, Number { client, .. }) in numbers.iter().enumerate() {
        let ids = wait::until("the chats of a number", || {
            let chats = client.call("chats", &[])?;
            let ids = chats.as_array().into_iter().flatten().map(|chat| chat["id"].to_string());
            let ids: Vec<_> = ids.collect();
            Ok((ids.len() == CHATS / NUMBERS).then_some(ids))
        })?;
        let is_observed = place < OBSERVED;
        chats.extend(ids.into_iter().map(|id| Chat { client, id, is_observed }));
    }
    Ok(chats)
}

impl Chat<'_> {
    /// Sends a text. Returns WhatsApp's id of it.
    fn send(&self) -> Result<String> {
        let wa_id = format!("3EB0{:018X}", rand::rng().random::<u64>());
        let form = [
            ("chat", self.id.as_str()),
            ("text", "Bom dia! Já vou ver."),
            ("wa_id", wa_id.as_str()),
        ];
        self.client.call("send_text", &form)?;
        Ok(wa_id)
    }
}

/// Clicks at a steady rate.
fn click_steadily(chats: &[Chat<'_>]) -> Result<Vec<Click>> {
    let (start, between) = (Instant::now(), Duration::from_secs(1) / PER_SECOND as u32);
    in_parallel(chats, |worker, chats| {
        let turns = 0..PER_SECOND * SECONDS / WORKERS;
        let clicks = turns.map(|turn| -> Result<Click> {
            let due = start + between * (turn * WORKERS + worker) as u32;
            wait::pause(due.saturating_duration_since(Instant::now()))?;
            let chat = &chats[turn % chats.len()];
            Ok(Click { wa_id: chat.send()?, due, is_observed: chat.is_observed })
        });
        clicks.collect()
    })
}

/// Sends `count` texts, and waits until WhatsApp has acknowledged all of them.
fn send_and_wait<T>(
    metrics: &Metrics,
    count: usize,
    send: impl FnOnce() -> Result<T>,
) -> Result<()> {
    let acknowledged = || -> Result<f64> { Ok(metrics.read()?.value(MESSAGES_OUT)) };
    let all = acknowledged()? + count as f64;
    send()?;
    wait::until("all texts to be acknowledged", || Ok((acknowledged()? >= all).then_some(())))
}

/// Divides the chats among threads, so that those of a number are in one thread.
fn in_parallel<T: Send>(
    chats: &[Chat<'_>],
    work: impl Fn(usize, &[Chat<'_>]) -> Result<Vec<T>> + Sync,
) -> Result<Vec<T>> {
    let work = &work;
    thread::scope(|scope| {
        let shares = chats.chunks(chats.len().div_ceil(WORKERS)).enumerate();
        let workers = shares.map(|(worker, chats)| scope.spawn(move || work(worker, chats)));
        // All of them are started before the first is joined.
        let workers: Vec<_> = workers.collect();
        let mut all = Vec::new();
        for worker in workers {
            all.extend(worker.join().map_err(|_| anyhow!("a sender panicked"))??);
        }
        Ok(all)
    })
}

/// Opens the streams of pages, which end soon after the receiver is dropped. Returns when no event
/// of them can be missed any more.
fn watch_all(numbers: &[Number]) -> Result<Receiver<Ack>> {
    let (ack, acks) = mpsc::channel();
    let (begin, begun) = mpsc::channel();
    for Number { client, .. } in numbers {
        let (client, ack, begin) = (client.new_connection(), ack.clone(), begin.clone());
        thread::spawn(move || watch(&client, &ack, begin));
    }
    for _ in numbers {
        begun.recv_timeout(TIMEOUT).context("a live stream did not begin")?;
    }
    Ok(acks)
}

fn watch(client: &HttpClient, acks: &Sender<Ack>, begin: Sender<()>) -> Result<()> {
    let mut begin = Some(begin);
    for line in client.lines("/live")? {
        let (line, at) = (line?, Instant::now());
        let Some(event) = line.strip_prefix("data:") else { continue };
        // The first event is sent after the position of the stream is known.
        if let Some(begin) = begin.take() {
            begin.send(())?;
        }
        if let Some(wa_id) = acknowledged(&serde_json::from_str(event)?) {
            acks.send((wa_id, at))?;
        }
    }
    Ok(())
}

/// Returns WhatsApp's id of the message of an event, if WhatsApp has acknowledged it.
fn acknowledged(event: &Value) -> Option<String> {
    let message = &event["event"]["message"]["message"];
    match message["delivery"].as_str()? {
        "sent" | "delivered" | "read" => message["wa_id"].as_str().map(str::to_owned),
        _ => None,
    }
}

/// Waits for the acks of the observed clicks. Returns the latency of each in ms.
fn latencies(clicks: Vec<Click>, acks: &Receiver<Ack>) -> Result<Vec<f64>> {
    let observed = clicks.into_iter().filter(|click| click.is_observed);
    let mut waiting: HashMap<_, _> = observed.map(|click| (click.wa_id, click.due)).collect();
    let mut latencies = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let (wa_id, at) = acks.recv_timeout(TIMEOUT).context("a text was not acknowledged")?;
        latencies.extend(waiting.remove(&wa_id).map(|due| ms(at - due)));
    }
    Ok(latencies)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_ack_is_read_from_the_event_of_a_page() {
        let event = |delivery: Value| {
            json!({ "seq": 7, "event": { "message": {
                "chat": { "id": 1 }, "message": { "wa_id": "3EB0", "delivery": delivery }
            } } })
        };
        assert_eq!(acknowledged(&event(json!("sent"))).as_deref(), Some("3EB0"));
        assert_eq!(acknowledged(&event(json!("delivered"))).as_deref(), Some("3EB0"));
        assert_eq!(acknowledged(&event(json!("queued"))), None);
        assert_eq!(acknowledged(&event(json!({ "failed": { "reason": "refused" } }))), None);
        assert_eq!(acknowledged(&json!({ "seq": null, "event": "resync" })), None);
    }
}
