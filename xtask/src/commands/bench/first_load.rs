//! What a browser loads at first, and how long the server takes for the page.

use std::{
    fs, thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, anyhow};
use serde_json::Value;

use crate::{
    interrupt,
    progress::Progress,
    rig::{Fleet, Visitor, metrics::MESSAGES_IN, wait},
    workspace::Workspace,
};

use super::{
    figure::{Figure, ms, percentile},
    report::Section,
};

const PAGE: &str = "/atendente/inbox-pirata";
const CHATS: usize = 1_000;
/// At this rate the phones write, each once.
const PER_SECOND: usize = 100;
const LOADS: usize = 300;
const WARM_UP: usize = 20;
const RUNS: usize = 3;

/// kB of JavaScript and wasm, brotli.
const SIZE_PROMISE: f64 = 300.0;
/// ms.
const PAGE_PROMISE: f64 = 50.0;

pub(super) fn measure(
    mut fleet: Fleet<'_>,
    workspace: &Workspace,
    progress: &Progress,
) -> Result<Section> {
    let (inbox, pages) = (program_size(workspace, "inbox")?, program_size(workspace, "pages")?);
    progress.note(format_args!("JavaScript and wasm: {inbox:.0} kB, other pages {pages:.0} kB"));
    fleet.grow_to(1)?;
    fill(&fleet)?;
    progress.note(format_args!("{CHATS} chats are there"));

    let visitor = &fleet.first()?.visitor;
    let mut page = 0;
    for _ in 0..WARM_UP {
        page = visitor.page(PAGE)?;
    }
    let mut figures = vec![
        Figure::new("JavaScript and wasm, brotli", "kB", vec![inbox]).at_most(SIZE_PROMISE),
        Figure::new("the same for other pages", "kB", vec![pages]).at_most(SIZE_PROMISE),
        Figure::new("the page itself, uncompressed", "kB", vec![page as f64 / 1000.0]),
    ];
    for visitors in [1, 4] {
        let (mut p50, mut p99) = (Vec::new(), Vec::new());
        for _ in 0..RUNS {
            interrupt::check()?;
            let times: Vec<_> = load(visitor, visitors)?.into_iter().map(ms).collect();
            p50.push(percentile(&times, 0.5));
            p99.push(percentile(&times, 0.99));
        }
        let who = match visitors {
            1 => "one at a time".to_owned(),
            many => format!("{many} at a time"),
        };
        figures.extend([
            Figure::new(format!("{who}, p50"), "ms", p50),
            Figure::new(format!("{who}, p99"), "ms", p99).at_most(PAGE_PROMISE),
        ]);
    }
    Ok(Section {
        title: "First load",
        how: format!(
            "The inbox of a user with {CHATS} chats, rendered on the server; {LOADS} loads a run, \
             each to the last byte, over connections that are kept open."
        ),
        figures,
    })
}

/// What a browser downloads before the page lives, in kB.
/// The size of one program and the scripts it calls, in kB.
fn program_size(workspace: &Workspace, program: &str) -> Result<f64> {
    let site = workspace.site();
    let names: Value = serde_json::from_str(&fs::read_to_string(site.join("assets.json"))?)?;
    let mut size = 0;
    let of_program = &names["programs"][program];
    for url in [&of_program["js"], &of_program["wasm"], &names["tab"]] {
        let url = url.as_str().with_context(|| format!("assets.json lacks a file of {program}"))?;
        size += fs::metadata(site.join(format!("{}.br", url.trim_start_matches('/'))))?.len();
    }
    Ok(size as f64 / 1000.0)
}

/// As many customers as chats write one message each.
fn fill(fleet: &Fleet<'_>) -> Result<()> {
    let whatsapp = fleet.whatsapp();
    let customers = (1..=CHATS).map(|n| {
        interrupt::check()?;
        whatsapp.new_phone(&format!("Cliente {n:04}"))
    });
    let customers: Vec<_> = customers.collect::<Result<_>>()?;
    whatsapp.load(&customers, &[fleet.first()?.phone.clone()], PER_SECOND, CHATS / PER_SECOND)?;
    let metrics = fleet.metrics();
    wait::until("all messages to be stored", || {
        Ok((metrics.read()?.value(MESSAGES_IN) >= CHATS as f64).then_some(()))
    })
}

/// [`LOADS`] loads of the page by several at once.
fn load(visitor: &Visitor, visitors: usize) -> Result<Vec<Duration>> {
    let one = |visitor: Visitor| -> Result<Vec<Duration>> {
        // The connection is opened by the first.
        visitor.page(PAGE)?;
        let timed = (0..LOADS / visitors).map(|_| {
            let start = Instant::now();
            visitor.page(PAGE)?;
            Ok(start.elapsed())
        });
        timed.collect()
    };
    let all: Result<Vec<_>> = thread::scope(|scope| {
        let running: Vec<_> = (0..visitors).map(|_| scope.spawn(|| one(visitor.again()))).collect();
        let ended = running.into_iter().map(|one| one.join().map_err(|_| anyhow!("a panic"))?);
        ended.collect()
    });
    Ok(all?.into_iter().flatten().collect())
}
