//! Budgets of what a browser loads.

use std::{fs, path::Path};

use anyhow::{Context, Result, bail};
use serde_json::Value;
use walkdir::WalkDir;

use crate::workspace::Workspace;

/// Bytes after brotli that a page needs before it is interactive: JavaScript and wasm of each program without
/// its parts.
const CORES: [(&str, u64); 2] = [("inbox", 300_000), ("pages", 150_000)];

/// Bytes after brotli of a part with the chunks that it shares with others.
const PART: u64 = 60_000;

/// The same for the administrators' list of numbers, which brings the live stream with it.
const CONNECTIONS: u64 = 90_000;

/// Each part is one more request, so there may only be a few.
const FILES: usize = 12;

/// Returns the sizes in the built site, or an error that names everything above its budget.
pub(super) fn check(workspace: &Workspace) -> Result<String> {
    let mut complaints = Vec::new();
    let mut sizes = Vec::new();
    let mut hold = |what: String, size: u64, most: u64| {
        if size > most {
            complaints.push(format!("{what} has {} of {} kB", kb(size), most / 1000));
        }
        sizes.push(format!("{what} {} kB", kb(size)));
    };
    let names: Value =
        serde_json::from_str(&fs::read_to_string(workspace.site().join("assets.json"))?)?;
    for (program, most) in CORES {
        hold(format!("the core of {program}"), core_size(workspace, program)?, most);
        let parts = names["programs"][program]["parts"].as_object();
        for (part, files) in parts.into_iter().flatten() {
            let files = files.as_array().into_iter().flatten();
            let sizes = files.map(|url| compressed(&workspace.site(), url));
            let most = if part == "connections" { CONNECTIONS } else { PART };
            hold(format!("{part} of {program}"), sizes.sum::<Result<u64>>()?, most);
        }
    }
    let files = WalkDir::new(workspace.site().join("pkg")).into_iter();
    let files = files.collect::<Result<Vec<_>, _>>()?;
    let is_wasm = |path: &Path| path.extension().is_some_and(|extension| extension == "wasm");
    let count = files.iter().filter(|file| is_wasm(file.path())).count();
    if count > FILES {
        complaints.push(format!("there are {count} wasm files, more than {FILES}"));
    }
    if !complaints.is_empty() {
        bail!("the browser would load too much: {}", complaints.join("; "));
    }
    Ok(sizes.join(", "))
}

/// Compressed bytes of JavaScript and wasm that a page of this program needs before it is interactive.
pub(crate) fn core_size(workspace: &Workspace, program: &str) -> Result<u64> {
    let site = workspace.site();
    let names: Value = serde_json::from_str(&fs::read_to_string(site.join("assets.json"))?)?;
    let files = &names["programs"][program];
    let urls = [&files["js"], &files["link"], &files["wasm"], &names["tab"]];
    urls.into_iter().map(|url| compressed(&site, url)).sum()
}

/// Compressed size of the file at an address.
fn compressed(site: &Path, url: &Value) -> Result<u64> {
    let url = url.as_str().context("assets.json lacks a file")?;
    let file = site.join(format!("{}.br", url.trim_start_matches('/')));
    Ok(fs::metadata(file)?.len())
}

fn kb(bytes: u64) -> u64 {
    bytes.div_ceil(1000)
}
