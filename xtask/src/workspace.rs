//! Paths of the checkout and its build output.

use std::{
    env,
    ffi::OsStr,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::sh;

/// The name of the product: its binary, its wasm and `LEPTOS_OUTPUT_NAME`.
pub(crate) const NAME: &str = "inbox-pirata";

/// Folders of one checkout, as cargo reports them.
pub(crate) struct Workspace {
    root: PathBuf,
    target: PathBuf,
}

/// The cargo profile that the server is built with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    Debug,
    Release,
}

impl Workspace {
    /// Reads the paths from `cargo metadata`, so that `CARGO_TARGET_DIR` and every configuration
    /// file are taken into account.
    pub(crate) fn locate() -> Result<Self> {
        let metadata = sh::output(Command::new("cargo").args([
            "metadata",
            "--no-deps",
            "--offline",
            "--format-version=1",
        ]))
        .context("cargo could not read the workspace; call this inside the checkout")?;
        let metadata: Value = serde_json::from_str(&metadata)?;
        let folder = |field: &str| -> Result<PathBuf> {
            let path = metadata[field].as_str();
            Ok(path.with_context(|| format!("`cargo metadata` has no {field}"))?.into())
        };
        let workspace =
            Self { root: folder("workspace_root")?, target: folder("target_directory")? };
        ensure!(
            workspace.root.join("xtask/Cargo.toml").is_file(),
            "{} is not a checkout of {NAME}; change into one first",
            workspace.root.display()
        );
        Ok(workspace)
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The site that the server embeds. It is always inside the checkout, because the server's
    /// source names it.
    pub(crate) fn site(&self) -> PathBuf {
        self.root.join("target/site")
    }

    /// The folder of the browser tests.
    pub(crate) fn end2end(&self) -> PathBuf {
        self.root.join("end2end")
    }

    /// Target folder of the wasm build. It is separate from the server's, so that neither build
    /// waits for the other's lock or removes the other's artifacts.
    pub(crate) fn wasm_target(&self) -> PathBuf {
        self.target.join("wasm")
    }

    /// Folder of the programs that are installed for the checks.
    pub(crate) fn tools(&self) -> PathBuf {
        self.target.join("tools")
    }

    /// Cargo's output folder for `profile`.
    pub(crate) fn built(&self, profile: Profile) -> PathBuf {
        self.target.join(profile.folder())
    }

    pub(crate) fn binary(&self, profile: Profile, name: &str) -> PathBuf {
        self.built(profile).join(name)
    }

    /// Returns a `cargo` command that runs in the checkout with the caller's toolchain.
    pub(crate) fn cargo(&self) -> Command {
        let mut command = command("cargo");
        command.current_dir(&self.root);
        command
    }
}

/// Returns a command that may run cargo. It has none of the variables that `cargo run` set for xtask
/// itself: ring's build script depends on such variables, and all its dependants would be compiled
/// again at every change between xtask and a plain `cargo build`.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    let ours = |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST");
    for (name, _) in env::vars_os().filter(|(name, _)| name.to_str().is_some_and(ours)) {
        command.env_remove(name);
    }
    command
}

impl Profile {
    pub(crate) fn from_release_flag(release: bool) -> Self {
        if release { Self::Release } else { Self::Debug }
    }

    /// Cargo's arguments for this profile.
    pub(crate) fn args(self) -> &'static [&'static str] {
        match self {
            Self::Debug => &[],
            Self::Release => &["--release"],
        }
    }

    fn folder(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Release => "release",
        }
    }
}
