//! Installs system packages, with apt where xtask runs as root on Debian.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Result, bail};

use crate::{progress::Progress, sh};

use super::scope::Scope;

/// A required system package.
struct Need {
    /// Name of Debian's package.
    package: &'static str,
    /// The reason for it, as printed.
    purpose: &'static str,
    /// The check for its presence, which is independent of the way it was installed.
    proof: Proof,
    scope: Scope,
    /// A file of another package that serves instead, where this one cannot be installed.
    instead: Option<&'static str>,
}

enum Proof {
    Program(&'static str),
    File(&'static str),
    Postgres,
}

const NEEDS: &[Need] = &[
    Need {
        package: "gcc",
        purpose: "C compiler (SQLite, cryptography) and linker",
        proof: Proof::Program("cc"),
        scope: Scope::Product,
        instead: None,
    },
    Need {
        package: "libc6-dev",
        purpose: "headers of the C library",
        proof: Proof::File("/usr/include/stdio.h"),
        scope: Scope::Product,
        instead: None,
    },
    Need {
        package: "binaryen",
        purpose: "wasm-opt, which halves what the browser loads",
        proof: Proof::Program("wasm-opt"),
        scope: Scope::Product,
        instead: None,
    },
    Need {
        // It is Chromium without windows, toolbars and menus: the same engine for half the time.
        package: "chromium-headless-shell",
        purpose: "the browser of the browser tests",
        proof: Proof::File("/usr/lib/chromium/chromium-headless-shell"),
        scope: Scope::Tests,
        instead: Some("/usr/bin/chromium"),
    },
    Need {
        package: "firefox-esr",
        purpose: "the other browser of the browser tests",
        proof: Proof::File("/usr/bin/firefox-esr"),
        scope: Scope::Tests,
        instead: None,
    },
    Need {
        package: "fonts-noto-core",
        purpose: "letters in screenshots",
        proof: Proof::File("/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf"),
        scope: Scope::Tests,
        instead: None,
    },
    Need {
        package: "fonts-noto-color-emoji",
        purpose: "emoji in screenshots",
        proof: Proof::File("/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf"),
        scope: Scope::Tests,
        instead: None,
    },
    Need {
        package: "nodejs",
        purpose: "runs the browser tests",
        proof: Proof::Program("node"),
        scope: Scope::Tests,
        instead: None,
    },
    Need {
        package: "npm",
        purpose: "installs the packages of the browser tests",
        proof: Proof::Program("npm"),
        scope: Scope::Tests,
        instead: None,
    },
    Need {
        package: "nginx",
        purpose: "the proxy that stands before the product in one browser test",
        // Debian has it on root's `PATH` only.
        proof: Proof::File("/usr/sbin/nginx"),
        scope: Scope::Tests,
        instead: None,
    },
    Need {
        package: "openssl",
        purpose: "the certificate of that proxy",
        proof: Proof::Program("openssl"),
        scope: Scope::Tests,
        instead: None,
    },
    Need {
        package: "postgresql",
        purpose: "the store's tests on PostgreSQL",
        proof: Proof::Postgres,
        scope: Scope::Tests,
        instead: None,
    },
];

impl Need {
    fn is_met(&self) -> bool {
        match self.proof {
            Proof::Program(name) => sh::find_program(name).is_some(),
            Proof::File(path) => Path::new(path).exists(),
            Proof::Postgres => postgres_program("postgres").is_some(),
        }
    }

    fn is_replaced(&self) -> bool {
        self.instead.is_some_and(|file| Path::new(file).exists())
    }

    fn is_for(&self, scope: Scope) -> bool {
        scope == Scope::Tests || self.scope == Scope::Product
    }
}

/// Installs the packages that are missing, or fails with their names.
pub(super) fn ensure(scope: Scope, progress: &Progress) -> Result<()> {
    let missing: Vec<_> =
        NEEDS.iter().filter(|need| need.is_for(scope) && !need.is_met()).collect();
    if missing.is_empty() {
        progress.note("all there");
        return Ok(());
    }
    for need in &missing {
        progress.note(format_args!("missing: {} ({})", need.package, need.purpose));
    }
    let installed = install(&missing.iter().map(|need| need.package).collect::<Vec<_>>());
    match installed {
        Err(_) if missing.iter().all(|need| need.is_replaced()) => {
            for need in &missing {
                let instead = need.instead.unwrap_or_default();
                progress.note(format_args!("{instead} serves instead of {}", need.package));
            }
            Ok(())
        }
        installed => installed,
    }
}

/// Runs `apt-get install` on Debian as root; elsewhere it fails with the command to run.
pub(super) fn install(packages: &[&str]) -> Result<()> {
    let list = packages.join(" ");
    if sh::find_program("apt-get").is_none() {
        bail!("these are missing: {list} (Debian's names). Install them and call this again.");
    }
    if !rustix::process::geteuid().is_root() {
        bail!("these packages are missing: {list}. Run `sudo apt-get install -y {list}`.");
    }
    let remedy = "Check the network and /etc/apt/sources.list, then call this again.";
    sh::run(apt_get().args(["-qq", "update"]), "`apt-get update`", remedy)?;
    sh::run(
        apt_get().args(["install", "-qq", "-y", "--no-install-recommends"]).args(packages),
        &format!("`apt-get install {list}`"),
        remedy,
    )
}

fn apt_get() -> Command {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive");
    // This keeps services of a package from starting: tests start their own.
    command.env("RUNLEVEL", "1");
    command
}

/// Finds a program of PostgreSQL. Debian keeps the server's programs outside `PATH`, in one folder
/// per version.
pub(crate) fn postgres_program(name: &str) -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = versions
        .map(|version| version.path().join("bin").join(name))
        .filter(|path| path.is_file())
        .max();
    newest.or_else(|| sh::find_program(name))
}
