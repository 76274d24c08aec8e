//! Measures the time from exec to the first page and to 100 connected numbers.

use anyhow::Result;

use crate::{harness::TestCluster, progress::Progress};

use super::{
    figure::{Figure, ms},
    report::Section,
};

const NUMBERS: usize = 100;
const RUNS: usize = 3;

/// Promised time to the first page, in ms.
const FIRST_PAGE_PROMISE: f64 = 300.0;
/// Promised time to all numbers connected, in ms.
const CONNECTED_PROMISE: f64 = 3_000.0;

pub(super) fn measure(cluster: &mut TestCluster<'_>, progress: &Progress) -> Result<Section> {
    cluster.grow_to(NUMBERS)?;
    let (mut listening, mut first_page, mut connected) = (Vec::new(), Vec::new(), Vec::new());
    for run in 1..=RUNS {
        let took = cluster.restart()?;
        progress.note(format_args!(
            "run {run}: page after {:.0} ms, all connected after {:.0} ms",
            ms(took.first_page),
            ms(took.connected)
        ));
        listening.push(ms(took.listening));
        first_page.push(ms(took.first_page));
        connected.push(ms(took.connected));
    }
    Ok(Section {
        title: "Restart with 100 numbers",
        how: "The server is ended by `kill -9` and started again; times count from exec. The \
              emulator answers the hundred logins on the same cores."
            .to_owned(),
        figures: vec![
            Figure::new("says that it listens", "ms", listening),
            Figure::new("login page, to the last byte", "ms", first_page)
                .at_most(FIRST_PAGE_PROMISE),
            Figure::new(format!("all {NUMBERS} connected"), "ms", connected)
                .at_most(CONNECTED_PROMISE),
        ],
    })
}
