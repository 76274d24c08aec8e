//! Builds the files that the browser loads into `target/site`:
//!
//! ```text
//! assets.json                       {"programs": {"inbox": {"js": "/pkg/…", "wasm": …, "link": …,
//!                                    "parts": {"pairing": ["/pkg/…"]}}, "pages": …},
//!                                    "tab": "/pkg/…", "css": "/pkg/…"}
//! pkg/<hash>/                       a program: `frontend`, once for the inbox and once for all other pages
//!   inbox-pirata.js                 its JS shim; started by the page with the address of its wasm
//!   inbox-pirata_bg.wasm            its core
//!   parts.js                        loads its parts
//!   split_<part>.wasm, chunk_<n>.wasm
//! pkg/inbox-pirata.<hash>.js        `browser/`, what the tabs of a browser share; `browser/later/` are
//!                                   files of their own, which it and they import
//! pkg/inbox-pirata.<hash>.css       every file under `style/`
//! …                                 `app/assets/`, as it is
//! ```
//! Beside each file that gets smaller by it lie `.br` and `.gz`. Names under `pkg/` change with their
//! content, so they may be cached for ever; `assets.json` tells the server the current ones.

mod assemble;
mod budget;
mod bundle;
mod compress;
mod css;
mod fingerprint;
mod js_shim;
mod optimize;
mod split;
mod stub_dead_code;
mod swap;

use std::fs;

use anyhow::Result;

use crate::{progress::Progress, toolchain::WasmToolchain, workspace::Workspace};

pub(crate) use budget::core_size;
use fingerprint::Fingerprint;

/// Builds the site, and fails if a browser would have to load more than it may.
pub(crate) fn check(
    workspace: &Workspace,
    toolchain: WasmToolchain,
    progress: &Progress,
) -> Result<()> {
    ensure(workspace, toolchain, progress)?;
    progress.note(budget::check(workspace)?);
    Ok(())
}

/// Builds what changed: nothing, the styles only, or the wasm too.
pub(crate) fn ensure(
    workspace: &Workspace,
    toolchain: WasmToolchain,
    progress: &Progress,
) -> Result<()> {
    let bundle = bundle::ensure(workspace, toolchain, progress)?;

    let site = workspace.site();
    let stamp = site.with_extension("inputs");
    let wanted = Fingerprint::new()
        .text(&bundle.fingerprint)
        .tree(workspace.root(), "style")?
        .tree(workspace.root(), "app/assets")?
        .tree(workspace.root(), "browser")?
        .tree(workspace.root(), "xtask/src/site")?
        .finish();
    if site.is_dir() && fs::read_to_string(&stamp).is_ok_and(|built| built == wanted) {
        progress.note("unchanged");
        return Ok(());
    }

    if stamp.exists() {
        fs::remove_file(&stamp)?;
    }
    let style = assemble::assemble(workspace, &bundle)?;
    fs::write(stamp, wanted)?;
    progress.note(format_args!(
        "the browser loads {} kB of JavaScript and wasm for the inbox, {} kB for other pages, {} kB of \
         styles (brotli)",
        core_size(workspace, "inbox")?.div_ceil(1000),
        core_size(workspace, "pages")?.div_ceil(1000),
        style.div_ceil(1000),
    ));
    Ok(())
}
