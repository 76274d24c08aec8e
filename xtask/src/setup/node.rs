//! Installs the Node packages of the browser tests.

use std::{fs, path::Path, process::Command};

use anyhow::Result;
use sha2::{Digest, Sha256};

use crate::{progress::Progress, sh, workspace::Workspace};

/// Runs `npm ci` unless `node_modules` was installed from the current lock file.
pub(super) fn ensure(workspace: &Workspace, progress: &Progress) -> Result<()> {
    let folder = workspace.end2end();
    let stamp = folder.join("node_modules/.installed-from");
    let wanted = digest(&folder.join("package-lock.json"))?;
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        progress.note("all there");
        return Ok(());
    }
    sh::run(
        Command::new("npm")
            .args(["ci", "--no-audit", "--no-fund", "--loglevel=error"])
            .current_dir(&folder)
            // The tests use the system's browsers. `puppeteer-core` downloads none by itself.
            .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"),
        "`npm ci` in end2end",
        "Check the network (registry.npmjs.org) and `node --version` (20 or newer).",
    )?;
    fs::write(stamp, wanted)?;
    Ok(())
}

fn digest(path: &Path) -> Result<String> {
    Ok(hex::encode(Sha256::digest(fs::read(path)?)))
}
