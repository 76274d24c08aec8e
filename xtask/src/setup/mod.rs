//! Installs the requirements of building and testing.
//!
//! Every part first checks if it is present, so a second run costs a few look-ups and no network.

pub(crate) mod cargo_deny;
mod debian_std;
mod node;
mod packages;
mod wasm_target;

use anyhow::Result;

use crate::{progress::Progress, toolchain::WasmToolchain, workspace::Workspace};

pub(crate) use packages::postgres_program;

/// The part of the set-up that a command needs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Enough to build and run the product.
    Product,
    /// Enough to run the tests as well: a browser, PostgreSQL, Node and its packages.
    Tests,
}

impl Scope {
    /// Number of steps that [`ensure`] announces.
    pub(crate) fn steps(self) -> usize {
        match self {
            Self::Product => 2,
            Self::Tests => 3,
        }
    }
}

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
