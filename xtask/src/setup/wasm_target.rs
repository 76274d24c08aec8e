//! Provides the wasm target of Rust in one of three ways, the simplest first: it is installed;
//! rustup adds it; Debian's Rust gets a standard library that is compiled here (for machines that
//! reach Debian but not rustup).

use std::{fs, process::Command, time::Duration};

use anyhow::{Context, Result, bail};

use crate::{
    progress::Progress,
    sh,
    toolchain::{TARGET, WasmToolchain},
};

use super::debian_std;

/// rustup's download is about 20 MB; an unreachable server must not delay the command for long.
const RUSTUP_LIMIT: Duration = Duration::from_secs(180);

/// Makes one toolchain able to compile for wasm and returns it.
pub(super) fn ensure(progress: &Progress) -> Result<WasmToolchain> {
    if let Some(toolchain) = WasmToolchain::find() {
        progress.note(format_args!("there, in {}", toolchain.describe()));
        return Ok(toolchain);
    }

    let default = WasmToolchain::Default;
    progress.note(format_args!("asking rustup: `rustup target add {TARGET}`"));
    let mut rustup = Command::new("rustup");
    // An unreachable server needs no backtrace.
    rustup.args(["target", "add", TARGET]).env_remove("RUST_BACKTRACE");
    let added = sh::succeeds_within(&mut rustup, RUSTUP_LIMIT);
    if added {
        verify(default)?;
        progress.note("added by rustup");
        return Ok(default);
    }

    let debian = WasmToolchain::Debian;
    progress
        .note("rustup could not add it; taking Debian's Rust and compiling its standard library");
    debian_std::install(progress).with_context(|| {
        format!("there is no {TARGET} target. Where rustup's server is reachable, `rustup target add {TARGET}` is enough")
    })?;
    verify(debian)?;
    progress.note(format_args!("there now, in {}", debian.describe()));
    Ok(debian)
}

/// Verifies the toolchain by compiling and linking a program that needs the standard library.
fn verify(toolchain: WasmToolchain) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let source = folder.path().join("probe.rs");
    fs::write(
        &source,
        "#[unsafe(no_mangle)] pub extern \"C\" fn probe() -> usize { std::env::args().count() }",
    )?;
    let outcome = sh::output(
        toolchain
            .rustc()
            .args(["--edition=2024", "--crate-type=cdylib", "--target", TARGET, "--out-dir"])
            .arg(folder.path())
            .arg(&source),
    );
    if let Err(error) = outcome {
        bail!("{} cannot compile for {TARGET}: {error:#}", toolchain.describe());
    }
    Ok(())
}
