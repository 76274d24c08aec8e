//! `frontend` as wasm with its JS shim, once for each group of pages.

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

use super::{
    fingerprint::Fingerprint,
    js_shim, optimize, split,
    stub_dead_code::{self, Names},
    swap,
};

/// Everything that determines the wasm, beside the compiler.
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

/// Name of the file that maps each part of a program to its files.
pub(super) const PARTS: &str = "parts.json";

/// The folder with one folder a program: `inbox-pirata.js`, `inbox-pirata_bg.wasm`, its parts with the
/// script that loads them, [`PARTS`] and perhaps `snippets/`.
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
    check_versions(workspace)?;
    if optimizer.is_none() {
        progress.note("no wasm-opt here: the wasm stays twice as large (apt: binaryen)");
    }
    // Before the first compilation nobody has made it.
    fs::create_dir_all(workspace.wasm_target())?;
    let next = tempfile::tempdir_in(workspace.wasm_target())?;
    for program in PROGRAMS {
        let wasm = compile(workspace, toolchain, program)?;
        make(&wasm, &next.path().join(program), optimizer.as_deref())?;
    }
    fs::write(next.path().join("inputs"), &bundle.fingerprint)?;
    swap::replace(next, &bundle.folder)?;
    Ok(bundle)
}

/// Turns the compiler's output into the files that a browser loads. The order matters: the splitter needs
/// the linker's relocations, which every tool that rewrites the module loses, and dead code is found by the
/// names of functions, which wasm-bindgen removes.
fn make(wasm: &Path, folder: &Path, optimizer: Option<&Path>) -> Result<()> {
    fs::create_dir_all(folder)?;
    let split = split::split(wasm, folder)?;
    stub_dead_code::stub(&split.core, Names::Kept)?;
    for part in &split.rest {
        stub_dead_code::stub(part, Names::Dropped)?;
    }
    generate_js_shim(&split.core, folder)?;
    fs::remove_file(&split.core)?;
    strip(&folder.join(format!("{NAME}.js")))?;
    strip(&folder.join(split::LINK))?;
    fs::write(folder.join(PARTS), serde_json::to_vec_pretty(&split.parts)?)?;
    if let Some(optimizer) = optimizer {
        let core = folder.join(format!("{NAME}_bg.wasm"));
        for file in split.rest.iter().chain([&core]) {
            optimize::optimize(optimizer, file)?;
        }
    }
    Ok(())
}

/// Versions that divided a program together and passed the browser tests. Both halves of wasm-bindgen speak a
/// private format of one exact version, both halves of the splitter another, and the splitter depends on
/// what wasm-bindgen makes of a module: two of its versions broke the parts.
const TOGETHER: [(&str, &str); 5] = [
    ("wasm-bindgen", "0.2.130"),
    ("wasm-bindgen-cli-support", "0.2.130"),
    ("wasm_split_helpers", "0.2.3"),
    ("wasm_split_macros", "0.2.2"),
    ("wasm_split_cli_support", "0.2.4"),
];

/// Flags for the compiler of the browser's program.
const FLAGS: &str = "-Zlocation-detail=none -Zunstable-options -Csymbol-mangling-version=legacy";

fn check_versions(workspace: &Workspace) -> Result<()> {
    let lock = fs::read_to_string(workspace.root().join("Cargo.lock"))?;
    for (package, tried) in TOGETHER {
        let locked = locked_version(&lock, package)?;
        if locked != tried {
            bail!(
                "{package} is {locked}, and {tried} was tested. Lock `wasm-bindgen` and \
                 `wasm-bindgen-cli-support` at one version, and the three `wasm_split_…` packages at \
                 versions that belong together; run the browser tests, then write the new \
                 versions into xtask/src/site/bundle.rs."
            );
        }
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
    // `rustc`, not `build`: arguments of the linker then recompile no dependency.
    cargo.args(["rustc", "-p", "frontend", "--lib"]);
    cargo.args(["--profile", "wasm-release", "--target", TARGET]);
    cargo.args(["--no-default-features", "--features", program]);
    cargo.arg("--target-dir").arg(&target);
    // The places of panics in the source were a fifth of the program's data. The flag that leaves them out
    // is unstable, and a stable compiler accepts it with this variable. The browser's console still shows
    // the message of a panic. A compiler that accepts unstable flags names symbols in another way, unless
    // told otherwise, and `stub_dead_code` finds functions by their names.
    cargo.env("RUSTC_BOOTSTRAP", "1").env("RUSTFLAGS", FLAGS);
    // Relocations name the users of each function and of each piece of data; the splitter needs them.
    cargo.args(["--", "-Clink-arg=--emit-relocs"]);
    sh::run(&mut cargo, "compiling the frontend", "The compiler's messages are above.")?;
    Ok(target.join(TARGET).join("wasm-release/frontend.wasm"))
}

fn generate_js_shim(wasm: &Path, folder: &Path) -> Result<()> {
    Bindgen::new()
        .input_path(wasm)
        .out_name(NAME)
        .web(true)?
        .typescript(false)
        // The page says where the wasm is; its name carries a hash.
        .omit_default_module_path(true)
        // The parts import the table of functions from it, and refer to names as the compiler wrote them.
        .keep_lld_exports(true)
        .demangle(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(folder)
        .context("wasm-bindgen could not make the JavaScript for the frontend")
}

fn strip(script: &Path) -> Result<()> {
    let stripped = js_shim::strip(&fs::read_to_string(script)?);
    Ok(fs::write(script, stripped)?)
}
