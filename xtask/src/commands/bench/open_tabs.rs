//! Measures what many open tabs cost, and the time until all of them have a message.

use std::{
    collections::HashSet,
    sync::mpsc::{self, Receiver, Sender},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, anyhow};

use crate::{
    harness::{HttpClient, TestCluster, WhatsApp, wait},
    progress::Progress,
};

use super::{
    figure::{Figure, ms, percentile},
    report::Section,
};

/// Tabs of one user. Each has a stream of its own, as in a browser whose tabs cannot share one.
const TABS_OF_USER: usize = 10;
/// Numbers, which all users may read.
const NUMBERS: usize = 10;
/// Customers, each with one chat.
const CUSTOMERS: usize = 50;
/// Messages a second of all customers.
const PER_SECOND: usize = 50;
const SECONDS: usize = 20;
const SENT: usize = PER_SECOND * SECONDS;
/// Threads that send. A message may wait for another of the same customer, and for no other.
const WORKERS: usize = 5;
const RUNS: usize = 3;

/// Longest wait for an event of a stream.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Promised % of one core, for as many tabs.
const CPU_PROMISE: f64 = 40.0;
const TABS_OF_PROMISE: usize = 200;

/// What precedes the number of a message in its text.
const MARK: &str = "bench-";
/// Digits of the number.
const DIGITS: usize = 6;

/// The number of a message, and the time at which one tab had it.
type Arrival = (usize, Instant);

/// A customer and the number that they write to.
struct Pair {
    customer: String,
    number: String,
}

pub(super) fn measure(
    cluster: &mut TestCluster<'_>,
    tabs: usize,
    progress: &Progress,
) -> Result<Section> {
    cluster.grow_to(NUMBERS)?;
    let (cluster, whatsapp) = (&*cluster, cluster.whatsapp());
    let pairs = pairs(cluster, &whatsapp)?;
    let users = add_users(cluster, tabs.div_ceil(TABS_OF_USER))?;
    progress.note(format_args!("{} users may read {NUMBERS} numbers", users.len()));
    let arrivals = open(&users, tabs)?;
    // The first message of each customer creates a Signal session, which must not be measured.
    for (nth, pair) in pairs.iter().enumerate() {
        whatsapp.send(&pair.customer, &pair.number, &text(nth))?;
    }
    last_arrivals(&arrivals, 0, pairs.len(), tabs)?;
    let idle = cluster.process().rss()?;

    let (mut p50, mut p99, mut cpu) = (Vec::new(), Vec::new(), Vec::new());
    for run in 0..RUNS {
        let first = CUSTOMERS + run * SENT;
        let (start, used) = (Instant::now(), cluster.process().cpu()?);
        let due = send_steadily(&whatsapp, &pairs, first)?;
        let arrived = last_arrivals(&arrivals, first, SENT, tabs)?;
        let took = start.elapsed().as_secs_f64();
        cpu.push((cluster.process().cpu()? - used).as_secs_f64() / took * 100.0);
        let delays: Vec<_> = due.iter().zip(&arrived).map(|(due, at)| ms(*at - *due)).collect();
        p50.push(percentile(&delays, 0.5));
        p99.push(percentile(&delays, 0.99));
        progress.note(format_args!(
            "run {}: {:.0} % of a core, p50 {:.0} ms, p99 {:.0} ms",
            run + 1,
            cpu[run],
            p50[run],
            p99[run]
        ));
        wait::pause(Duration::from_secs(2))?;
    }
    let loaded = cluster.process().rss()?;
    let cpu = Figure::new(format!("processor time of the server, {tabs} tabs"), "% of a core", cpu);
    Ok(Section {
        title: "Live: open tabs",
        how: format!(
            "{tabs} streams of {} users are open. {CUSTOMERS} phones write {PER_SECOND} messages a \
             second for {SECONDS} s to {NUMBERS} numbers that all of these users may read, so that \
             each message is sent to every tab. The delay counts from the time at which the phone \
             had to send until the last tab has the message. The processor time includes \
             decrypting and storing the messages; emulator, phones and tabs use the same cores.",
            users.len()
        ),
        figures: vec![
            if tabs <= TABS_OF_PROMISE { cpu.at_most(CPU_PROMISE) } else { cpu },
            Figure::new("until all tabs have a message, p50", "ms", p50),
            Figure::new("until all tabs have a message, p99", "ms", p99),
            Figure::new("RSS with open tabs, before the messages", "MiB", vec![idle]),
            Figure::new("RSS after them", "MiB", vec![loaded]),
        ],
    })
}

/// Creates the customers.
fn pairs(cluster: &TestCluster<'_>, whatsapp: &WhatsApp) -> Result<Vec<Pair>> {
    let numbers = cluster.numbers().iter().map(|number| &number.phone).cycle();
    let pairs = numbers.take(CUSTOMERS).enumerate().map(|(nth, number)| -> Result<Pair> {
        let customer = whatsapp.new_phone(&format!("Cliente {nth:03}"))?;
        Ok(Pair { customer, number: number.clone() })
    });
    pairs.collect()
}

