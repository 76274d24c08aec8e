//! Checks the dependencies against `deny.toml`.

use std::{path::Path, process::Command, time::Duration};

use anyhow::Result;

use crate::{progress::Progress, sh, workspace::Workspace};

/// The database is about 10 MB; an unreachable server must not delay the command for long.
const FETCH_TIMEOUT: Duration = Duration::from_secs(120);

/// Checks licences, sources and versions, which needs no network.
pub(super) fn licences_and_sources(workspace: &Workspace, program: &Path) -> Result<()> {
    sh::run(
        deny(workspace, program)
            .args(["check", "--hide-inclusion-graph"])
            .args(["licenses", "sources", "bans"]),
        "`cargo deny check`",
        "It names the crate above; `cargo tree -i <crate>` says who asks for it. An exception goes into \
         deny.toml, with its reason.",
    )
}

/// Checks for known weaknesses and withdrawn crates. Returns false if the database of RustSec,
/// which is in no package registry, cannot be fetched.
pub(super) fn advisories(
    workspace: &Workspace,
    program: &Path,
    progress: &Progress,
) -> Result<bool> {
    progress.note("fetching the database of RustSec");
    if !sh::succeeds_within(deny(workspace, program).args(["fetch", "db"]), FETCH_TIMEOUT) {
        return Ok(false);
    }
    if !sh::succeeds_within(deny(workspace, program).args(["fetch", "index"]), FETCH_TIMEOUT) {
        progress.note("crates.io is out of reach: what was withdrawn since is not looked at");
    }
    // The data was fetched above. A second failure to fetch must not fail the check.
    sh::run(
        deny(workspace, program)
            .args(["--offline", "check", "--hide-inclusion-graph"])
            .arg("advisories"),
        "`cargo deny check advisories`",
        "Update the crate that it names, or what asks for it. An exception goes into deny.toml, with its \
         reason.",
    )?;
    Ok(true)
}

fn deny(workspace: &Workspace, program: &Path) -> Command {
    let mut deny = Command::new(program);
    // Without this, git would wait for a password.
    deny.arg("--locked").current_dir(workspace.root()).env("GIT_TERMINAL_PROMPT", "0");
    deny
}
