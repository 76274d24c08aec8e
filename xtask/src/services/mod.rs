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

pub(crate) use postgres::{Commits, Postgres};
pub(crate) use product::{
    Data, Log, NewUser, Served, add_user, server, start_emulator, start_server,
};

/// How long a service may take to say that it is ready.
const READY: Duration = Duration::from_secs(60);

/// How long a service may take to end before it is killed.
const END: Duration = Duration::from_secs(10);

/// Which output a service announces itself on.
pub(crate) enum Announces {
    Stdout,
    Stderr,
}

/// What becomes of a service's further output.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Output {
    Shown,
    Dropped,
}

/// A running program. Dropping it ends the program and waits for that.
pub(crate) struct Service {
    name: &'static str,
    child: Child,
    stop_with: Signal,
}

impl Service {
    /// Starts `command` and waits for a line that contains `ready`; returns that line as well.
    ///
    /// The program gets a process group of its own: Ctrl-C in the terminal is for us, and we end it.
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
            .recv_timeout(READY)
            .map_err(|_| service.not_ready())?;
        Ok((service, line))
    }

    /// Ends it with another signal than SIGTERM.
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
        let deadline = Instant::now() + END;
        while Instant::now() < deadline {
            if self.child.try_wait()?.is_some() {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(20));
        }
        self.child.kill()?;
        self.child.wait()?;
        bail!("{} did not end in {} s and was killed", self.name, END.as_secs());
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        if let Err(error) = self.end() {
            eprintln!("warning: {error:#}");
        }
    }
}

/// Reads `stream` to its end, so that the program never blocks on it; the first line that contains
/// `ready` comes out of the channel. Lines before it are shown: they are why it did not start.
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
                // Nobody listens any more when the wait was given up.
                let _ = found.send(line);
            } else if output == Output::Shown {
                eprintln!("{line}");
            }
        }
    });
    line
}
