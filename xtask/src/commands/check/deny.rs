//! What `deny.toml` wants of the dependencies.

use std::{path::Path, process::Command, time::Duration};

use anyhow::Result;

use crate::{progress::Progress, sh, workspace::Workspace};

/// The database is some 10 MB; a server that cannot be reached must not hold us up for long.
const FETCHING: Duration = Duration::from_secs(120);

/// Licences, sources and versions; all that is needed comes with the crates.
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

/// Known weaknesses and crates that were withdrawn. Answers false where the database of RustSec, which
/// no package registry carries, cannot be reached.
pub(super) fn advisories(
    workspace: &Workspace,
    program: &Path,
    progress: &Progress,
) -> Result<bool> {
    progress.note("fetching the database of RustSec");
    if !sh::succeeds_within(deny(workspace, program).args(["fetch", "db"]), FETCHING) {
        return Ok(false);
    }
    if !sh::succeeds_within(deny(workspace, program).args(["fetch", "index"]), FETCHING) {
        progress.note("crates.io is out of reach: what was withdrawn since is not looked at");
    }
    // All there is was fetched. What cannot be fetched once more is no weakness.
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
    // Whoever asks for a password waits for ever.
    deny.arg("--locked").current_dir(workspace.root()).env("GIT_TERMINAL_PROMPT", "0");
    deny
}
