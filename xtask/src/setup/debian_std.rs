//! Sets up Debian's Rust as a wasm compiler.
//!
//! Debian 12 has a current Rust for its browsers (`rustc-web`) with the source of the standard
//! library (`rust-web-src`), but ships no wasm standard library for it. Compiling one takes under a
//! minute. It is installed where rustc expects it, so that later builds need no flags.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

use crate::{
    progress::Progress,
    sh,
    toolchain::{DEBIAN_LIBDIR, DEBIAN_STAMP, TARGET, WasmToolchain, rlibs},
};

use super::packages;

const PACKAGES: &[&str] = &["rustc-web", "cargo-web", "rust-web-src", "lld-22"];

/// The linker that rustc calls for wasm. Debian leaves it out of the package.
const RUST_LLD: &str = "/usr/lib/rustlib/x86_64-unknown-linux-gnu/bin/rust-lld";
const LLD: &str = "/usr/bin/lld-22";

/// Manifest of a scratch crate: building it makes cargo build the standard library.
const MANIFEST: &str = r#"[package]
name = "scratch"
version = "0.0.0"
edition = "2024"

[lib]
path = "lib.rs"

[workspace]
"#;

pub(super) fn install(progress: &Progress) -> Result<()> {
    let installed = Path::new("/usr/bin/rustc").exists()
        && Path::new("/usr/lib/rustlib/src/rust/library/std").exists()
        && Path::new(LLD).exists();
    if !installed {
        packages::install(PACKAGES)?;
    }
    if !rustix::process::geteuid().is_root() {
        bail!(
            "the standard library has to be put into {DEBIAN_LIBDIR}. Run `cargo xtask setup` as root once."
        );
    }
    link_toolchain()?;
    link_linker()?;
    let scratch = tempfile::tempdir()?;
    progress.note("compiling the standard library for wasm (about a minute)");
    place(&compile(scratch.path())?)
}

/// Registers `/usr` with rustup as the toolchain `debian`.
fn link_toolchain() -> Result<()> {
    if WasmToolchain::Debian.version().is_some() {
        return Ok(());
    }
    sh::run(
        Command::new("rustup").args(["toolchain", "link", "debian", "/usr"]),
        "`rustup toolchain link debian /usr`",
        "Install rustup (https://rustup.rs), then call this again.",
    )
}

fn link_linker() -> Result<()> {
    let path = Path::new(RUST_LLD);
    if path.exists() {
        return Ok(());
    }
    let folder = path.parent().context("the linker's path has a folder")?;
    fs::create_dir_all(folder)?;
    symlink(LLD, path).with_context(|| format!("could not link {RUST_LLD} to {LLD}"))
}

/// Builds the standard library and returns its compiled libraries.
fn compile(scratch: &Path) -> Result<Vec<PathBuf>> {
    fs::write(scratch.join("Cargo.toml"), MANIFEST)?;
    fs::write(scratch.join("lib.rs"), "")?;
    let mut build = Command::new("rustup");
    build
        .args(["run", "debian", "cargo", "build", "--release", "--target", TARGET])
        .arg("-Zbuild-std=std,panic_abort,panic_unwind,proc_macro")
        .arg("--target-dir")
        .arg(scratch.join("target"))
        .current_dir(scratch)
        // This lets a stable compiler accept `-Zbuild-std`.
        .env("RUSTC_BOOTSTRAP", "1")
        .env_remove("LD_LIBRARY_PATH");
    sh::run(&mut build, "compiling the standard library for wasm", "Its messages are above.")?;

    let mut parts = rlibs(&scratch.join("target").join(TARGET).join("release/deps"));
    parts.retain(|path| {
        !path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("libscratch-"))
    });
    Ok(parts)
}

/// Copies the libraries to the folder that rustc reads. The stamp is written last, so that an
/// interrupted copy is not taken for a complete one.
fn place(parts: &[PathBuf]) -> Result<()> {
    let libdir = Path::new(DEBIAN_LIBDIR);
    if libdir.exists() {
        fs::remove_dir_all(libdir)?;
    }
    fs::create_dir_all(libdir)?;
    for part in parts {
        let name = part.file_name().context("a library has a file name")?;
        fs::copy(part, libdir.join(name))?;
    }
    let version = WasmToolchain::Debian.version().context("Debian's rustc does not start")?;
    fs::write(DEBIAN_STAMP, version)?;
    Ok(())
}
