//! A WhatsApp number and the state of its session, as shown to people.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use strum::{EnumDiscriminants, IntoStaticStr};

use crate::{ConnectionId, NumberColor, PhoneNumber, UserId};

/// One number as a viewer sees it: its data, its state, and the rights of this viewer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    pub id: ConnectionId,
    /// "Vendas", "Suporte"; never empty.
    pub label: String,
    pub color: NumberColor,
    /// The phone that it belongs to, from its first link on.
    pub phone: Option<PhoneNumber>,
    /// The only phone that may link it first, if one was declared.
    pub expected_phone: Option<PhoneNumber>,
    /// The number that replaced it when its phone changed. Its conversations can be read, and
    /// nothing can be sent from it.
    pub replaced_by: Option<ConnectionId>,
    /// The label of the number whose phone scanned last and was refused
    /// ([`EndReason::PhoneInUse`]), if this viewer may know it.
    pub phone_holder: Option<String>,
    pub owner: UserId,
    /// It has credentials: it connects without a QR, and to no other phone.
    pub linked: bool,
    pub state: ConnectionState,
    /// This viewer may send from it. Nobody may once it was replaced.
    pub can_write: bool,
    /// This viewer may connect, disconnect, rename and see its QR.
    pub can_manage: bool,
    /// Its last downtime.
    #[serde(rename = "gap")]
    pub downtime: Option<Downtime>,
    /// Messages that are incomplete: they could not be decrypted, or their file could not be
    /// downloaded.
    pub pending: u32,
    /// Conversations are private to the owner unless marked otherwise. Only the owner gets this
    /// value.
    pub private_by_default: bool,
}

/// A time in which a number was not connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Downtime {
    /// The time at which it was last known to be connected; after a crash up to a minute early.
    #[serde(with = "crate::time")]
    pub from: DateTime<Utc>,
    /// The time at which WhatsApp had delivered its queue.
    #[serde(with = "crate::time")]
    pub to: DateTime<Utc>,
    /// Messages that had been queued, in conversations that this viewer may read.
    pub recovered: u32,
}

impl Connection {
    /// Returns the only phone that may link it.
    pub fn own_phone(&self) -> Option<&PhoneNumber> {
        self.phone.as_ref().or(self.expected_phone.as_ref())
    }

    /// Returns true if this viewer can unlink the phone from this server. It is possible while the
    /// number is not connected too, since another phone can be linked only after an unlink.
    pub fn can_disconnect(&self) -> bool {
        self.can_manage && (self.linked || self.state == ConnectionState::Syncing)
    }

    /// Returns true if it stays disconnected until this viewer connects it.
    pub fn can_connect(&self) -> bool {
        self.can_manage && matches!(self.state, ConnectionState::Disconnected { .. })
    }
}

/// The state of a session. Only the actor of the connection in `gateway` changes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ConnectionState {
    /// No socket and no attempts. `reason` is absent before the first connection.
    Disconnected {
        reason: Option<EndReason>,
    },
    /// Opening a socket, or waiting for the next attempt at `retry_at`.
    Connecting {
        #[serde(default, with = "crate::time::option")]
        retry_at: Option<DateTime<Utc>>,
    },
    /// A QR is on show. It links a device, so only those who may manage the number receive it.
    AwaitingScan {
        qr: Option<QrCode>,
    },
    /// A pairing code is on show, with the same restriction.
    AwaitingCode {
        code: Option<PairingCode>,
    },
    /// This server cannot store messages, so it accepts none and they wait at WhatsApp. It resumes
    /// by itself.
    Paused {
        why: StorageTrouble,
    },
    /// Logged in, while WhatsApp delivers its queue.
    Syncing,
    Connected,
}

impl ConnectionState {
    /// Returns the state as users see it who may not link devices.
    pub fn without_secrets(self) -> Self {
        match self {
            Self::AwaitingScan { .. } => Self::AwaitingScan { qr: None },
            Self::AwaitingCode { .. } => Self::AwaitingCode { code: None },
            other => other,
        }
    }

    /// Returns the name in logs and metrics.
    pub fn name(&self) -> &'static str {
        self.into()
    }
}

/// A QR on show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QrCode {
    /// The picture, an `<svg>` element with its quiet zone.
    pub svg: String,
    #[serde(with = "crate::time")]
    pub expires_at: DateTime<Utc>,
    /// The whole lifetime of this QR in seconds (60 for the first, 20 for the others).
    pub lasts: u32,
    /// The position of this QR in the round of [`Self::of`], counted from 1.
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
    #[serde(with = "crate::time")]
    pub expires_at: DateTime<Utc>,
}

/// The reason why nothing can be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StorageTrouble {
    /// The free room on the disk is less than the reserve. Reading and sending still work.
    DiskFull,
    /// The database takes no writes: it is locked, unreachable, or on a failing disk. Reading still
    /// works.
    Database,
}