/// Adds users who may read every number. Returns their clients.
fn add_users(cluster: &TestCluster<'_>, count: usize) -> Result<Vec<HttpClient>> {
    let admin = cluster.add_user("Administradora", "admin@bench.local", "admin")?;
    let numbers = cluster.numbers().iter().map(|number| -> Result<String> {
        Ok(number.client.call("status", &[])?[0]["id"].to_string())
    });
    let numbers: Vec<_> = numbers.collect::<Result<_>>()?;
    let users = (0..count).map(|nth| -> Result<HttpClient> {
        let email = format!("atendente{nth:03}@bench.local");
        let user = cluster.add_user(&format!("Atendente {nth:03}"), &email, "atendente")?;
        let id = user.call("me", &[])?["id"].to_string();
        let mut form = vec![("user", id.as_str()), ("access", "write")];
        form.extend(numbers.iter().map(|number| ("connections[]", number.as_str())));
        admin.call("set_access", &form)?;
        Ok(user)
    });
    users.collect()
}

/// Opens the streams of the tabs, which end soon after the receiver is dropped. Returns when no
/// event of them can be missed any more.
fn open(users: &[HttpClient], tabs: usize) -> Result<Receiver<Arrival>> {
    let (arrival, arrivals) = mpsc::channel();
    let (begin, begun) = mpsc::channel();
    let clients = users.iter().flat_map(|user| std::iter::repeat_n(user, TABS_OF_USER)).take(tabs);
    for client in clients {
        let (client, arrival, begin) = (client.new_connection(), arrival.clone(), begin.clone());
        thread::spawn(move || watch(&client, &arrival, begin));
    }
    for _ in 0..tabs {
        begun.recv_timeout(TIMEOUT).context("a live stream did not begin")?;
    }
    Ok(arrivals)
}

/// Reports the first arrival of each message in one tab.
fn watch(client: &HttpClient, arrivals: &Sender<Arrival>, begin: Sender<()>) -> Result<()> {
    let (mut begin, mut seen) = (Some(begin), HashSet::new());
    for line in client.lines("/live")? {
        let (line, at) = (line?, Instant::now());
        if !line.starts_with("data:") {
            continue;
        }
        // The first event is sent after the position of the stream is known.
        if let Some(begin) = begin.take() {
            begin.send(())?;
        }
        if let Some(number) = number(&line).filter(|number| seen.insert(*number)) {
            arrivals.send((number, at))?;
        }
    }
    Ok(())
}

fn text(number: usize) -> String {
    format!("{MARK}{number:0DIGITS$}")
}

/// Returns the number of the message of an event. The event is searched and not parsed, because so
/// many of them arrive on the cores of the server. The chat, which may have a later message
/// already, is before the message.
fn number(event: &str) -> Option<usize> {
    let (_, message) = event.split_once(r#""event":{"message":"#)?;
    let (_, number) = message.rsplit_once(MARK)?;
    number.get(..DIGITS)?.parse().ok()
}

/// Sends [`SENT`] messages at a steady rate. Returns the times at which they were due: a late one
/// counts from then on.
fn send_steadily(whatsapp: &WhatsApp, pairs: &[Pair], first: usize) -> Result<Vec<Instant>> {
    let (start, between) = (Instant::now(), Duration::from_secs(1) / PER_SECOND as u32);
    let due: Vec<_> = (0..SENT).map(|nth| start + between * nth as u32).collect();
    let send = |worker: usize| -> Result<()> {
        for nth in (worker..SENT).step_by(WORKERS) {
            wait::pause(due[nth].saturating_duration_since(Instant::now()))?;
            let Pair { customer, number } = &pairs[nth % pairs.len()];
            whatsapp.send(customer, number, &text(first + nth))?;
        }
        Ok(())
    };
    thread::scope(|scope| {
        let send = &send;
        let workers: Vec<_> =
            (0..WORKERS).map(|worker| scope.spawn(move || send(worker))).collect();
        workers
            .into_iter()
            .try_for_each(|worker| worker.join().map_err(|_| anyhow!("a sender panicked"))?)
    })?;
    Ok(due)
}

/// Waits until every tab has `count` messages. Returns for each the time at which the last tab had
/// it.
fn last_arrivals(
    arrivals: &Receiver<Arrival>,
    first: usize,
    count: usize,
    tabs: usize,
) -> Result<Vec<Instant>> {
    let mut last: Vec<Option<Instant>> = vec![None; count];
    for _ in 0..count * tabs {
        let (number, at) =
            arrivals.recv_timeout(TIMEOUT).context("a message did not arrive in all tabs")?;
        let nth = number.checked_sub(first).filter(|nth| *nth < count);
        let nth = nth.context("an earlier message arrived again")?;
        // Tabs report in any order.
        last[nth] = last[nth].max(Some(at));
    }
    last.into_iter().collect::<Option<_>>().context("a message did not arrive")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn a_message_is_known_by_its_text_and_not_by_the_preview_of_its_chat() {
        let line = |event: Value| format!("data: {}", json!({ "event": event, "seq": 7 }));
        let message = json!({ "chat": { "preview": text(8) }, "message": { "text": text(7) } });
        assert_eq!(number(&line(json!({ "message": message }))), Some(7));
        assert_eq!(number(&line(json!({ "chat": { "chat": { "preview": text(8) } } }))), None);
        assert_eq!(number(&line(json!("resync"))), None);
    }

    #[test]
    fn a_message_has_arrived_with_the_last_tab() -> Result<()> {
        let (arrival, arrivals) = mpsc::channel();
        let (early, late) = (Instant::now(), Instant::now() + Duration::from_secs(1));
        for sent in [(6, late), (5, early), (5, late), (6, early)] {
            arrival.send(sent)?;
        }
        assert_eq!(last_arrivals(&arrivals, 5, 2, 2)?, [late, late]);
        Ok(())
    }
}
