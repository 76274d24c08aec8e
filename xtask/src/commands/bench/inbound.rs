//! Measures the messages a second that the numbers of one server receive.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use crate::{
    harness::{
        TestCluster,
        metrics::{COMMITS, MESSAGES_IN},
        test_cluster::End,
        wait,
    },
    progress::Progress,
};

use super::{figure::Figure, report::Section};

const NUMBERS: usize = 100;
/// Two customers a number: the messages of a chat are handled one after the other.
const CUSTOMERS: usize = 200;
/// Messages a second that the phones send, which is more than the server can receive.
const PER_SECOND: usize = 2_500;
const SECONDS: usize = 12;
/// Messages that wait for one number while the server is down.
const WAITING: usize = 10_000;
const RUNS: usize = 3;

/// Promised messages a second.
const PROMISE: f64 = 1_000.0;

pub(super) fn measure(cluster: &mut TestCluster<'_>, progress: &Progress) -> Result<Section> {
    cluster.grow_to(NUMBERS)?;
    let whatsapp = cluster.whatsapp();
    let customers: Result<Vec<_>> =
        (0..CUSTOMERS).map(|nth| whatsapp.new_phone(&format!("Cliente {nth:03}"))).collect();
    let customers = customers?;
    let numbers: Vec<_> = cluster.numbers().iter().map(|number| number.phone.clone()).collect();
    // The first message of each customer creates a Signal session, which must not be measured.
    let metrics = cluster.metrics();
    let count = || -> Result<f64> { Ok(metrics.read()?.value(MESSAGES_IN)) };
    whatsapp.load(&customers, &numbers, CUSTOMERS, 1)?;
    wait::until("the first messages", || Ok((count()? >= CUSTOMERS as f64).then_some(())))?;

    let (mut rates, mut groups, mut cpu) = (Vec::new(), Vec::new(), Vec::new());
    for run in 1..=RUNS {
        let (before, commits) = (count()?, metrics.read()?.value(COMMITS));
        let (start, used) = (Instant::now(), cluster.process().cpu()?);
        whatsapp.load(&customers, &numbers, PER_SECOND, SECONDS)?;
        let all = before + (PER_SECOND * SECONDS) as f64;
        wait::until("all messages to be stored", || Ok((count()? >= all).then_some(())))?;
        let took = start.elapsed();
        ensure!(count()? == all, "more messages are stored than were sent");
        let sent = (PER_SECOND * SECONDS) as f64;
        rates.push(sent / took.as_secs_f64());
        groups.push(sent / (metrics.read()?.value(COMMITS) - commits));
        cpu.push((cluster.process().cpu()? - used).as_secs_f64() / took.as_secs_f64() * 100.0);
        progress.note(format_args!("run {run}: {:.0} messages/s", rates[run - 1]));
        wait::pause(Duration::from_secs(2))?;
    }
    let to = numbers[0].clone();
    cluster.bounce(End::Stop, |whatsapp| {
        whatsapp.load(&customers, std::slice::from_ref(&to), WAITING, 1)
    })?;
    let start = Instant::now();
    // The count starts at zero with the process.
    wait::until("the messages that waited", || {
        Ok((cluster.metrics().read()?.value(MESSAGES_IN) >= WAITING as f64).then_some(()))
    })?;
    let drained = start.elapsed().as_secs_f64();
    Ok(Section {
        title: "Inbound: messages to 100 numbers",
        how: format!(
            "{CUSTOMERS} phones write {PER_SECOND} messages a second to {NUMBERS} numbers for \
             {SECONDS} s, which is more than is taken in; the rest waits at the emulator, which \
             encrypts on the same two cores. Counted is what is decrypted, committed to SQLite and \
             acknowledged, until the last one is; none may be missing or stored twice."
        ),
        figures: vec![
            Figure::new("stored and acknowledged", "messages/s", rates).at_least(PROMISE),
            Figure::new("messages a transaction", "", groups),
            Figure::new("10,000 that waited for one number, from its start on", "s", vec![drained]),
            Figure::new("processor time of the server", "% of a core", cpu),
        ],
    })
}
