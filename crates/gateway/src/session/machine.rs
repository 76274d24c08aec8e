//! The state of a session, and every transition between states.
//!
//! ```text
//!          start            opened             end_later
//!   Idle ────────► Starting ────────► Running ───────────► Ending
//!    ▲ ▲             │ ▲ ▲             │ │ │                │ ▲ │
//!    │ └ open_failed ┘ │ │ start       │ │ │                │ │ │
//!    │                 │ │ (timer)     │ │ └ pause ┐  pause │ │ │ storage works again,
//!    │ recorded        │ │             │ │         ▼        ▼ │ │ while the client runs
//!    │                 │ Waiting ◄─────┘ │        Paused ─────┘ │
//!    │                 │  run loop ended,│          │           │
//!    │                 │  panic          │          │           │ run_loop_ended
//!    │                 └─────────────────┼──────────┘           │ (Starting if a pause was
//!    │                   storage works   │                      │ the reason)
//!    │                                   │ end_now, log_out,    │
//!    └─ Ended ◄──────────────────────────┴ unlink ──────────────┘
//!
//!   Running ──► Idle: a pairing is cancelled, or its run loop has ended.
//! ```
//!
//! * `Idle`: nothing runs, and only a person starts it.
//! * `Starting`: the keys are being opened. Storage trouble leads to `Paused` instead.
//! * `Running`: the library connects, and connects again by itself; [`Phase`] has its progress.
//! * `Ending`: WhatsApp has ended the session, or a pause has. Earlier events are still handled, up
//!   to the end of the run loop. The first reason stays, since later ones are its consequences.
//! * `Paused`: nothing can be stored. No event is handled, from any state but `Idle` and `Ended`.
//! * `Waiting`: the run loop ended for no known reason, or a panic ended it. The delay doubles.
//! * `Ended`: the reason is being recorded, which waits for the database.
//!
//! Transitions do no I/O. They return [`Effect`]s, which the actor performs in their order.

mod effect;
mod phase;
#[cfg(test)]
mod tests;

use std::time::Duration;

use model::{ConnectionState, EndReason, StorageTrouble};
use tokio::time::Instant;

use crate::pauses::growing;

pub(super) use self::effect::{Effect, Now, Timer};
pub(super) use self::phase::Phase;

/// Delay before a session restarts whose run loop ended for no known reason. It doubles with each
/// restart in a row, up to [`LONGEST_RESTART_DELAY`]: WhatsApp refused the session in a way that
/// another attempt may not solve.
const FIRST_RESTART_DELAY: Duration = Duration::from_secs(5);
const LONGEST_RESTART_DELAY: Duration = Duration::from_secs(640);

/// Time that the run loop has to end after WhatsApp has ended the session. Without it a library that
/// hangs would leave a number that looks connected.
const LONGEST_CLOSE: Duration = Duration::from_secs(10);

/// The state of a session. `C` is its client, which exists only where it runs. `restarts` counts
/// the restarts since the session was connected last. See the [module](self).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum SessionState<C> {
    Idle,
    Starting { restarts: u32 },
    Running { client: C, restarts: u32, phase: Phase },
    Ending { closing: Closing<C>, restarts: u32 },
    Paused { why: StorageTrouble, closing: Option<Closing<C>>, restarts: u32 },
    Waiting { restart_at: Instant, restarts: u32 },
    Ended { reason: EndReason },
}

/// A client whose run loop is about to end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Closing<C> {
    client: C,
    linked: bool,
    then: AfterClose,
}

/// The continuation after the end of a run loop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AfterClose {
    Restart,
    /// WhatsApp has ended the session. The client is closed at `overdue_at` even if its run loop goes on.
    End {
        reason: EndReason,
        overdue_at: Instant,
    },
}

impl AfterClose {
    fn overdue_at(self) -> Option<Instant> {
        match self {
            Self::Restart => None,
            Self::End { overdue_at, .. } => Some(overdue_at),
        }
    }
}

type Effects<C> = Vec<Effect<C>>;

