//! `cargo xtask demo`.

mod phones;

use std::process::ExitCode;

use anyhow::Result;

use crate::{
    interrupt,
    progress::Progress,
    services::{self, Data, Log, NewUser},
    setup::{self, Scope},
    workspace::{Profile, Workspace},
};

use super::build::{self, Programs};

/// Starts the product with a simulated WhatsApp: no spare phone needed, nothing leaves the machine.
///
/// It has two users and several phones that chat. Its data are in a temporary folder, which is
/// removed when the demo ends.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Address that the product listens on.
    #[arg(long, default_value = "127.0.0.1:3000", value_name = "ADDRESS")]
    listen: String,
    /// Runs the optimised build.
    #[arg(long)]
    release: bool,
}

/// The password is printed: the demo listens on loopback, and its users are removed with its data.
const PASSWORD: &str = "demonstracao";

const USERS: &[NewUser<'static>] = &[
    NewUser { name: "Ana Alves", email: "ana@demo.local", role: "admin", password: PASSWORD },
    NewUser {
        name: "Bruno Braga",
        email: "bruno@demo.local",
        role: "atendente",
        password: PASSWORD,
    },
];

impl Args {
    pub(crate) fn run(self, workspace: &Workspace) -> Result<ExitCode> {
        let profile = Profile::from_release_flag(self.release);
        let mut progress = Progress::new(Scope::Product.steps() + build::STEPS + 2);
        let toolchain = setup::ensure(workspace, Scope::Product, &mut progress)?;
        let built =
            build::build(workspace, toolchain, profile, Programs::WithEmulator, &mut progress)?;

        progress.step("Starting the simulated WhatsApp");
        let folder = tempfile::Builder::new().prefix("inbox-pirata-demo-").tempdir()?;
        let whatsapp = services::start_emulator(&built.emulator, Log::Shown)?;
        let phones = phones::Phones::create(whatsapp.address())?;

        progress.step("Starting the server with two users");
        let data = Data { folder: folder.path(), database: None };
        for user in USERS {
            services::add_user(&built.server, &data, user)?;
        }
        let mut server = services::server(&built.server, &data, &self.listen, &whatsapp);
        let inbox = services::start_server(&mut server, Log::Shown)?;

        explain(inbox.address(), whatsapp.address());
        let _chatter = phones.chat();
        interrupt::wait();
        eprintln!("Ending the demo");
        Ok(ExitCode::SUCCESS)
    }
}

fn explain(inbox: &str, whatsapp: &str) {
    eprintln!("\nThe demo runs. Ctrl-C ends it and removes its data.\n");
    eprintln!("  1. Open {inbox} and log in:");
    for user in USERS {
        eprintln!("       {}   {PASSWORD}   ({}, {})", user.email, user.name, user.role);
    }
    eprintln!("  2. Click \"Conectar WhatsApp\": a QR code appears.");
    eprintln!(
        "  3. Open {whatsapp} in another tab: the simulated phones. Link one to the QR code."
    );
    eprintln!("  4. Chat: the phones write to each other, and you answer from the inbox.\n");
    println!("{inbox}");
}
