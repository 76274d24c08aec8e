//! Divides a program into a core and parts that the browser loads when they are needed.
//!
//! `#[wasm_split]` functions of `app` name the parts. Code that only one part reaches goes into its file;
//! code that several parts reach, and the core does not, becomes a chunk that is loaded with each of them.
//! All files share one memory and one table of functions, through which they call each other.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Result, anyhow};
use wasm_split_cli_support::{Options, transform};

use crate::workspace::NAME;

/// The script through which the core loads its parts. It imports the core's memory and table from the JS
/// shim, and the shim imports the loading functions from it: each names the other by a relative path.
pub(super) const LINK: &str = "parts.js";

/// A program in pieces.
pub(super) struct Split {
    /// For wasm-bindgen; the parts are as they will be loaded, and need none.
    pub(super) core: PathBuf,
    /// Each part and chunk.
    pub(super) rest: Vec<PathBuf>,
    /// The files that belong to each part, by its name.
    pub(super) parts: BTreeMap<String, Vec<String>>,
}

/// Writes the pieces of `wasm` and their script into `folder`. The linker must have left its notes in it
/// (`--emit-relocs`), so nothing may have rewritten it before.
pub(super) fn split(wasm: &Path, folder: &Path) -> Result<Split> {
    let input = fs::read(wasm)?;
    let core = folder.join("core.wasm");
    let (link, js_shim) = (format!("./{LINK}"), format!("./{NAME}.js"));
    let mut options = Options::new(&input);
    options.output_dir = folder;
    options.main_out_path = &core;
    options.link_name = &link;
    options.main_module = &js_shim;
    let split = transform(options)
        .map_err(|report| anyhow!("the program could not be divided into parts: {report:#}"))?;
    let mut parts = BTreeMap::new();
    for (part, stems) in split.prefetch_map {
        let files: Vec<_> = stems.iter().map(|stem| format!("{stem}.wasm")).collect();
        parts.insert(part, files);
    }
    Ok(Split { core, rest: split.split_modules, parts })
}
