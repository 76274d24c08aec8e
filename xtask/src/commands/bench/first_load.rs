//! Measures the size of the program that a browser loads, and the load time of the page.

use std::{
    process::Command,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, anyhow};
use serde_json::json;

use crate::{
    harness::{HttpClient, TestCluster, metrics::MESSAGES_IN, wait},
    interrupt,
    progress::Progress,
    sh, site,
    workspace::Workspace,
};

use super::{
    figure::{Figure, ms, percentile},
    report::Section,
};

const PAGE: &str = "/atendente/inbox-pirata";
const CHATS: usize = 1_000;
/// Messages a second of all phones; each phone writes once.
const PER_SECOND: usize = 100;
const LOADS: usize = 300;
const WARM_UP: usize = 20;
const RUNS: usize = 3;

/// Promised size of JavaScript and wasm, in kB of brotli.
const SIZE_PROMISE: f64 = 300.0;
/// Promised load time of the page, in ms.
const PAGE_PROMISE: f64 = 50.0;
/// Promised time until the page is interactive in a slow browser, in ms.
const INTERACTIVE_PROMISE: f64 = 1_800.0;
/// Factor by which the processor of that browser is slowed down.
const SLOW_DOWN: u32 = 4;

pub(super) fn measure(
    mut cluster: TestCluster<'_>,
    workspace: &Workspace,
    progress: &Progress,
) -> Result<Section> {
    let (inbox, pages) = (core_size(workspace, "inbox")?, core_size(workspace, "pages")?);
    progress.note(format_args!("JavaScript and wasm: {inbox:.0} kB, other pages {pages:.0} kB"));
    cluster.grow_to(1)?;
    fill(&cluster)?;
    progress.note(format_args!("{CHATS} chats are there"));

    let client = &cluster.first()?.client;
    let mut page = 0;
    for _ in 0..WARM_UP {
        page = client.page(PAGE)?;
    }
    let mut figures = vec![
        Figure::new("JavaScript and wasm, brotli", "kB", vec![inbox]).at_most(SIZE_PROMISE),
        Figure::new("the same for other pages", "kB", vec![pages]).at_most(SIZE_PROMISE),
        Figure::new("the page itself, uncompressed", "kB", vec![page as f64 / 1000.0]),
    ];
    for clients in [1, 4] {
        let (mut p50, mut p99) = (Vec::new(), Vec::new());
        for _ in 0..RUNS {
            interrupt::check()?;
            let times: Vec<_> = load(client, clients)?.into_iter().map(ms).collect();
            p50.push(percentile(&times, 0.5));
            p99.push(percentile(&times, 0.99));
        }
        let who = match clients {
            1 => "one at a time".to_owned(),
            many => format!("{many} at a time"),
        };
        figures.extend([
            Figure::new(format!("{who}, p50"), "ms", p50),
            Figure::new(format!("{who}, p99"), "ms", p99).at_most(PAGE_PROMISE),
        ]);
    }
    let interactive = interactive(client, cluster.site(), workspace)?;
    let what = format!("interactive in a browser at {SLOW_DOWN} × CPU slow-down");
    figures.push(Figure::new(what, "ms", interactive).at_most(INTERACTIVE_PROMISE));
    Ok(Section {
        title: "First load",
        how: format!(
            "The inbox of a user with {CHATS} chats, rendered on the server; {LOADS} loads a run, \
             each to the last byte, over connections that are kept open."
        ),
        figures,
    })
}

/// Milliseconds until the page is interactive in a slow browser with an empty cache.
fn interactive(client: &HttpClient, site: &str, workspace: &Workspace) -> Result<Vec<f64>> {
    let (name, value) = client.cookie();
    let order = json!({
        "page": format!("{site}{PAGE}"),
        "cookie": { "name": name, "value": value },
        "slowDown": SLOW_DOWN,
        "loads": RUNS,
    });
    let mut node = Command::new("node");
    node.arg("bench/interactive.mjs").arg(order.to_string()).current_dir(workspace.end2end());
    let times = sh::output(&mut node).context("the browser of the bench failed")?;
    Ok(serde_json::from_str(&times)?)
}

/// Download size in kB of what a page needs before it is interactive.
fn core_size(workspace: &Workspace, program: &str) -> Result<f64> {
    Ok(site::core_size(workspace, program)? as f64 / 1000.0)
}

/// Creates the chats: each of as many customers writes one message.
fn fill(cluster: &TestCluster<'_>) -> Result<()> {
    let whatsapp = cluster.whatsapp();
    let customers = (1..=CHATS).map(|n| {
        interrupt::check()?;
        whatsapp.new_phone(&format!("Cliente {n:04}"))
    });
    let customers: Vec<_> = customers.collect::<Result<_>>()?;
    whatsapp.load(&customers, &[cluster.first()?.phone.clone()], PER_SECOND, CHATS / PER_SECOND)?;
    let metrics = cluster.metrics();
    wait::until("all messages to be stored", || {
        Ok((metrics.read()?.value(MESSAGES_IN) >= CHATS as f64).then_some(()))
    })
}

/// Loads the page [`LOADS`] times, by several clients at once.
fn load(client: &HttpClient, clients: usize) -> Result<Vec<Duration>> {
    let one = |client: HttpClient| -> Result<Vec<Duration>> {
        // The first load opens the connection.
        client.page(PAGE)?;
        let timed = (0..LOADS / clients).map(|_| {
            let start = Instant::now();
            client.page(PAGE)?;
            Ok(start.elapsed())
        });
        timed.collect()
    };
    let all: Result<Vec<_>> = thread::scope(|scope| {
        let running: Vec<_> =
            (0..clients).map(|_| scope.spawn(|| one(client.new_connection()))).collect();
        let ended = running.into_iter().map(|one| one.join().map_err(|_| anyhow!("a panic"))?);
        ended.collect()
    });
    Ok(all?.into_iter().flatten().collect())
}
