//! The progress of a running client, and its transitions.
//!
//! ```text
//!  no keys ──► Pairing ── paired ──► LoggingIn ◄── keys
//!                                     │     ▲
//!                           connected ▼     │ attempt, socket_closed, disconnected, unresponsive
//!                                    Connected
//!
//!  In Pairing and LoggingIn the socket goes through:
//!
//!           attempt              handshake_done
//!  Closed ──────────► Opening ─────────────────► Open
//!                      ▲   │ socket_closed         │
//!              attempt │   ▼                       │
//!                     Failed ◄─────────────────────┘ disconnected
//! ```

use model::{ConnectionState, PhoneNumber};
use tokio::time::Instant;

use super::effect::{Effect, Now};
use crate::pairing::CODES_A_ROUND;
use crate::state;

/// The progress of a running client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::session) enum Phase {
    /// Nobody has scanned yet.
    Pairing {
        dial: Dial,
        qrs_shown: u8,
        code: Option<Code>,
    },
    /// It has keys and connects. `again` is true if this client was connected before.
    LoggingIn {
        dial: Dial,
        again: bool,
    },
    Connected,
}

/// A requested pairing code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::session) struct Code {
    pub(super) phone: PhoneNumber,
    /// Set once a code is on show.
    pub(super) expires_at: Option<Instant>,
}

/// The connection attempts since the client started or was connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::session) struct Dial {
    /// Failed attempts in a row.
    pub(super) failures: u32,
    pub(super) socket: Socket,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Socket {
    /// The library is about to open one.
    #[default]
    Closed,
    /// It is being opened, and nothing has arrived on it.
    Opening,
    /// The attempt failed, and the time of the next one is on show.
    Failed,
    /// The handshake succeeded.
    Open,
}

impl Phase {
    /// Returns the phase of a client that has just started.
    pub(super) fn first(linked: bool) -> Self {
        let dial = Dial::default();
        if linked {
            Self::LoggingIn { dial, again: false }
        } else {
            Self::Pairing { dial, qrs_shown: 0, code: None }
        }
    }

    pub(super) fn is_linked(&self) -> bool {
        !matches!(self, Self::Pairing { .. })
    }

    fn dial_mut(&mut self) -> Option<&mut Dial> {
        match self {
            Self::Pairing { dial, .. } | Self::LoggingIn { dial, .. } => Some(dial),
            Self::Connected => None,
        }
    }

    /// Returns the time at which the pairing code on show expires.
    pub(super) fn code_expires_at(&self) -> Option<Instant> {
        match self {
            Self::Pairing { code: Some(code), .. } => code.expires_at,
            _ => None,
        }
    }

    /// A person wants a pairing code for this phone. A linked session logs in with its keys and
    /// needs none.
    pub(in crate::session) fn request_code<C>(&mut self, phone: PhoneNumber) -> Vec<Effect<C>> {
        let Self::Pairing { code, .. } = self else { return Vec::new() };
        let expires_at = code.take().and_then(|code| code.expires_at);
        *code = Some(Code { phone: phone.clone(), expires_at });
        vec![Effect::RequestCode(phone)]
    }

    /// WhatsApp wants the pairing code to be requested again.
    pub(in crate::session) fn refresh_code<C>(&mut self) -> Vec<Effect<C>> {
        match self {
            Self::Pairing { code: Some(code), .. } => vec![Effect::RequestCode(code.phone.clone())],
            _ => Vec::new(),
        }
    }

    /// Counts a new QR and returns its number in the round. A requested pairing code has precedence
    /// over the QRs that the library rotates meanwhile.
    pub(in crate::session) fn next_qr(&mut self) -> Option<u8> {
        let Self::Pairing { qrs_shown, code, .. } = self else { return None };
        *qrs_shown = *qrs_shown % CODES_A_ROUND + 1;
        code.is_none().then_some(*qrs_shown)
    }

    /// Sets the expiry of a new pairing code, and returns the phone that it was requested for. A
    /// code that nobody requested is not shown.
    pub(in crate::session) fn code_shown(&mut self, expires_at: Instant) -> Option<&PhoneNumber> {
        let Self::Pairing { code: Some(code), .. } = self else { return None };
        code.expires_at = Some(expires_at);
        Some(&code.phone)
    }

