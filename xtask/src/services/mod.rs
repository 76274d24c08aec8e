//! Programs that run beside a command and end with it.

mod postgres;
mod product;

use std::{
    io::{BufRead, BufReader, Read},
    os::unix::process::CommandExt,
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};

pub(crate) use postgres::{Durability, Postgres, TestPostgres};
pub(crate) use product::{
    Data, HttpService, Log, NewUser, add_user, server, start_emulator, start_server,
};

/// Longest time that a service may take to announce that it is ready.
const READY_TIMEOUT: Duration = Duration::from_secs(60);

/// Longest time that a service may take to end before it is killed.
const STOP_TIMEOUT: Duration = Duration::from_secs(10);

/// The output on which a service announces that it is ready.
pub(crate) enum Announces {
    Stdout,
    Stderr,
}

/// Treatment of a service's output after the announcement.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Output {
    Shown,
    Dropped,
}

/// A running program. Dropping it ends the program and waits until it has ended.
pub(crate) struct Service {
    name: &'static str,
    child: Child,
    stop_with: Signal,
}

impl Service {
    /// Starts `command` and waits for a line that contains `ready`; returns that line as well.
    ///
    /// The program gets a process group of its own: Ctrl-C in the terminal reaches xtask only,
    /// which then ends the program.
    pub(crate) fn start(
        name: &'static str,
        command: &mut Command,
        announces: Announces,
        ready: &'static str,
        output: Output,
    ) -> Result<(Self, String)> {
        command.process_group(0).stdin(Stdio::null());
        match announces {
            Announces::Stdout => command.stdout(Stdio::piped()),
            Announces::Stderr => command.stdout(Stdio::null()).stderr(Stdio::piped()),
        };
        let mut child = command.spawn().with_context(|| format!("could not start {name}"))?;
        let stream: Box<dyn Read + Send> = match announces {
            Announces::Stdout => Box::new(child.stdout.take().context("stdout is piped")?),
            Announces::Stderr => Box::new(child.stderr.take().context("stderr is piped")?),
        };
        let service = Self { name, child, stop_with: Signal::TERM };
        let line = announcement(stream, ready, output)
            .recv_timeout(READY_TIMEOUT)
            .map_err(|_| service.not_ready())?;
        Ok((service, line))
    }

    /// Sets the signal that ends the program instead of SIGTERM.
    fn stop_with(mut self, signal: Signal) -> Self {
        self.stop_with = signal;
        self
    }

    fn not_ready(&self) -> anyhow::Error {
        anyhow::anyhow!("{} did not start; what it said is above", self.name)
    }

    fn end(&mut self) -> Result<()> {
        if self.child.try_wait()?.is_some() {
            return Ok(());
        }
        kill_process(Pid::from_child(&self.child), self.stop_with)?;
        let deadline = Instant::now() + STOP_TIMEOUT;
        while Instant::now() < deadline {
            if self.child.try_wait()?.is_some() {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(20));
        }
        self.child.kill()?;
        self.child.wait()?;
        bail!("{} did not end in {} s and was killed", self.name, STOP_TIMEOUT.as_secs());
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        if let Err(error) = self.end() {
            eprintln!("warning: {error:#}");
        }
    }
}

/// Reads `stream` to its end, so that the program never blocks on it, and sends the first line that
/// contains `ready` to the channel. Other lines are shown for [`Output::Shown`].
fn announcement(
    stream: impl Read + Send + 'static,
    ready: &'static str,
    output: Output,
) -> mpsc::Receiver<String> {
    let (found, line) = mpsc::channel();
    thread::spawn(move || {
        let mut announced = false;
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            if !announced && line.contains(ready) {
                announced = true;
                // The receiver is gone after a timeout.
                let _ = found.send(line);
            } else if output == Output::Shown {
                eprintln!("{line}");
            }
        }
    });
    line
}