impl<C> SessionState<C> {
    /// Returns the client while one runs.
    pub(super) fn client(&self) -> Option<&C> {
        match self {
            Self::Running { client, .. } => Some(client),
            Self::Ending { closing, .. } => Some(&closing.client),
            Self::Paused { closing, .. } => closing.as_ref().map(|closing| &closing.client),
            Self::Idle | Self::Starting { .. } | Self::Waiting { .. } | Self::Ended { .. } => None,
        }
    }

    /// Returns the client while one runs.
    pub(super) fn client_mut(&mut self) -> Option<&mut C> {
        match self {
            Self::Running { client, .. } => Some(client),
            Self::Ending { closing, .. } => Some(&mut closing.client),
            Self::Paused { closing, .. } => closing.as_mut().map(|closing| &mut closing.client),
            Self::Idle | Self::Starting { .. } | Self::Waiting { .. } | Self::Ended { .. } => None,
        }
    }

    /// Returns true while events must wait.
    pub(super) fn is_paused(&self) -> bool {
        matches!(self, Self::Paused { .. })
    }

    /// Returns true while nobody has scanned.
    pub(super) fn is_pairing(&self) -> bool {
        matches!(self, Self::Running { phase: Phase::Pairing { .. }, .. })
    }

    /// Returns the time at which the state changes by itself.
    pub(super) fn timer(&self) -> Option<(Instant, Timer)> {
        match self {
            Self::Waiting { restart_at, .. } => Some((*restart_at, Timer::Restart)),
            Self::Running { phase, .. } => Some((phase.code_expires_at()?, Timer::CodeExpired)),
            Self::Ending { closing, .. } => Some((closing.then.overdue_at()?, Timer::CloseOverdue)),
            _ => None,
        }
    }

    /// Starts the session, or joins the attempt that is under way.
    pub(super) fn start(&mut self, trouble: Option<StorageTrouble>) -> Effects<C> {
        match *self {
            Self::Idle => self.begin(0, trouble),
            Self::Waiting { restarts, .. } => self.begin(restarts, trouble),
            _ => Vec::new(),
        }
    }

    fn begin(&mut self, restarts: u32, trouble: Option<StorageTrouble>) -> Effects<C> {
        match trouble {
            Some(why) => {
                *self = Self::Paused { why, closing: None, restarts };
                vec![Effect::Show(ConnectionState::Paused { why })]
            }
            None => {
                *self = Self::Starting { restarts };
                vec![Effect::Show(phase::CONNECTING), Effect::Open]
            }
        }
    }

    /// The client runs. `linked` is true if it has the keys of a phone.
    pub(super) fn opened(&mut self, client: C, linked: bool) -> Effects<C> {
        let Self::Starting { restarts } = *self else { return vec![Effect::Close(client)] };
        *self = Self::Running { client, restarts, phase: Phase::first(linked) };
        Vec::new()
    }

    /// The client could not be started.
    pub(super) fn open_failed(&mut self) -> Effects<C> {
        *self = Self::Idle;
        vec![Effect::Show(ConnectionState::Disconnected { reason: Some(EndReason::Storage) })]
    }

    /// Applies a transition between phases while a client runs.
    pub(super) fn in_phase(
        &mut self,
        transition: impl FnOnce(&mut Phase) -> Effects<C>,
    ) -> Effects<C> {
        self.phase_mut().map(transition).unwrap_or_default()
    }

    /// Returns the progress of the client, unless it is about to end.
    pub(super) fn phase_mut(&mut self) -> Option<&mut Phase> {
        match self {
            Self::Running { phase, .. } => Some(phase),
            _ => None,
        }
    }

