//! Installs the requirements of building and testing.
//!
//! Every part first checks if it is present, so a second run costs a few look-ups and no network.

pub(crate) mod cargo_deny;
mod debian_std;
mod node;
mod packages;
mod scope;
mod wasm_target;

use anyhow::Result;

use crate::{progress::Progress, toolchain::WasmToolchain, workspace::Workspace};

pub(crate) use packages::postgres_program;
pub(crate) use scope::Scope;

/// Installs what is missing and returns the toolchain for the frontend.
pub(crate) fn ensure(
    workspace: &Workspace,
    scope: Scope,
    progress: &mut Progress,
) -> Result<WasmToolchain> {
    progress.step("System packages");
    packages::ensure(scope, progress)?;
    progress.step("WebAssembly target");
    let toolchain = wasm_target::ensure(progress)?;
    if scope == Scope::Tests {
        progress.step("Node packages of the browser tests");
        node::ensure(workspace, progress)?;
    }
    Ok(toolchain)
}
