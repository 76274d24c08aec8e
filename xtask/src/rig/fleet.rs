//! Numbers linked to one server, each by a user of its own.

use std::{
    path::Path,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, anyhow};

use crate::{
    commands::build::Built,
    services::{NewUser, Postgres, Served},
};

use super::{
    disk::{Disk, Filled},
    ground::Ground,
    metrics::{self, Metrics},
    process::{Frozen, Process},
    visitor::Visitor,
    wait,
    whatsapp::WhatsApp,
};

/// How many numbers are linked at once: linking is mostly arithmetic, for both sides.
const LANES: usize = 4;

const PASSWORD: &str = "tambor lua medida 9";

/// The name that a server gives itself at its PostgreSQL.
const APPLICATION: &str = "inbox-pirata";

/// A server, the WhatsApp it talks to, and what is linked.
pub(crate) struct Fleet<'a> {
    // Dropped in this order: the server first.
    server: Served,
    ground: Ground<'a>,
    numbers: Vec<Number>,
}

/// How a server is ended.
#[derive(Debug, Clone, Copy)]
pub(crate) enum End {
    /// `kill -9`.
    Kill,
    /// SIGTERM, as systemd does it.
    Stop,
}

/// A linked number and its user's session in a browser.
pub(crate) struct Number {
    /// International digits.
    pub(crate) phone: String,
    pub(crate) visitor: Visitor,
}

/// How long a server took, from exec, to …
pub(crate) struct Restarted {
    /// … say that it listens.
    pub(crate) listening: Duration,
    /// … have sent the login page, to the last byte.
    pub(crate) first_page: Duration,
    /// … have every number connected.
    pub(crate) connected: Duration,
}

impl<'a> Fleet<'a> {
    /// Starts both programs with an empty folder.
    pub(crate) fn start(built: &'a Built, folder: &Path) -> Result<Self> {
        Self::start_on(Ground::lay(built, folder)?)
    }

    /// The same, so that more can be broken: the disk, and the database where it is a PostgreSQL.
    pub(crate) fn start_to_break(
        built: &'a Built,
        folder: &Path,
        postgres: Option<Postgres>,
    ) -> Result<Self> {
        let ground = Ground::lay(built, folder)?.with_disk()?;
        Self::start_on(match postgres {
            Some(postgres) => ground.with_postgres(postgres),
            None => ground,
        })
    }

    fn start_on(mut ground: Ground<'a>) -> Result<Self> {
        let server = ground.serve("127.0.0.1:0")?;
        Ok(Self { server, ground, numbers: Vec::new() })
    }

    /// Links numbers until there are `count`, and waits until all of them are connected.
    pub(crate) fn grow_to(&mut self, count: usize) -> Result<()> {
        let missing: Vec<_> = (self.numbers.len()..count).map(Owner::new).collect();
        for owner in &missing {
            owner.add(&self.ground)?;
        }
        let fleet = &*self;
        let linked: Result<Vec<_>> = thread::scope(|scope| {
            let lanes = missing.chunks(missing.len().div_ceil(LANES).max(1)).map(|lane| {
                scope.spawn(move || {
                    lane.iter().map(|owner| fleet.link(owner)).collect::<Result<Vec<_>>>()
                })
            });
            // All of them run before the first is waited for.
            let lanes: Vec<_> = lanes.collect();
            lanes
                .into_iter()
                .map(|lane| lane.join().map_err(|_| anyhow!("linking a number panicked"))?)
                .collect()
        });
        self.numbers.extend(linked?.into_iter().flatten());
        self.wait_connected()
    }

    /// Kills the server, starts it again at its address and waits until every number is back.
    pub(crate) fn restart(&mut self) -> Result<Restarted> {
        let listen = self.server.address().trim_start_matches("http://").to_owned();
        self.server.kill()?;
        let start = Instant::now();
        self.server = self.ground.serve(&listen)?;
        let listening = start.elapsed();
        Visitor::stranger(self.server.address()).page("/entrar")?;
        let first_page = start.elapsed();
        self.wait_connected()?;
        Ok(Restarted { listening, first_page, connected: start.elapsed() })
    }

