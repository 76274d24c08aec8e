//! `cargo xtask check`.

mod deny;

use std::process::{Command, ExitCode};

use anyhow::{Result, bail};

use crate::{
    progress::Progress,
    setup::cargo_deny,
    sh, site,
    toolchain::{TARGET, WasmToolchain},
    workspace::Workspace,
};

/// Checks the formatting, runs clippy with warnings denied, proves three rules about the dependency trees,
/// holds the size of what a browser loads against its budgets and runs `cargo deny`: licences, sources,
/// versions and known weaknesses of dependencies.
#[derive(clap::Args)]
pub(crate) struct Args {}

/// Crates of the server side, which must not be part of the browser's program.
const NOT_IN_THE_BROWSER: &[&str] = &[
    "axum",
    "diesel",
    "gateway",
    "object_store",
    "phone",
    "phonenumber",
    "reqwest",
    "rustls",
    "sea-orm",
    "service",
    "sqlx",
    "store",
    "tokio",
    "whatsapp-rust",
];

/// Web frameworks, which use cases do not know: they are the same for pages, programs and the command
/// line.
const NOT_IN_USE_CASES: &[&str] = &["axum", "axum-login", "leptos"];

/// Text by which cargo shows a feature that switches a security check off, such as whatsapp-rust's
/// `danger-skip-cert-chain-verify`.
const DANGER: &str = "feature \"danger";

const SERVER_SIDE: &[&str] = &["--workspace", "--exclude", "frontend"];
const EMULATOR: &[&str] =
    &["--workspace", "--exclude", "frontend", "--features", "server/emulator"];
/// The browser side has its features (`hydrate`) and is compiled for this machine: not every
/// machine that can build for wasm has clippy for it.
const BROWSER_SIDE: &[&str] = &["-p", "frontend"];

impl Args {
    pub(crate) fn run(self, workspace: &Workspace) -> Result<ExitCode> {
        let mut progress = Progress::new(10);

        progress.step("Formatting");
        sh::run(
            workspace.cargo().args(["fmt", "--all", "--check"]),
            "the check of the formatting",
            "Run `cargo fmt --all`.",
        )?;

        for (what, selection) in [
            ("Clippy: server side", SERVER_SIDE),
            ("Clippy: server side with the emulator's feature", EMULATOR),
            ("Clippy: browser side", BROWSER_SIDE),
        ] {
            progress.step(what);
            clippy(workspace, selection)?;
        }

        progress.step("Dependencies: nothing of the server in the browser");
        browser_tree(workspace)?;
        progress.step("Dependencies: no web framework in the use cases");
        use_case_tree(workspace)?;
        progress.step("Dependencies: no `danger` feature in the product");
        product_tree(workspace)?;

        let mut skipped = Vec::new();
        progress.step("What the browser loads");
        match WasmToolchain::find() {
            Some(toolchain) => site::check(workspace, toolchain, &progress)?,
            None => skipped.push("what the browser loads: nothing compiles for wasm here (setup)"),
        }

        progress.step("Dependencies: licences, sources and versions");
        let program = cargo_deny::ensure(workspace, &progress);
        match &program {
            Some(program) => deny::licences_and_sources(workspace, program)?,
            None => skipped.push("licences, sources and versions: there is no cargo-deny"),
        }
        progress.step("Dependencies: advisories");
        match &program {
            Some(program) if deny::advisories(workspace, program, &progress)? => {}
            Some(_) => skipped.push("advisories: github.com/rustsec/advisory-db is out of reach"),
            None => skipped.push("advisories: there is no cargo-deny"),
        }

        for part in &skipped {
            eprintln!("Skipped {part}");
        }
        let but = if skipped.is_empty() { "" } else { ", but for what was skipped" };
        eprintln!("All checks passed{but} ({})", progress.elapsed());
        Ok(ExitCode::SUCCESS)
    }
}

fn clippy(workspace: &Workspace, selection: &[&str]) -> Result<()> {
    let mut cargo = workspace.cargo();
    cargo.args(["clippy", "--all-targets"]).args(selection).args(["--", "-D", "warnings"]);
    sh::run(&mut cargo, "clippy", "Mend what it names above.")
}

fn browser_tree(workspace: &Workspace) -> Result<()> {
    let mut cargo = tree(workspace, "frontend", "normal");
    let tree = sh::output(cargo.args(["--target", TARGET]))?;
    let found: Vec<_> = tree
        .lines()
        .filter(|line| NOT_IN_THE_BROWSER.iter().any(|name| is_crate(line, name)))
        .collect();
    if !found.is_empty() {
        bail!(
            "the browser would load {}. See who asks for it with \
             `cargo tree -p frontend --target {TARGET} -i <crate>`.",
            found.join(", ")
        );
    }
    Ok(())
}

fn use_case_tree(workspace: &Workspace) -> Result<()> {
    let tree = sh::output(&mut tree(workspace, "service", "normal"))?;
    // Other crates of their families, such as axum-core, only share types.
    let is_framework =
        |line: &&str| NOT_IN_USE_CASES.contains(&line.split(' ').next().unwrap_or(""));
    let found: Vec<_> = tree.lines().filter(is_framework).collect();
    if !found.is_empty() {
        bail!(
            "`service` would depend on {}. What needs it belongs to `app` or `server`.",
            found.join(", ")
        );
    }
    Ok(())
}

/// Returns true if a line of the tree names that crate, or one of its family (`sqlx-core` of
/// `sqlx`).
fn is_crate(line: &str, name: &str) -> bool {
    line.strip_prefix(name).is_some_and(|rest| rest.starts_with([' ', '-']))
}

fn product_tree(workspace: &Workspace) -> Result<()> {
    let tree = sh::output(&mut tree(workspace, "server", "features,normal"))?;
    let found: Vec<_> = tree.lines().filter(|line| line.contains(DANGER)).collect();
    if !found.is_empty() {
        bail!(
            "the product would be built with {}. Only the feature `emulator` may ask for it.",
            found.join(", ")
        );
    }
    Ok(())
}

/// Returns a `cargo tree` command that prints one crate or feature per line.
fn tree(workspace: &Workspace, package: &str, edges: &str) -> Command {
    let mut cargo = workspace.cargo();
    cargo.args(["tree", "--locked", "--prefix=none", "--package", package, "--edges", edges]);
    cargo
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_of_crates_is_recognised_and_namesakes_are_not() {
        assert!(is_crate("sqlx-core v0.9.0", "sqlx"));
        assert!(is_crate("tokio v1.50.0", "tokio"));
        assert!(is_crate("object_store v0.14.2", "object_store"));
        assert!(!is_crate("axumatic v1.0.0", "axum"));
        assert!(!is_crate("reactive_stores v0.4.0", "store"));
    }
}
