//! `cargo xtask build`.

use std::process::ExitCode;

use anyhow::Result;

use crate::{
    build_timestamps,
    built::Built,
    progress::Progress,
    setup::{self, Scope},
    sh, site,
    toolchain::WasmToolchain,
    workspace::{NAME, Profile, Workspace},
};

/// Builds the site and the server that embeds it; prints the path of the binary.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Builds the optimised binary, which contains the site: it is the only file to copy to a
    /// server.
    #[arg(long)]
    release: bool,
    /// Also builds `whatsapp-emulator`, and a server that may connect to it. This is for tests
    /// only: that server does not check WhatsApp's certificates.
    #[arg(long)]
    emulator: bool,
}

/// The programs to build.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Programs {
    Product,
    WithEmulator,
}

/// Number of steps that [`build`] announces.
pub(crate) const STEPS: usize = 2;

impl Args {
    pub(crate) fn run(self, workspace: &Workspace) -> Result<ExitCode> {
        let profile = Profile::from_release_flag(self.release);
        let programs = if self.emulator { Programs::WithEmulator } else { Programs::Product };
        let mut progress = Progress::new(Scope::Product.steps() + STEPS);
        let toolchain = setup::ensure(workspace, Scope::Product, &mut progress)?;
        let built = build(workspace, toolchain, profile, programs, &mut progress)?;
        eprintln!("Built ({})", progress.elapsed());
        println!("{}", built.server.display());
        if programs == Programs::WithEmulator {
            println!("{}", built.emulator.display());
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Builds the site, then the programs.
pub(crate) fn build(
    workspace: &Workspace,
    toolchain: WasmToolchain,
    profile: Profile,
    programs: Programs,
    progress: &mut Progress,
) -> Result<Built> {
    progress.step("Site: wasm, JavaScript and styles (the first time takes about 4 minutes)");
    site::ensure(workspace, toolchain, progress)?;

    progress.step("Server (the first time takes about 12 minutes)");
    let mut cargo = workspace.cargo();
    cargo.args(["build", "-p", "server", "--bin", NAME]).args(profile.args());
    if programs == Programs::WithEmulator {
        cargo.args(["-p", "emulator", "--bin", "whatsapp-emulator"]);
        cargo.args(["--features", "server/emulator"]);
    }
    sh::run(&mut cargo, "compiling the server", "The compiler's messages are above.")?;
    build_timestamps::reset(&workspace.built(profile))?;
    Ok(Built::at(workspace, profile))
}
