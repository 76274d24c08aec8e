//! A server with numbers linked to it, each by a user of its own.

use std::{
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, anyhow};

use crate::{
    built::Built,
    services::{HttpService, NewUser, Postgres},
};

use super::{
    disk::{Disk, FillResult},
    environment::Environment,
    http_client::HttpClient,
    metrics::{self, Metrics},
    process::{Frozen, Process},
    wait,
    whatsapp::WhatsApp,
};

/// Number of links made in parallel: linking is mostly arithmetic on both sides.
const WORKERS: usize = 4;

const PASSWORD: &str = "tambor lua medida 9";

/// The `application_name` of the server at PostgreSQL.
const APPLICATION: &str = "inbox-pirata";

/// A server, the emulator it connects to, and the linked numbers.
pub(crate) struct TestCluster<'a> {
    // Fields are dropped in this order: the server first.
    server: HttpService,
    environment: Environment<'a>,
    numbers: Vec<Number>,
}

/// Way to end a server.
#[derive(Debug, Clone, Copy)]
pub(crate) enum End {
    /// `kill -9`.
    Kill,
    /// SIGTERM, as systemd sends it.
    Stop,
}

/// A linked number and the logged-in HTTP client of its user.
pub(crate) struct Number {
    /// International digits.
    pub(crate) phone: String,
    pub(crate) client: HttpClient,
}

/// Times of a restart, each measured from exec.
pub(crate) struct Restarted {
    /// Time until the server announced its address.
    pub(crate) listening: Duration,
    /// Time until the login page was received to the last byte.
    pub(crate) first_page: Duration,
    /// Time until every number was connected.
    pub(crate) connected: Duration,
}

impl<'a> TestCluster<'a> {
    /// Starts the server and the emulator with an empty folder.
    pub(crate) fn start(built: &'a Built, folder: &Path) -> Result<Self> {
        Self::start_in(Environment::create(built, folder)?)
    }

    /// Starts them so that the disk, and a PostgreSQL database, can be broken too.
    pub(crate) fn start_breakable(
        built: &'a Built,
        folder: &Path,
        postgres: Option<Postgres>,
    ) -> Result<Self> {
        let environment = Environment::create(built, folder)?.with_disk()?;
        Self::start_in(match postgres {
            Some(postgres) => environment.with_postgres(postgres),
            None => environment,
        })
    }

    fn start_in(mut environment: Environment<'a>) -> Result<Self> {
        let server = environment.serve("127.0.0.1:0")?;
        Ok(Self { server, environment, numbers: Vec::new() })
    }

    /// Links numbers until `count` are linked, and waits until all of them are connected.
    pub(crate) fn grow_to(&mut self, count: usize) -> Result<()> {
        let missing: Vec<_> = (self.numbers.len()..count).map(Owner::new).collect();
        for owner in &missing {
            owner.add(&self.environment)?;
        }
        let cluster = &*self;
        let linked: Result<Vec<_>> = thread::scope(|scope| {
            let workers = missing.chunks(missing.len().div_ceil(WORKERS).max(1)).map(|owners| {
                scope.spawn(move || {
                    owners.iter().map(|owner| cluster.link(owner)).collect::<Result<Vec<_>>>()
                })
            });
            // All of them are started before the first is joined.
            let workers: Vec<_> = workers.collect();
            workers
                .into_iter()
                .map(|worker| worker.join().map_err(|_| anyhow!("linking a number panicked"))?)
                .collect()
        });
        self.numbers.extend(linked?.into_iter().flatten());
        self.wait_connected()
    }

    /// Kills the server, starts it again at its address and waits until every number is connected.
    pub(crate) fn restart(&mut self) -> Result<Restarted> {
        let listen = self.server.address().trim_start_matches("http://").to_owned();
        self.server.kill()?;
        let start = Instant::now();
        self.server = self.environment.serve(&listen)?;
        let listening = start.elapsed();
        HttpClient::anonymous(self.server.address()).page("/entrar")?;
        let first_page = start.elapsed();
        self.wait_connected()?;
        Ok(Restarted { listening, first_page, connected: start.elapsed() })
    }

    /// Ends the server, runs `meanwhile`, and starts the server again at its address without
    /// waiting for the numbers.
    pub(crate) fn bounce(
        &mut self,
        end: End,
        meanwhile: impl FnOnce(&WhatsApp) -> Result<()>,
    ) -> Result<()> {
        let listen = self.server.address().trim_start_matches("http://").to_owned();
        match end {
            End::Kill => self.server.kill()?,
            // This fails when the server takes longer than its limit.
            End::Stop => self.server.stop()?,
        }
        meanwhile(&self.whatsapp())?;
        self.server = self.environment.serve(&listen)?;
        Ok(())
    }

