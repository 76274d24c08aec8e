//! A WhatsApp number and the state of its session, as shown to people.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{ConnectionId, NumberColor, PhoneNumber, UserId};

/// One number as a viewer sees it: what it is, how it is, and what this viewer may do with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    pub id: ConnectionId,
    /// "Vendas", "Suporte"; never empty.
    pub label: String,
    pub color: NumberColor,
    /// The phone it belongs to, from its first link on.
    pub phone: Option<PhoneNumber>,
    /// The only phone that may link it first, where one was declared.
    pub expected_phone: Option<PhoneNumber>,
    /// The number that took its place when its phone changed: what was said with the old one can be
    /// read, and nothing can be sent from it.
    pub replaced_by: Option<ConnectionId>,
    /// The label of the number whose phone scanned last and was refused
    /// ([`EndReason::PhoneInUse`]), where this viewer may know.
    pub phone_holder: Option<String>,
    pub owner: UserId,
    /// There are credentials: it connects without a QR, and to no other phone.
    pub linked: bool,
    pub state: ConnectionState,
    /// This viewer may send from it.
    pub can_write: bool,
    /// This viewer may connect, disconnect, rename and see its QR.
    pub can_manage: bool,
    /// When it was away last, and what came of it.
    pub gap: Option<Gap>,
    /// Messages that are not whole yet: they could not be read, or their file could not be fetched.
    pub pending: u32,
    /// Conversations are private to the owner unless marked otherwise. Told to the owner alone.
    pub private_by_default: bool,
}

/// A time in which a number was not connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// When it was last known to be connected; after a crash up to a minute before the truth.
    pub from: DateTime<Utc>,
    /// When WhatsApp had handed over everything that waited.
    pub to: DateTime<Utc>,
    /// Messages that had waited, in conversations that this viewer may read.
    pub recovered: u32,
}

impl Connection {
    /// The only phone that may link it.
    pub fn own_phone(&self) -> Option<&PhoneNumber> {
        self.phone.as_ref().or(self.expected_phone.as_ref())
    }

    /// Whether this viewer can have its phone forget this server: also while it is not connected, since
    /// another phone can be linked only then.
    pub fn can_disconnect(&self) -> bool {
        self.can_manage && (self.linked || self.state == ConnectionState::Syncing)
    }

    /// Whether nothing connects it until this viewer does.
    pub fn can_connect(&self) -> bool {
        self.can_manage && matches!(self.state, ConnectionState::Disconnected { .. })
    }
}

/// Where a session is. Changed in one place, the connection's actor in `gateway`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConnectionState {
    /// No socket and nobody trying. `reason` is absent before the first connection.
    Disconnected {
        reason: Option<EndReason>,
    },
    /// Opening a socket, or waiting to try again: `retry_at` says when.
    Connecting {
        retry_at: Option<DateTime<Utc>>,
    },
    /// A QR is on show. It links a device, so only those who may manage the number receive it.
    AwaitingScan {
        qr: Option<QrCode>,
    },
    /// A pairing code is on show; the same caution.
    AwaitingCode {
        code: Option<PairingCode>,
    },
    /// This server cannot keep what would come in, so it takes nothing from WhatsApp: what is sent
    /// meanwhile waits there. Goes on by itself.
    Paused {
        why: StorageTrouble,
    },
    /// Logged in; WhatsApp is handing over what waited.
    Syncing,
    Connected,
}

impl ConnectionState {
    /// The state as somebody who may not link devices sees it.
    pub fn without_secrets(self) -> Self {
        match self {
            Self::AwaitingScan { .. } => Self::AwaitingScan { qr: None },
            Self::AwaitingCode { .. } => Self::AwaitingCode { code: None },
            other => other,
        }
    }

    /// The name used in logs and metrics.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Disconnected { .. } => "disconnected",
            Self::Connecting { .. } => "connecting",
            Self::AwaitingScan { .. } => "awaiting_scan",
            Self::AwaitingCode { .. } => "awaiting_code",
            Self::Paused { .. } => "paused",
            Self::Syncing => "syncing",
            Self::Connected => "connected",
        }
    }
}

/// A QR on show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QrCode {
    /// The picture, an `<svg>` element with its quiet zone.
    pub svg: String,
    pub expires_at: DateTime<Utc>,
    /// How long this one is valid in all, in seconds (60 for the first, 20 for the others).
    pub lasts: u32,
    /// Which of [`Self::of`], counted from 1.
    pub number: u8,
    pub of: u8,
}

/// Eight characters to type on the phone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairingCode {
    /// `ABCD1234`, without the dash that people read it with.
    pub code: String,
    /// The phone it has to be typed on.
    pub phone: PhoneNumber,
    pub expires_at: DateTime<Utc>,
}

/// Why nothing can be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StorageTrouble {
    /// Less room on the disk than is held in reserve. Reading and sending go on.
    DiskFull,
    /// The database takes no writes: locked, unreachable, or on a failing disk. Reading goes on.
    Database,
}

/// Why there is no session. Each has its sentence and its remedy in the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum EndReason {
    /// Every QR of the round ran out unread.
    QrExpired,
    /// The pairing code ran out.
    CodeExpired,
    /// WhatsApp would not give a pairing code for that number.
    CodeRefused,
    /// The account confirms new devices with a passkey, which this server cannot use.
    Passkey,
    /// "Desconectar aparelho" on the phone, or WhatsApp ended the link.
    UnlinkedByPhone,
    /// Disconnected here.
    UnlinkedHere,
    /// Another session with the same credentials took over.
    Replaced,
    /// WhatsApp banned the number, until the time when it said one.
    Banned { until: Option<DateTime<Utc>> },
    /// WhatsApp no longer accepts the client's version.
    Outdated,
    /// The stored credentials cannot be read or written.
    Storage,
    /// Another phone than the number's own scanned, and was unlinked. Its last four digits, which
    /// are shown with leading zeros; no more of it is kept.
    WrongNumber { ends_in: u16 },
    /// The phone that scanned belongs to another number here, and was unlinked.
    PhoneInUse { number: ConnectionId },
}

impl EndReason {
    /// The name used in logs, metrics and the database.
    pub fn name(&self) -> &'static str {
        match self {
            Self::QrExpired => "qr_expired",
            Self::CodeExpired => "code_expired",
            Self::CodeRefused => "code_refused",
            Self::Passkey => "passkey",
            Self::UnlinkedByPhone => "unlinked_by_phone",
            Self::UnlinkedHere => "unlinked_here",
            Self::Replaced => "replaced",
            Self::Banned { .. } => "banned",
            Self::Outdated => "outdated",
            Self::Storage => "storage",
            Self::WrongNumber { .. } => "wrong_number",
            Self::PhoneInUse { .. } => "phone_in_use",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_qr_is_kept_from_those_who_may_not_link() {
        let qr = QrCode {
            svg: "<svg/>".into(),
            expires_at: DateTime::UNIX_EPOCH,
            lasts: 60,
            number: 1,
            of: 6,
        };
        let state = ConnectionState::AwaitingScan { qr: Some(qr) }.without_secrets();
        assert_eq!(state, ConnectionState::AwaitingScan { qr: None });
        assert!(!serde_json::to_string(&state).unwrap().contains("svg"));
    }
}
