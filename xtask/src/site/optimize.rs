//! Making the wasm smaller with binaryen's `wasm-opt`.

use std::{path::Path, process::Command};

use anyhow::{Context, Result};
use walrus::{ExportItem, Module, RefType};

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

/// What wasm-bindgen calls the table in which it keeps JavaScript's values.
const EXTERNREFS: &str = "__wbindgen_externrefs";

/// Optimises a module in place, for size: it is what the browser downloads before the page comes
/// alive.
pub(super) fn optimize(optimizer: &Path, wasm: &Path) -> Result<()> {
    sh::run(
        Command::new(optimizer).arg("-Oz").args(FEATURES).arg(wasm).arg("-o").arg(wasm),
        "`wasm-opt`",
        "Another version of binaryen may help; without one the build goes on unoptimised.",
    )?;
    name_the_right_table(wasm).context("the optimised wasm could not be read back")
}

/// Debian's binaryen (108) writes every exported table as table 0, which is that of functions.
fn name_the_right_table(wasm: &Path) -> Result<()> {
    let mut module = Module::from_file(wasm)?;
    let table = module.tables.iter().find(|table| table.element_ty == RefType::EXTERNREF);
    let Some(table) = table.map(|table| table.id()) else {
        return Ok(());
    };
    let export = module.exports.iter_mut().find(|export| export.name == EXTERNREFS);
    let export = export.with_context(|| format!("{EXTERNREFS} is not exported"))?;
    export.item = ExportItem::Table(table);
    module.emit_wasm_file(wasm)
}