/// The reason why a session ended. The interface has a sentence and a remedy for each.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr, EnumDiscriminants,
)]
#[serde(into = "StatedEnd", try_from = "StatedEnd")]
#[strum(serialize_all = "snake_case")]
#[strum_discriminants(name(EndKind), vis(), doc = "The name of an end.")]
#[strum_discriminants(derive(Serialize, Deserialize), serde(rename_all = "snake_case"))]
pub enum EndReason {
    /// Every QR of the round expired unscanned.
    QrExpired,
    /// The pairing code expired.
    CodeExpired,
    /// WhatsApp refused to issue a pairing code for that number.
    CodeRefused,
    /// The account confirms new devices with a passkey, which this server cannot use.
    Passkey,
    /// "Desconectar aparelho" on the phone, or WhatsApp ended the link.
    UnlinkedByPhone,
    /// Disconnected here.
    UnlinkedHere,
    /// Another session with the same credentials took over.
    Replaced,
    /// WhatsApp banned the number, until a time if it stated one.
    Banned { until: Option<DateTime<Utc>> },
    /// WhatsApp no longer accepts the client's version.
    Outdated,
    /// The stored credentials cannot be read or written.
    Storage,
    /// Another phone than the own one of the number scanned, and was unlinked. Only its last four
    /// digits are kept, which are shown with leading zeros.
    WrongNumber { ends_in: u16 },
    /// The phone that scanned belongs to another number here, and was unlinked.
    PhoneInUse { number: ConnectionId },
}

/// An end as it is serialized: its name beside its data. An enum with a tag would be the same, and its reader
/// some kilobytes larger in the browser, since it keeps all fields until it has seen the tag.
#[derive(Clone, Serialize, Deserialize)]
struct StatedEnd {
    reason: EndKind,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::time::option")]
    until: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ends_in: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    number: Option<ConnectionId>,
}

impl From<EndReason> for StatedEnd {
    fn from(end: EndReason) -> Self {
        let stated = Self { reason: end.into(), until: None, ends_in: None, number: None };
        match end {
            EndReason::Banned { until } => Self { until, ..stated },
            EndReason::WrongNumber { ends_in } => Self { ends_in: Some(ends_in), ..stated },
            EndReason::PhoneInUse { number } => Self { number: Some(number), ..stated },
            _ => stated,
        }
    }
}

impl TryFrom<StatedEnd> for EndReason {
    type Error = &'static str;

    fn try_from(stated: StatedEnd) -> Result<Self, Self::Error> {
        const MISSING: &str = "an end without its data";
        let StatedEnd { reason, until, ends_in, number } = stated;
        Ok(match reason {
            EndKind::QrExpired => Self::QrExpired,
            EndKind::CodeExpired => Self::CodeExpired,
            EndKind::CodeRefused => Self::CodeRefused,
            EndKind::Passkey => Self::Passkey,
            EndKind::UnlinkedByPhone => Self::UnlinkedByPhone,
            EndKind::UnlinkedHere => Self::UnlinkedHere,
            EndKind::Replaced => Self::Replaced,
            EndKind::Banned => Self::Banned { until },
            EndKind::Outdated => Self::Outdated,
            EndKind::Storage => Self::Storage,
            EndKind::WrongNumber => Self::WrongNumber { ends_in: ends_in.ok_or(MISSING)? },
            EndKind::PhoneInUse => Self::PhoneInUse { number: number.ok_or(MISSING)? },
        })
    }
}

impl EndReason {
    /// Returns the name in logs, metrics and the database.
    pub fn name(&self) -> &'static str {
        self.into()
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

    #[test]
    fn a_state_and_an_end_have_one_name_everywhere() {
        assert_eq!(serde_json::to_value(ConnectionState::Syncing).unwrap(), "syncing");
        assert_eq!(ConnectionState::Syncing.name(), "syncing");
        let scan = ConnectionState::AwaitingScan { qr: None };
        assert!(serde_json::to_value(&scan).unwrap()[scan.name()].is_object());
        for reason in [
            EndReason::UnlinkedByPhone,
            EndReason::Banned { until: None },
            EndReason::WrongNumber { ends_in: 7 },
            EndReason::PhoneInUse { number: ConnectionId(3) },
        ] {
            let json = serde_json::to_value(reason).unwrap();
            assert_eq!(json["reason"], reason.name());
            assert_eq!(serde_json::from_value::<EndReason>(json).unwrap(), reason);
        }
        // As the versions before wrote it.
        let banned = r#"{"reason":"banned","until":null}"#;
        assert_eq!(
            serde_json::from_str::<EndReason>(banned).unwrap(),
            EndReason::Banned { until: None }
        );
        assert!(serde_json::from_str::<EndReason>(r#"{"reason":"wrong_number"}"#).is_err());
    }
}
