//! Finds the property tests.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::{commands::test::SELECTION, sh, workspace::Workspace};

/// Prefix of the names of property tests with hostile input.
const PREFIX: &str = "any_";

/// A property test.
pub(super) struct Target {
    /// Name of the crate and the test.
    pub(super) name: String,
    pub(super) program: PathBuf,
    /// Name of the test within the program.
    pub(super) test: String,
    /// Working folder: that of the crate.
    pub(super) folder: PathBuf,
}

/// Compiles all tests and returns those whose names begin with `any_`.
pub(super) fn build(workspace: &Workspace) -> Result<Vec<Target>> {
    let mut cargo = workspace.cargo();
    cargo
        .args(["test", "--no-run", "--message-format=json-render-diagnostics"])
        .args(SELECTION)
        .stderr(std::process::Stdio::inherit());
    let messages = sh::output(&mut cargo).context("compiling the tests")?;
    let mut targets = Vec::new();
    for message in messages.lines() {
        let message: Value = serde_json::from_str(message)?;
        let program = message["executable"].as_str().map(PathBuf::from);
        let (Some(program), Some(true)) = (program, message["profile"]["test"].as_bool()) else {
            continue;
        };
        let manifest = Path::new(message["manifest_path"].as_str().unwrap_or_default());
        let folder = manifest.parent().context("a crate without a folder")?.to_owned();
        let krate = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        for test in tests(&program, &folder)? {
            let name = format!("{krate} {test}");
            targets.push(Target { name, program: program.clone(), test, folder: folder.clone() });
        }
    }
    targets.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(targets)
}

fn tests(program: &Path, folder: &Path) -> Result<Vec<String>> {
    let mut list = Command::new(program);
    let list = sh::output(list.args(["--list", "--format=terse"]).current_dir(folder))?;
    let names = list.lines().filter_map(|line| line.strip_suffix(": test"));
    let is_target =
        |name: &&str| name.rsplit("::").next().is_some_and(|name| name.starts_with(PREFIX));
    Ok(names.filter(is_target).map(str::to_owned).collect())
}
