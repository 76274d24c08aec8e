//! Measures memory and processor time of connected numbers without traffic.

use std::time::{Duration, Instant};

use anyhow::Result;

use crate::{
    harness::{TestCluster, wait},
    progress::Progress,
};

use super::{
    figure::{Figure, slope},
    report::Section,
};

const COUNTS: [usize; 4] = [1, 10, 50, 100];
/// The regression starts here: below it, memory is mostly that of the program itself.
const REGRESSION_FROM: usize = 10;
/// Time that a server rests before it is measured.
const SETTLE: Duration = Duration::from_secs(15);
/// Time over which processor time is counted: a session sends a ping to WhatsApp every 15 to 30 s.
const IDLE: Duration = Duration::from_secs(30);
const RUNS: usize = 3;

/// Promised MiB a session.
const MEMORY_PROMISE: f64 = 1.5;
/// Promised % of one core for all sessions.
const IDLE_PROMISE: f64 = 1.0;

pub(super) fn measure(cluster: &mut TestCluster<'_>, progress: &Progress) -> Result<Section> {
    wait::pause(SETTLE)?;
    let empty = cluster.process().rss()?;
    let mut figures = vec![Figure::new("RSS, no number", "MiB", vec![empty])];

    let mut growth = Vec::new();
    for count in COUNTS {
        cluster.grow_to(count)?;
        wait::pause(SETTLE)?;
        let rss = cluster.process().rss()?;
        progress.note(format_args!("{count} linked: {rss:.1} MiB"));
        figures.push(Figure::new(format!("RSS, {count} linked in this process"), "MiB", vec![rss]));
        if count >= REGRESSION_FROM {
            growth.push((count as f64, rss));
        }
    }
    let marginal = Figure::new("each session of these, 10 to 100", "MiB", vec![slope(&growth)]);
    figures.push(marginal.at_most(MEMORY_PROMISE));

    let all = COUNTS[COUNTS.len() - 1];
    let (mut rss, mut idle) = (Vec::new(), Vec::new());
    for run in 1..=RUNS {
        cluster.restart()?;
        wait::pause(SETTLE)?;
        rss.push(cluster.process().rss()?);
        idle.push(idle_share(cluster)?);
        progress.note(format_args!(
            "run {run}: {:.1} MiB, {:.2} % of a core",
            rss[run - 1],
            idle[run - 1]
        ));
    }
    let each = rss.iter().map(|rss| (rss - empty) / all as f64).collect();
    figures.extend([
        Figure::new(format!("RSS, {all} after a restart"), "MiB", rss),
        Figure::new("each session after a restart, over no number", "MiB", each)
            .at_most(MEMORY_PROMISE),
        Figure::new(format!("{all} idle numbers"), "% of a core", idle).at_most(IDLE_PROMISE),
    ]);
    Ok(Section {
        title: "Sessions: memory and processor time",
        how: format!(
            "Numbers are linked one after the other in one process, which rests {} s before it is \
             looked at; then the server is killed and started again with all of them. Idle means \
             connected, with nobody writing, for {} s.",
            SETTLE.as_secs(),
            IDLE.as_secs()
        ),
        figures,
    })
}

/// Returns the processor time of the idle server, in % of one core.
fn idle_share(cluster: &TestCluster<'_>) -> Result<f64> {
    let process = cluster.process();
    let (start, before) = (Instant::now(), process.cpu()?);
    wait::pause(IDLE)?;
    let used = process.cpu()? - before;
    Ok(100.0 * used.as_secs_f64() / start.elapsed().as_secs_f64())
}
