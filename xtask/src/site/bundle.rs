//! `frontend` as wasm with its JavaScript glue, once for each group of pages.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use wasm_bindgen_cli_support::Bindgen;

use crate::{
    progress::Progress,
    sh,
    toolchain::{TARGET, WasmToolchain},
    workspace::{NAME, Workspace},
};

use super::{fingerprint::Fingerprint, glue, optimize, snip, swap};

/// All that decides what the wasm looks like, beside the compiler.
const INPUTS: &[&str] = &[
    "Cargo.lock",
    "Cargo.toml",
    ".cargo/config.toml",
    "app",
    "crates/model",
    "frontend",
    "xtask/src/site",
];

/// The programs, by the feature of `frontend` that has their islands: the inbox, and all other pages.
pub(super) const PROGRAMS: [&str; 2] = ["inbox", "pages"];

/// The folder with one folder a program: `inbox-pirata.js`, `inbox-pirata_bg.wasm` and perhaps
/// `snippets/`.
pub(super) struct Bundle {
    pub(super) folder: PathBuf,
    pub(super) fingerprint: String,
}

/// Compiles unless the last bundle was made from the same inputs.
pub(super) fn ensure(
    workspace: &Workspace,
    toolchain: WasmToolchain,
    progress: &Progress,
) -> Result<Bundle> {
    let optimizer = sh::find_program("wasm-opt");
    let mut inputs = Fingerprint::new()
        .text(&toolchain.version().context("the wasm compiler does not start")?)
        .text(if optimizer.is_some() { "wasm-opt" } else { "" });
    for path in INPUTS {
        inputs = inputs.tree(workspace.root(), path)?;
    }
    let bundle =
        Bundle { folder: workspace.wasm_target().join("bundle"), fingerprint: inputs.finish() };
    let stamp = bundle.folder.join("inputs");
    if fs::read_to_string(&stamp).is_ok_and(|built| built == bundle.fingerprint) {
        return Ok(bundle);
    }

    progress.note(format_args!("compiling the frontend with {}", toolchain.describe()));
    check_bindgen_version(workspace)?;
    if optimizer.is_none() {
        progress.note("no wasm-opt here: the wasm stays twice as large (apt: binaryen)");
    }
    // Before the first compilation nobody has made it.
    fs::create_dir_all(workspace.wasm_target())?;
    let next = tempfile::tempdir_in(workspace.wasm_target())?;
    for program in PROGRAMS {
        let wasm = compile(workspace, toolchain, program)?;
        let snipped = tempfile::NamedTempFile::with_suffix_in(".wasm", workspace.wasm_target())?;
        fs::copy(wasm, snipped.path())?;
        snip::snip(snipped.path())?;
        let folder = next.path().join(program);
        generate_glue(snipped.path(), &folder)?;
        if let Some(optimizer) = &optimizer {
            optimize::optimize(optimizer, &folder.join(format!("{NAME}_bg.wasm")))?;
        }
    }
    fs::write(next.path().join("inputs"), &bundle.fingerprint)?;
    swap::replace(next, &bundle.folder)?;
    Ok(bundle)
}

/// Both halves of wasm-bindgen speak a private format of one exact version.
fn check_bindgen_version(workspace: &Workspace) -> Result<()> {
    let lock = fs::read_to_string(workspace.root().join("Cargo.lock"))?;
    let library = locked_version(&lock, "wasm-bindgen")?;
    let generator = locked_version(&lock, "wasm-bindgen-cli-support")?;
    if library != generator {
        bail!(
            "wasm-bindgen is {library} but its generator is {generator}. \
             Write `wasm-bindgen-cli-support = \"={library}\"` in xtask/Cargo.toml."
        );
    }
    Ok(())
}

fn locked_version<'lock>(lock: &'lock str, package: &str) -> Result<&'lock str> {
    let heading = format!("name = \"{package}\"\nversion = \"");
    lock.split_once(&heading)
        .and_then(|(_, rest)| rest.split('"').next())
        .with_context(|| format!("Cargo.lock has no {package}"))
}

fn compile(workspace: &Workspace, toolchain: WasmToolchain, program: &str) -> Result<PathBuf> {
    let target = workspace.wasm_target();
    let mut cargo = toolchain.cargo(workspace);
    cargo.args(["build", "-p", "frontend", "--profile", "wasm-release", "--target", TARGET]);
    cargo.args(["--no-default-features", "--features", program]);
    cargo.arg("--target-dir").arg(&target);
    sh::run(&mut cargo, "compiling the frontend", "The compiler's messages are above.")?;
    Ok(target.join(TARGET).join("wasm-release/frontend.wasm"))
}

fn generate_glue(wasm: &Path, folder: &Path) -> Result<()> {
    Bindgen::new()
        .input_path(wasm)
        .out_name(NAME)
        .web(true)?
        .typescript(false)
        // The page says where the wasm is; its name carries a hash.
        .omit_default_module_path(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(folder)
        .context("wasm-bindgen could not make the JavaScript for the frontend")?;
    let script = folder.join(format!("{NAME}.js"));
    let slim = glue::slim(&fs::read_to_string(&script)?);
    Ok(fs::write(script, slim)?)
}
