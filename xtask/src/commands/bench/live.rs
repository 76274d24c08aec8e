//! Measures the latency from a phone that sends to the text in the page of a real browser.

use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::json;

use crate::{
    harness::{TestCluster, wait},
    interrupt,
    progress::Progress,
    sh,
    workspace::Workspace,
};

use super::{
    figure::{Figure, percentile},
    report::Section,
};

const PER_SECOND: usize = 20;
const SECONDS: usize = 20;
const SENT: usize = PER_SECOND * SECONDS;
const RUNS: usize = 3;

/// Promised median, in ms.
const P50_PROMISE: f64 = 60.0;
/// Promised 99th percentile, in ms.
const P99_PROMISE: f64 = 200.0;

/// Polling interval of common inboxes, in ms.
const POLLING: f64 = 2_000.0;

pub(super) fn measure(
    mut cluster: TestCluster<'_>,
    workspace: &Workspace,
    progress: &Progress,
) -> Result<Section> {
    cluster.grow_to(1)?;
    let (number, whatsapp) = (cluster.first()?, cluster.whatsapp());
    let customer = whatsapp.new_phone("Carla Dias")?;
    whatsapp.send(&customer, &number.phone, "oi")?;
    let chat = wait::until("the customer's chat", || {
        Ok(number.client.call("chats", &[])?[0]["id"].as_i64())
    })?;
    let (name, value) = number.client.cookie();
    let order = json!({
        "page": format!("{}/atendente/inbox-pirata/chat/{chat}", cluster.site()),
        "cookie": { "name": name, "value": value },
        "messages": format!("{}/phones/{customer}/messages", whatsapp.control()),
        "to": number.phone,
        "perSecond": PER_SECOND,
        "seconds": SECONDS,
    });

    let (mut p50, mut p99) = (Vec::new(), Vec::new());
    for run in 1..=RUNS {
        interrupt::check()?;
        let mut node = Command::new("node");
        node.arg("bench/live.mjs").arg(order.to_string()).current_dir(workspace.end2end());
        let latencies = sh::output(&mut node).context("the browser of the bench failed")?;
        let latencies: Vec<f64> = serde_json::from_str(&latencies)?;
        let came = latencies.len();
        ensure!(came == SENT, "{SENT} messages were sent and {came} appeared in the page");
        p50.push(percentile(&latencies, 0.5));
        p99.push(percentile(&latencies, 0.99));
        progress.note(format_args!(
            "run {run}: p50 {:.0} ms, p99 {:.0} ms",
            p50[run - 1],
            p99[run - 1]
        ));
    }
    let p50 = Figure::new("p50", "ms", p50);
    let ratio = POLLING / 2.0 / p50.median();
    Ok(Section {
        title: "Live: from a phone to the page",
        how: format!(
            "A phone sends {PER_SECOND} messages a second for {SECONDS} s to a number whose chat is \
             open in Chromium; each text carries its time of sending, and the page notes when the \
             text is in the DOM. Every message must appear. A page that asks every 2 s, as people \
             have today, shows a message 1,000 ms late on average: {ratio:.0} times as late."
        ),
        figures: vec![p50.at_most(P50_PROMISE), Figure::new("p99", "ms", p99).at_most(P99_PROMISE)],
    })
}
