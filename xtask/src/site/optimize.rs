//! Making the wasm smaller with binaryen's `wasm-opt`.

use std::{fs, path::Path, process::Command};

use anyhow::{Context, Result};
use walrus::{Module, RefType};

use crate::sh;

/// The features rustc uses for its wasm target. Not `--all-features`: that has Debian's binaryen
/// (108) write types as the drafts of its day had them, which no browser takes.
const FEATURES: &[&str] = &[
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Nothing is at the lowest addresses: the linker puts data above the stack, which begins at 1 MiB. So an
/// offset can be part of an access instead of an addition before it.
const LAYOUT: &str = "--low-memory-unused";

/// The tables that a core exports: wasm-bindgen's, in which it keeps JavaScript's values, and the one of
/// functions, which the parts share.
const TABLES: [(&str, RefType); 2] = [
    ("__wbindgen_externrefs", RefType::EXTERNREF),
    ("__indirect_function_table", RefType::FUNCREF),
];

/// The second round finds more in the output of the first; a third finds nothing.
const ROUNDS: usize = 2;

/// Optimises a module in place, for size: it is what the browser downloads before the page comes
/// alive.
pub(super) fn optimize(optimizer: &Path, wasm: &Path) -> Result<()> {
    for _ in 0..ROUNDS {
        sh::run(
            Command::new(optimizer)
                .args(["-Oz", LAYOUT])
                .args(FEATURES)
                .arg(wasm)
                .arg("-o")
                .arg(wasm),
            "`wasm-opt`",
            "Another version of binaryen may help; without one the build goes on unoptimised.",
        )?;
        name_the_right_tables(wasm).context("the optimised wasm could not be read back")?;
    }
    Ok(())
}

/// Debian's binaryen (108) writes every exported table as table 0. Only the number is put right: a module
/// that is written anew compresses worse.
fn name_the_right_tables(wasm: &Path) -> Result<()> {
    let mut bytes = fs::read(wasm)?;
    let module = Module::from_buffer(&bytes)?;
    for (name, kind) in TABLES {
        // A part imports its table, and exports none.
        if !module.exports.iter().any(|export| export.name == name) {
            continue;
        }
        let table = module.tables.iter().position(|table| table.element_ty == kind);
        let table = table.with_context(|| format!("there is no table for {name}"))?;
        // An export is its name with its length, what it is (1 is a table) and which. One byte holds a
        // number below 128.
        let name_length = u8::try_from(name.len()).context("a short name")?;
        let export = [&[name_length], name.as_bytes(), &[1]].concat();
        let at = bytes.windows(export.len()).position(|window| window == export);
        let at = at.with_context(|| format!("{name} is not exported"))? + export.len();
        bytes[at] = u8::try_from(table).ok().filter(|&table| table < 128).context("few tables")?;
    }
    Ok(fs::write(wasm, bytes)?)
}
