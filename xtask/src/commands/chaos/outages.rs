//! What takes a while to break, and what it breaks for that long.

use std::time::Duration;

use anyhow::{Context, Result};

use crate::rig::{Fleet, disk::Filled, wait};

/// Between two times at which a database is slow.
const BREATH: Duration = Duration::from_millis(300);

/// The disk has no room for a while. Returns when the server takes messages again; or why the disk
/// could not be filled.
pub(super) fn full_disk(fleet: &Fleet<'_>, time: Duration) -> Result<Option<&'static str>> {
    let filler = match fleet.fill_disk()? {
        Filled::Full(filler) => filler,
        Filled::Not(why) => return Ok(Some(why)),
    };
    fleet.wait_storage(true)?;
    wait::pause(time)?;
    drop(filler);
    fleet.wait_storage(false)?;
    Ok(None)
}

/// The server stands still for a while, as on a machine that is suspended.
pub(super) fn frozen_server(fleet: &Fleet<'_>, time: Duration) -> Result<()> {
    let frozen = fleet.process().freeze()?.context("the server has ended")?;
    wait::pause(time)?;
    drop(frozen);
    Ok(())
}

/// The database answers nothing for each of these times.
pub(super) fn slow_database(fleet: &mut Fleet<'_>, times: &[Duration]) -> Result<()> {
    for &time in times {
        let frozen = fleet.freeze_database()?;
        wait::pause(time)?;
        drop(frozen);
        wait::pause(BREATH)?;
    }
    Ok(())
}
