//! The Rust toolchain that compiles for wasm.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{sh, workspace::Workspace};

pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// The folder in which Debian's rustc expects the standard library for wasm.
pub(crate) const DEBIAN_LIBDIR: &str = "/usr/lib/rustlib/wasm32-unknown-unknown/lib";

/// The file beside our own standard library that names the compiler it was built by.
pub(crate) const DEBIAN_STAMP: &str = "/usr/lib/rustlib/wasm32-unknown-unknown/lib/built-by.txt";

/// The toolchain that compiles the frontend. The server is always compiled by the default one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WasmToolchain {
    /// The toolchain that runs xtask has the wasm target.
    Default,
    /// Debian's Rust from `rustc-web`, known to rustup as `debian`, with a standard library that
    /// `cargo xtask setup` compiled.
    Debian,
}

impl WasmToolchain {
    /// Returns the first toolchain that is ready, without compiling anything.
    pub(crate) fn find() -> Option<Self> {
        [Self::Default, Self::Debian].into_iter().find(|toolchain| toolchain.is_ready())
    }

    fn is_ready(self) -> bool {
        match self {
            Self::Default => {
                sh::output(self.rustc().args(["--print=target-libdir", "--target", TARGET]))
                    .is_ok_and(|libdir| has_std(Path::new(&libdir)))
            }
            // A standard library works only with the compiler version that built it, and Debian
            // updates its compiler.
            Self::Debian => {
                has_std(Path::new(DEBIAN_LIBDIR))
                    && fs::read_to_string(DEBIAN_STAMP)
                        .is_ok_and(|stamp| self.version().is_some_and(|version| version == stamp))
            }
        }
    }

    /// Returns the output of `rustc --version`.
    pub(crate) fn version(self) -> Option<String> {
        sh::output(self.rustc().arg("--version")).ok()
    }

    pub(crate) fn rustc(self) -> Command {
        self.program("rustc")
    }

    /// Returns a `cargo` command that runs in the checkout.
    pub(crate) fn cargo(self, workspace: &Workspace) -> Command {
        let mut command = self.program("cargo");
        command.current_dir(workspace.root());
        command
    }

    fn program(self, name: &str) -> Command {
        match self {
            Self::Default => Command::new(name),
            Self::Debian => {
                let mut command = Command::new("rustup");
                // `cargo run` puts the libraries of its own toolchain first.
                command.args(["run", "debian", name]).env_remove("LD_LIBRARY_PATH");
                command
            }
        }
    }

    pub(crate) fn describe(self) -> &'static str {
        match self {
            Self::Default => "the default toolchain",
            Self::Debian => "Debian's Rust (`cargo +debian`)",
        }
    }
}

fn has_std(libdir: &Path) -> bool {
    rlibs(libdir).iter().any(|path| {
        path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("libstd-"))
    })
}

/// Lists the compiled libraries in a folder; the list is empty when the folder is missing.
pub(crate) fn rlibs(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let paths = entries.map(|entry| entry.path());
    paths.filter(|path| path.extension().is_some_and(|extension| extension == "rlib")).collect()
}