    /// A phone has scanned.
    pub(super) fn paired<C>(&mut self) -> Vec<Effect<C>> {
        if let Self::Pairing { dial, .. } = *self {
            *self = Self::LoggingIn { dial, again: false };
        }
        self.syncing()
    }

    /// The handshake on the socket succeeded.
    pub(in crate::session) fn handshake_done<C>(&mut self) -> Vec<Effect<C>> {
        if let Some(dial) = self.dial_mut() {
            dial.socket = Socket::Open;
        }
        Vec::new()
    }

    /// WhatsApp delivers its queue.
    pub(in crate::session) fn syncing<C>(&mut self) -> Vec<Effect<C>> {
        match self {
            Self::Connected => Vec::new(),
            _ => vec![Effect::Show(ConnectionState::Syncing)],
        }
    }

    /// The login is complete. Returns true if this client was connected before.
    pub(super) fn connected(&mut self) -> bool {
        let before = std::mem::replace(self, Self::Connected);
        matches!(before, Self::LoggingIn { again: true, .. } | Self::Connected)
    }

    /// The library opens a socket. Not every lost connection was reported before.
    pub(in crate::session) fn attempt<C>(&mut self) -> Vec<Effect<C>> {
        let lost = self.lose();
        let Some(dial) = self.dial_mut() else { return Vec::new() };
        match std::mem::replace(&mut dial.socket, Socket::Opening) {
            Socket::Failed => vec![Effect::Show(CONNECTING)],
            _ => lost.unwrap_or_default(),
        }
    }

    /// A socket was closed. One on which nothing arrived was a failed attempt: it did not open, or
    /// WhatsApp closed it during the handshake or the login. One in use is closed by the library to
    /// open another at once; [`Self::disconnected`] follows if the connection was lost. If the
    /// library does not reconnect, the run loop is about to end.
    pub(in crate::session) fn socket_closed<C>(
        &mut self,
        will_reconnect: bool,
        now: Now,
    ) -> Vec<Effect<C>> {
        if !will_reconnect {
            return Vec::new();
        }
        if let Some(lost) = self.lose() {
            return lost;
        }
        match self.dial_mut() {
            Some(dial) if dial.socket == Socket::Opening => dial.fail(now),
            _ => Vec::new(),
        }
    }

    /// The library has lost the connection. A loss during the login was counted when the socket
    /// was closed.
    pub(in crate::session) fn disconnected<C>(&mut self, now: Now) -> Vec<Effect<C>> {
        self.lose::<C>();
        match self.dial_mut() {
            Some(dial) if dial.socket != Socket::Failed => dial.fail(now),
            _ => Vec::new(),
        }
    }

    /// WhatsApp does not answer: the dead connection is dropped. Nothing is lost by it, since
    /// WhatsApp delivers unacknowledged messages again.
    pub(in crate::session) fn unresponsive<C>(&mut self) -> Vec<Effect<C>> {
        let Some(mut effects) = self.lose() else { return Vec::new() };
        effects.push(Effect::Reconnect);
        effects
    }

    /// Leaves [`Self::Connected`]; `None` in another phase.
    fn lose<C>(&mut self) -> Option<Vec<Effect<C>>> {
        if *self != Self::Connected {
            return None;
        }
        *self = Self::LoggingIn { dial: Dial::default(), again: true };
        Some(vec![Effect::StopTasks, Effect::Show(CONNECTING)])
    }
}

impl Dial {
    /// Counts a failed attempt and announces the next one, for which the library now waits.
    fn fail<C>(&mut self, now: Now) -> Vec<Effect<C>> {
        self.failures = self.failures.saturating_add(1);
        self.socket = Socket::Failed;
        let retry_at = Some(state::next_attempt(self.failures, now.utc));
        vec![Effect::StopTasks, Effect::Show(ConnectionState::Connecting { retry_at })]
    }
}

/// A connection attempt is under way.
pub(super) const CONNECTING: ConnectionState = ConnectionState::Connecting { retry_at: None };