    /// A phone has scanned.
    pub(super) fn paired(&mut self) -> Effects<C> {
        match self {
            Self::Running { phase, .. } => phase.paired(),
            Self::Ending { closing, .. } => {
                closing.linked = true;
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    /// The login is complete.
    pub(super) fn connected(&mut self) -> Effects<C> {
        let Self::Running { phase, restarts, .. } = self else { return Vec::new() };
        let again = phase.connected();
        *restarts = 0;
        vec![Effect::StartTasks { again }, Effect::Show(ConnectionState::Connected)]
    }

    /// WhatsApp has ended the session. The run loop is about to end. The first reason stays.
    pub(super) fn end_later(&mut self, reason: EndReason, now: Now) -> Effects<C> {
        let end = AfterClose::End { reason, overdue_at: now.instant + LONGEST_CLOSE };
        match self.take() {
            Self::Running { client, restarts, phase } => {
                let closing = Closing { client, linked: phase.is_linked(), then: end };
                *self = Self::Ending { closing, restarts };
                vec![Effect::StopTasks]
            }
            Self::Ending { mut closing, restarts } => {
                if closing.then == AfterClose::Restart {
                    closing.then = end;
                }
                *self = Self::Ending { closing, restarts };
                Vec::new()
            }
            other => self.keep(other),
        }
    }

    /// Closes the running client and records the reason.
    pub(super) fn end_now(&mut self, reason: EndReason) -> Effects<C> {
        match self.take().into_client() {
            Ok((client, _)) => self.end(vec![Effect::Close(client)], reason),
            Err(other) => self.keep(other),
        }
    }

    /// Unlinks the device on WhatsApp, or cancels a pairing that is under way.
    pub(super) fn unlink(&mut self) -> Effects<C> {
        match self.take().into_client() {
            // Nobody has scanned yet, so there is only a pairing to cancel.
            Ok((client, false)) => {
                *self = Self::Idle;
                let shown = ConnectionState::Disconnected { reason: None };
                vec![Effect::Close(client), Effect::Show(shown)]
            }
            Ok((client, true)) => self.end(vec![Effect::LogOut(client)], EndReason::UnlinkedHere),
            Err(_) => self.end(vec![], EndReason::UnlinkedHere),
        }
    }

    /// Logs a phone out that must not be linked.
    pub(super) fn log_out(&mut self, reason: EndReason) -> Effects<C> {
        match self.take().into_client() {
            Ok((client, _)) => self.end(vec![Effect::LogOut(client)], reason),
            Err(other) => self.keep(other),
        }
    }

    /// Records the reason of an end after other effects.
    fn end(&mut self, mut effects: Effects<C>, reason: EndReason) -> Effects<C> {
        *self = Self::Ended { reason };
        effects.push(Effect::Record(reason));
        effects
    }

    /// The run loop has ended, and all its events are handled; or it should have ended long ago.
    pub(super) fn run_loop_ended(
        &mut self,
        trouble: Option<StorageTrouble>,
        now: Now,
    ) -> Effects<C> {
        let (client, then) = match self.take() {
            // WhatsApp closed the connection in a way that the library neither names nor retries.
            // The keys stay valid.
            Self::Running { client, restarts, phase } if phase.is_linked() => {
                let mut then = self.wait(restarts, now);
                then.push(Effect::CountReconnect);
                (client, then)
            }
            Self::Running { client, .. } => {
                let shown = ConnectionState::Disconnected { reason: None };
                (client, vec![Effect::Show(shown)])
            }
            Self::Ending { closing: Closing { client, then, .. }, restarts } => match then {
                AfterClose::Restart => (client, self.begin(restarts, trouble)),
                AfterClose::End { reason, .. } => (client, self.end(vec![], reason)),
            },
            other => return self.keep(other),
        };
        closed_first(client, then)
    }

    /// The actor or a task of the session panicked. The client goes, and with it whatever the
    /// panic left half done.
    pub(super) fn panicked(&mut self, now: Now) -> Effects<C> {
        match self.take() {
            Self::Idle => Vec::new(),
            Self::Paused { why, closing, restarts } => {
                *self = Self::Paused { why, closing: None, restarts };
                closing.map(|closing| Effect::Close(closing.client)).into_iter().collect()
            }
            Self::Starting { restarts } | Self::Waiting { restarts, .. } => {
                self.wait(restarts, now)
            }
            Self::Ended { .. } => self.wait(0, now),
            Self::Running { client, restarts, .. }
            | Self::Ending { closing: Closing { client, .. }, restarts } => {
                let then = self.wait(restarts, now);
                closed_first(client, then)
            }
        }
    }

    /// Schedules a restart, with a longer delay for each in a row.
    fn wait(&mut self, restarts: u32, now: Now) -> Effects<C> {
        let delay = growing(FIRST_RESTART_DELAY, restarts, LONGEST_RESTART_DELAY);
        *self =
            Self::Waiting { restart_at: now.instant + delay, restarts: restarts.saturating_add(1) };
        vec![Effect::Show(ConnectionState::Connecting { retry_at: Some(now.utc + delay) })]
    }

    /// Nothing can be stored any more, or everything can again. A session that has ended stays so,
    /// and its end is recorded once the database takes it.
    pub(super) fn storage_changed(&mut self, trouble: Option<StorageTrouble>) -> Effects<C> {
        match (self.take(), trouble) {
            (Self::Idle, _) => Vec::new(),
            (other, Some(why)) => {
                *self = other;
                self.pause(why)
            }
            // Events from before the pause are handled first, up to the end of the run loop.
            (Self::Paused { closing: Some(closing), restarts, .. }, None) => {
                *self = Self::Ending { closing, restarts };
                Vec::new()
            }
            (Self::Paused { closing: None, restarts, .. }, None) => self.begin(restarts, None),
            (Self::Ended { reason }, None) => self.end(vec![], reason),
            (other, None) => self.keep(other),
        }
    }

    /// An event could not be stored. WhatsApp delivers messages that were not stored again only
    /// with the next connection, so the session reconnects even if the trouble is over already.
    pub(super) fn storage_failed(&mut self, trouble: Option<StorageTrouble>) -> Effects<C> {
        let mut effects = self.pause(trouble.unwrap_or(StorageTrouble::Database));
        if trouble.is_none() {
            effects.extend(self.storage_changed(None));
        }
        effects
    }

    /// Disconnects because nothing can be stored.
    fn pause(&mut self, why: StorageTrouble) -> Effects<C> {
        let shown = Effect::Show(ConnectionState::Paused { why });
        let (closing, restarts, disconnect) = match self.take() {
            Self::Running { client, restarts, phase } => {
                let (linked, then) = (phase.is_linked(), AfterClose::Restart);
                (Some(Closing { client, linked, then }), restarts, true)
            }
            Self::Ending { closing, restarts } => {
                let disconnect = closing.then != AfterClose::Restart;
                (Some(closing), restarts, disconnect)
            }
            Self::Paused { closing, restarts, .. } => (closing, restarts, false),
            Self::Waiting { restarts, .. } | Self::Starting { restarts } => (None, restarts, false),
            Self::Idle => return Vec::new(),
            ended @ Self::Ended { .. } => {
                *self = ended;
                return vec![shown];
            }
        };
        *self = Self::Paused { why, closing, restarts };
        if disconnect { vec![Effect::Disconnect, shown] } else { vec![shown] }
    }

    /// The end of the session is in the database.
    pub(super) fn recorded(&mut self) -> Effects<C> {
        match self.take() {
            Self::Ended { reason } => {
                let shown = ConnectionState::Disconnected { reason: Some(reason) };
                vec![Effect::Show(shown)]
            }
            other => self.keep(other),
        }
    }

    fn take(&mut self) -> Self {
        std::mem::replace(self, Self::Idle)
    }

    fn keep(&mut self, state: Self) -> Effects<C> {
        *self = state;
        Vec::new()
    }

    /// Returns the client, and true if it has the keys of a phone; the state itself if it has none.
    pub(super) fn into_client(self) -> Result<(C, bool), Self> {
        match self {
            Self::Running { client, phase, .. } => Ok((client, phase.is_linked())),
            Self::Ending { closing, .. } | Self::Paused { closing: Some(closing), .. } => {
                Ok((closing.client, closing.linked))
            }
            other => Err(other),
        }
    }
}

/// A client must be closed before another starts: two sockets of one device disconnect each other.
fn closed_first<C>(client: C, then: Effects<C>) -> Effects<C> {
    std::iter::once(Effect::Close(client)).chain(then).collect()
}