    /// Fills the disk until less than the reserve of the server is free.
    pub(crate) fn fill_disk(&self) -> Result<FillResult> {
        self.environment
            .disk
            .as_ref()
            .map_or(Ok(FillResult::Unavailable("it is not to be filled")), Disk::fill)
    }

    /// Waits until the server reports `trouble` with its storage, or none.
    pub(crate) fn wait_storage(&self, trouble: bool) -> Result<()> {
        let metrics = self.metrics();
        let (what, value) = match trouble {
            true => ("the server to say that it can keep nothing", 1.0),
            false => ("the server to say that it can keep everything again", 0.0),
        };
        wait::until(what, || {
            Ok((metrics.read()?.value(metrics::STORAGE_TROUBLE) == value).then_some(()))
        })
    }

    /// Freezes the PostgreSQL backends of the server's connections.
    pub(crate) fn freeze_database(&mut self) -> Result<Vec<Frozen>> {
        let postgres = self.environment.postgres()?;
        // The server has none for a moment after all connections broke.
        let pids = wait::until("the server to be connected to its database", || {
            Ok(Some(postgres.backends(APPLICATION)?).filter(|pids| !pids.is_empty()))
        })?;
        let frozen = pids.into_iter().map(|pid| Process::new(pid).freeze());
        // Backends that ended meanwhile are skipped.
        frozen.filter_map(Result::transpose).collect()
    }

    /// Crashes the PostgreSQL, waits, and starts it again.
    pub(crate) fn crash_database(&mut self, away: Duration) -> Result<()> {
        let postgres = self.environment.postgres()?;
        postgres.crash()?;
        wait::pause(away)?;
        postgres.recover()
    }

    /// Adds a user without a number. Returns the logged-in HTTP client of the user.
    pub(crate) fn add_user(&self, name: &str, email: &str, role: &str) -> Result<HttpClient> {
        self.environment.add_user(&NewUser { name, email, role, password: PASSWORD })?;
        HttpClient::log_in(self.site(), email, PASSWORD)
    }

    pub(crate) fn numbers(&self) -> &[Number] {
        &self.numbers
    }

    pub(crate) fn site(&self) -> &str {
        self.server.address()
    }

    pub(crate) fn process(&self) -> Process {
        Process::new(self.server.pid())
    }

    pub(crate) fn metrics(&self) -> Metrics {
        Metrics::of(self.site())
    }

    pub(crate) fn whatsapp(&self) -> WhatsApp {
        WhatsApp::at(self.environment.emulator.address())
    }

    /// Returns the folder in which the server keeps the files of messages.
    pub(crate) fn media(&self) -> PathBuf {
        self.environment.media()
    }

    /// Returns the first number.
    pub(crate) fn first(&self) -> Result<&Number> {
        self.numbers.first().context("no number is linked")
    }

    fn link(&self, owner: &Owner) -> Result<Number> {
        let client = HttpClient::log_in(self.site(), &owner.email, PASSWORD)?;

        let whatsapp = self.whatsapp();
        let phone = whatsapp.new_phone(&owner.name)?;
        client.call("connect_with_code", &[("phone", &format!("+{phone}"))])?;
        let code = wait::until("a pairing code", || {
            let state = client.connection_state()?;
            Ok(state["awaiting_code"]["code"]["code"].as_str().map(str::to_owned))
        })?;
        whatsapp.enter_code(&phone, &code)?;
        wait::until("a number to connect", || {
            Ok((client.connection_state()? == "connected").then_some(()))
        })?;
        Ok(Number { phone, client })
    }

    fn wait_connected(&self) -> Result<()> {
        let metrics = self.metrics();
        let all = self.numbers.len() as f64;
        wait::until("every number to connect", || {
            Ok((metrics.read()?.value(metrics::CONNECTED) == all).then_some(()))
        })
    }
}

/// The user who links a number.
struct Owner {
    name: String,
    email: String,
}

impl Owner {
    fn new(index: usize) -> Self {
        Self { name: format!("Número {index:03}"), email: format!("numero{index:03}@bench.local") }
    }

    fn add(&self, environment: &Environment<'_>) -> Result<()> {
        let Self { name, email } = self;
        environment.add_user(&NewUser { name, email, role: "atendente", password: PASSWORD })
    }
}