    /// Ends the server one way or the other, lets something happen, and starts it again at its address,
    /// without waiting for the numbers.
    pub(crate) fn bounce(
        &mut self,
        end: End,
        meanwhile: impl FnOnce(&WhatsApp) -> Result<()>,
    ) -> Result<()> {
        let listen = self.server.address().trim_start_matches("http://").to_owned();
        match end {
            End::Kill => self.server.kill()?,
            // An error when it takes longer than it may.
            End::Stop => self.server.stop()?,
        }
        meanwhile(&self.whatsapp())?;
        self.server = self.ground.serve(&listen)?;
        Ok(())
    }

    /// Leaves the server less of its disk than it has to keep free.
    pub(crate) fn fill_disk(&self) -> Result<Filled> {
        self.ground.disk.as_ref().map_or(Ok(Filled::Not("it is not to be filled")), Disk::fill)
    }

    /// Waits until the server says that what comes can be kept, or that it cannot.
    pub(crate) fn wait_storage(&self, trouble: bool) -> Result<()> {
        let metrics = self.metrics();
        let (what, value) = match trouble {
            true => ("the server to say that it can keep nothing", 1.0),
            false => ("the server to say that it can keep everything again", 0.0),
        };
        wait::until(what, || Ok((metrics.read()?.value(metrics::TROUBLE) == value).then_some(())))
    }

    /// Freezes what works for the server at its PostgreSQL.
    pub(crate) fn freeze_database(&mut self) -> Result<Vec<Frozen>> {
        let postgres = self.ground.postgres()?;
        // There is none for a moment after all of them broke.
        let pids = wait::until("the server to be connected to its database", || {
            Ok(Some(postgres.backends(APPLICATION)?).filter(|pids| !pids.is_empty()))
        })?;
        let frozen = pids.into_iter().map(|pid| Process::new(pid).freeze());
        // Connections come and go.
        frozen.filter_map(Result::transpose).collect()
    }

    /// Has its PostgreSQL break off, stay away for a while, and come back.
    pub(crate) fn crash_database(&mut self, away: Duration) -> Result<()> {
        let postgres = self.ground.postgres()?;
        postgres.crash()?;
        wait::pause(away)?;
        postgres.recover()
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
        WhatsApp::at(self.ground.emulator.address())
    }

    /// The first number.
    pub(crate) fn first(&self) -> Result<&Number> {
        self.numbers.first().context("no number is linked")
    }

    fn link(&self, owner: &Owner) -> Result<Number> {
        let visitor = Visitor::log_in(self.site(), &owner.email, PASSWORD)?;

        let whatsapp = self.whatsapp();
        let phone = whatsapp.new_phone(&owner.name)?;
        visitor.call("connect_with_code", &[("phone", &format!("+{phone}"))])?;
        let code = wait::until("a pairing code", || {
            let state = visitor.connection_state()?;
            Ok(state["awaiting_code"]["code"]["code"].as_str().map(str::to_owned))
        })?;
        whatsapp.enter_code(&phone, &code)?;
        wait::until("a number to connect", || {
            Ok((visitor.connection_state()? == "connected").then_some(()))
        })?;
        Ok(Number { phone, visitor })
    }

    fn wait_connected(&self) -> Result<()> {
        let metrics = self.metrics();
        let all = self.numbers.len() as f64;
        wait::until("every number to connect", || {
            Ok((metrics.read()?.value(metrics::CONNECTED) == all).then_some(()))
        })
    }
}

/// Who a number is linked by.
struct Owner {
    name: String,
    email: String,
}

impl Owner {
    fn new(index: usize) -> Self {
        Self { name: format!("Número {index:03}"), email: format!("numero{index:03}@bench.local") }
    }

    fn add(&self, ground: &Ground<'_>) -> Result<()> {
        let Self { name, email } = self;
        ground.add_user(&NewUser { name, email, role: "atendente", password: PASSWORD })
    }
}
