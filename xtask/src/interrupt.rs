//! Ctrl-C and SIGTERM.
//!
//! The signal ends the program running in the foreground; the command then fails on its ordinary
//! path, so that temporary folders are removed and services stopped by the usual `Drop`s.

use std::{
    process::Child,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    thread,
};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use signal_hook::{
    consts::{SIGINT, SIGTERM},
    iterator::Signals,
};

struct State {
    interrupted: bool,
    foreground: Option<Pid>,
}

static STATE: Mutex<State> = Mutex::new(State { interrupted: false, foreground: None });
static CHANGED: Condvar = Condvar::new();

/// Installs the signal handler; call once.
pub(crate) fn install() -> Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM]).context("could not listen for signals")?;
    thread::spawn(move || {
        for _ in signals.forever() {
            let mut state = state();
            state.interrupted = true;
            if let Some(pid) = state.foreground {
                // The child may have ended already: a terminal sends Ctrl-C to every program in it.
                let _ = kill_process(pid, Signal::TERM);
            }
            CHANGED.notify_all();
        }
    });
    Ok(())
}

/// Fails once a signal was received.
pub(crate) fn check() -> Result<()> {
    if state().interrupted {
        bail!("interrupted");
    }
    Ok(())
}

/// Blocks until a signal is received.
pub(crate) fn wait() {
    let mut state = state();
    while !state.interrupted {
        state = CHANGED.wait(state).unwrap_or_else(PoisonError::into_inner);
    }
}

/// Forwards signals to `child` as SIGTERM for as long as the returned guard lives.
pub(crate) fn foreground(child: &Child) -> Foreground {
    state().foreground = Some(Pid::from_child(child));
    Foreground
}

pub(crate) struct Foreground;

impl Drop for Foreground {
    fn drop(&mut self) {
        state().foreground = None;
    }
}

fn state() -> MutexGuard<'static, State> {
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}
