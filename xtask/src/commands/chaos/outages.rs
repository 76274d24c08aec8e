//! Faults that last a while.

use std::time::Duration;

use anyhow::{Context, Result};

use crate::harness::{TestCluster, disk::FillResult, wait};

/// Pause between two times in which the database is frozen.
const BETWEEN_FREEZES: Duration = Duration::from_millis(300);

/// Fills the disk for a while. Returns when the server accepts messages again, or the reason why
/// the disk could not be filled.
pub(super) fn full_disk(cluster: &TestCluster<'_>, time: Duration) -> Result<Option<&'static str>> {
    let filler = match cluster.fill_disk()? {
        FillResult::Full(filler) => filler,
        FillResult::Unavailable(why) => return Ok(Some(why)),
    };
    cluster.wait_storage(true)?;
    wait::pause(time)?;
    drop(filler);
    cluster.wait_storage(false)?;
    Ok(None)
}

/// Freezes the server for a while, as on a suspended machine.
pub(super) fn frozen_server(cluster: &TestCluster<'_>, time: Duration) -> Result<()> {
    let frozen = cluster.process().freeze()?.context("the server has ended")?;
    wait::pause(time)?;
    drop(frozen);
    Ok(())
}

/// Freezes the database for each of these times.
pub(super) fn slow_database(cluster: &mut TestCluster<'_>, times: &[Duration]) -> Result<()> {
    for &time in times {
        let frozen = cluster.freeze_database()?;
        wait::pause(time)?;
        drop(frozen);
        wait::pause(BETWEEN_FREEZES)?;
    }
    Ok(())
}
