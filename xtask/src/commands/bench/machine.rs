//! Describes the machine and the version that were measured.

use std::{fs, process::Command, thread};

use anyhow::Result;

use crate::{sh, workspace::Workspace};

/// Returns date, commit, compiler and machine in one sentence.
pub(super) fn describe(workspace: &Workspace) -> Result<String> {
    let git = |args: &[&str]| {
        sh::output(Command::new("git").args(args).current_dir(workspace.root()))
            .unwrap_or_else(|_| "no commit".to_owned())
    };
    let changed = if git(&["status", "--porcelain"]).is_empty() { "" } else { " with changes" };
    Ok(format!(
        "Measured {date} UTC at {commit}{changed}, {rustc}, on {cores} cores ({model}) with \
         {memory:.1} GiB of memory, Linux {kernel}.",
        date = sh::output(Command::new("date").args(["-u", "+%Y-%m-%d %H:%M"]))?,
        commit = git(&["rev-parse", "--short", "HEAD"]),
        rustc = sh::output(Command::new("rustc").arg("--version"))?,
        cores = thread::available_parallelism()?,
        model = value("/proc/cpuinfo", "model name"),
        memory = memory_gib(&value("/proc/meminfo", "MemTotal")),
        kernel = sh::output(Command::new("uname").arg("-r"))?,
    ))
}

/// Returns the value after `name:` in a file of `/proc`.
fn value(path: &str, name: &str) -> String {
    let text = fs::read_to_string(path).unwrap_or_default();
    let mut values = text.lines().filter_map(|line| {
        let (key, value) = line.split_once(':')?;
        (key.trim() == name).then(|| value.trim().to_owned())
    });
    values.next().unwrap_or_else(|| "unknown".to_owned())
}

fn memory_gib(total: &str) -> f64 {
    let kib: f64 = total.trim_end_matches(" kB").parse().unwrap_or_default();
    kib / 1024.0 / 1024.0
}
