//! Where the checkout and its build output are.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::sh;

/// The name of the product: its binary, its wasm and `LEPTOS_OUTPUT_NAME`.
pub(crate) const NAME: &str = "inbox-pirata";

/// Folders of one checkout, as cargo sees them.
pub(crate) struct Workspace {
    root: PathBuf,
    target: PathBuf,
}

/// A cargo profile of the server.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    Debug,
    Release,
}

impl Workspace {
    /// Asks cargo, so that `CARGO_TARGET_DIR` and every configuration file count.
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

    /// The site the server embeds. Always inside the checkout: the server's source names it.
    pub(crate) fn site(&self) -> PathBuf {
        self.root.join("target/site")
    }

    /// The browser tests.
    pub(crate) fn end2end(&self) -> PathBuf {
        self.root.join("end2end")
    }

    /// Target folder of the wasm build, apart from the server's so that neither waits for the other's
    /// lock or throws out the other's artifacts.
    pub(crate) fn wasm_target(&self) -> PathBuf {
        self.target.join("wasm")
    }

    /// Programs that were installed for the checks.
    pub(crate) fn tools(&self) -> PathBuf {
        self.target.join("tools")
    }

    /// Where cargo builds with `profile`.
    pub(crate) fn built(&self, profile: Profile) -> PathBuf {
        self.target.join(profile.folder())
    }

    pub(crate) fn binary(&self, profile: Profile, name: &str) -> PathBuf {
        self.built(profile).join(name)
    }

    /// `cargo` with the toolchain the caller chose, in the checkout. Without what `cargo run` told us of
    /// ourselves: ring's build script goes by such variables, and everything over it would be compiled
    /// anew at every change between us and a plain `cargo build`.
    pub(crate) fn cargo(&self) -> Command {
        let mut command = Command::new("cargo");
        command.current_dir(&self.root);
        let ours =
            |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST");
        for (name, _) in env::vars_os().filter(|(name, _)| name.to_str().is_some_and(ours)) {
            command.env_remove(name);
        }
        command
    }
}

impl Profile {
    pub(crate) fn from_release_flag(release: bool) -> Self {
        if release { Self::Release } else { Self::Debug }
    }

    /// The arguments that select it.
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
