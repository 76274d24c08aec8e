//! Things that go wrong on request.
//!
//! Some faults happen to a connection at once (a stream error, a lost socket); the control side
//! carries those out. The others are *armed* here and strike at the next occasions: a login, an
//! IQ, a message from the client, a message to the client, a download.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

use crate::world::lock;

/// How long [`FaultKind::Delay`] holds a message back if it is not told.
const DELAY: Duration = Duration::from_secs(1);

/// What `POST /faults` takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaultRequest {
    /// What goes wrong.
    pub kind: FaultKind,
    /// Whom it hits: a device's JID, `number:device` or a number; everybody if left out. For faults
    /// of media that is who uploaded the file.
    #[serde(default)]
    pub device: Option<String>,
    /// How often an armed fault strikes; 1 if left out.
    #[serde(default)]
    pub count: Option<u32>,
    /// Milliseconds to wait first.
    #[serde(default)]
    pub after_ms: Option<u64>,
    /// For [`FaultKind::Refused`] the `<failure>` reason, for [`FaultKind::Nack`] the error, for
    /// [`FaultKind::FewRefs`] how many.
    #[serde(default)]
    pub code: Option<u32>,
    /// For [`FaultKind::Ban`]: seconds until the ban ends.
    #[serde(default)]
    pub expire_secs: Option<u32>,
    /// For [`FaultKind::Delay`]: milliseconds a message is held back; 1000 if left out.
    #[serde(default)]
    pub delay_ms: Option<u64>,
    /// For [`FaultKind::ClockSkew`]: how many seconds the server's clock is ahead; negative when it
    /// is behind.
    #[serde(default)]
    pub skew_secs: Option<i64>,
    /// For [`FaultKind::ServerRestart`]: milliseconds nobody gets in; none if left out.
    #[serde(default)]
    pub down_ms: Option<u64>,
    /// For [`FaultKind::MediaRedirect`] and [`FaultKind::ReuploadElsewhere`]: where to.
    #[serde(default)]
    pub location: Option<String>,
}

impl FaultRequest {
    /// A fault for everybody, once, now.
    pub fn new(kind: FaultKind) -> Self {
        Self {
            kind,
            device: None,
            count: None,
            after_ms: None,
            code: None,
            expire_secs: None,
            delay_ms: None,
            skew_secs: None,
            down_ms: None,
            location: None,
        }
    }

    /// Limits the fault to a device.
    pub fn on(mut self, device: impl Into<String>) -> Self {
        self.device = Some(device.into());
        self
    }
}

/// The kinds of faults, with the names `POST /faults` knows them by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum FaultKind {
    /// `<stream:error code="515">`: the client reconnects immediately.
    #[serde(rename = "515", alias = "restart")]
    Restart,
    /// The TCP connection breaks without a word.
    #[serde(rename = "drop")]
    Drop,
    /// The connection stays open and nothing gets through any more, either way: what a router does
    /// that forgot the connection.
    #[serde(rename = "half-open")]
    HalfOpen,
    /// `<stream:error code="401">`: the client is logged out.
    #[serde(rename = "logged-out", alias = "401")]
    LoggedOut,
    /// `<stream:error code="516">`: the device was removed.
    #[serde(rename = "516", alias = "removed")]
    Removed,
    /// `<conflict type="replaced">`: another client took over.
    #[serde(rename = "replaced")]
    Replaced,
    /// `<stream:error code="503">` and a closed connection.
    #[serde(rename = "unavailable")]
    Unavailable,
    /// The next clients that want to be linked get this many refs in `code` (1 if left out), not
    /// six. Clients show the first for a minute: their codes run out after that.
    #[serde(rename = "few-refs")]
    FewRefs,
    /// The next clients that ask for a pairing code get a `bad-request`, which is what WhatsApp says to a
    /// number that it does not like and to who asks too often.
    #[serde(rename = "code-refused")]
    CodeRefused,
    /// The accounts of the next phones that scan a QR or type a code confirm new devices with a
    /// passkey: the client is asked for it, and is not linked.
    #[serde(rename = "passkey")]
    Passkey,
    /// The next connections are closed in the middle of the Noise handshake. Nobody has said who
    /// they are by then, so it hits whoever comes first.
    #[serde(rename = "handshake")]
    Handshake,
    /// The next logins get `<failure reason="402">`, a temporary ban.
    #[serde(rename = "ban", alias = "402")]
    Ban,
    /// The next logins get `<failure reason="405">`: client too old.
    #[serde(rename = "outdated", alias = "405")]
    Outdated,
    /// The next logins get `<failure>` with the reason in `code` (503 if left out).
    #[serde(rename = "refused", alias = "500", alias = "503")]
    Refused,
    /// The next keep-alive pings get no answer.
    #[serde(rename = "withheld-pong")]
    WithheldPong,
    /// The next IQs get no answer.
    #[serde(rename = "iq-unanswered")]
    IqUnanswered,
    /// The next messages from the client get `<ack error="…">` (463 if `code` is left out) and
    /// are not delivered.
    #[serde(rename = "nack")]
    Nack,
    /// The next messages to the client are lost on the way; they stay queued.
    #[serde(rename = "drop-frame")]
    DropFrame,
    /// The next messages to the client arrive twice.
    #[serde(rename = "duplicate")]
    Duplicate,
    /// The next messages to the client arrive with a flipped bit.
    #[serde(rename = "corrupt")]
    Corrupt,
    /// The next requests of the client for a batch of its backlog are lost, except for the first of a
    /// connection: it is then as one of those that ask once.
    #[serde(rename = "batch-lost")]
    BatchLost,
    /// The phone forgets its Signal sessions, as after a restored backup: what arrives next
    /// cannot be read and is asked for again. `device` names the phone by number.
    #[serde(rename = "session-loss")]
    SessionLoss,
    /// The next messages to the client come `delay_ms` late. Those behind them wait, so that the
    /// order stays.
    #[serde(rename = "delay")]
    Delay,
    /// The next messages to the client arrive in swapped pairs, `count` of them: the first waits
    /// until the second has passed, or two seconds if there is none.
    #[serde(rename = "reorder")]
    Reorder,
    /// The phone's user registers again, as on a new phone: a new Signal identity, no sessions, no
    /// companions. The chats stay. `device` names the phone by number, and must.
    #[serde(rename = "identity-change")]
    IdentityChange,
    /// The server's clock goes wrong by `skew_secs`: in every `t`, until `count` messages were
    /// stamped. There is one clock, so it hits everybody.
    #[serde(rename = "clock-skew")]
    ClockSkew,
    /// The server goes down: every connection closes, and nobody gets in for `down_ms`. Then it
    /// goes on with the keys, accounts and queues it had; phones' messages wait in those.
    #[serde(rename = "server-restart")]
    ServerRestart,
    /// The next messages from the client are taken and delivered, and their `<ack>` is lost: what
    /// a client meets again that crashed after it wrote to its socket.
    #[serde(rename = "late-ack")]
    LateAck,
    /// The next downloads are answered 401. Clients ask for a new `media_conn` and try once more,
    /// so a count of 1 they may not even show.
    #[serde(rename = "media-401")]
    Media401,
    /// The next downloads are answered 404; clients try once more here too.
    #[serde(rename = "media-404")]
    Media404,
    /// The next downloads are answered 503.
    #[serde(rename = "media-503")]
    Media503,
    /// The next downloads end in the middle of the file, as if that were all of it.
    #[serde(rename = "media-truncated")]
    MediaTruncated,
    /// The next downloads have a flipped bit.
    #[serde(rename = "media-corrupt")]
    MediaCorrupt,
    /// The next downloads are answered with a redirect to `location`, as by a host that has an open one.
    #[serde(rename = "media-redirect")]
    MediaRedirect,
    /// The next phones that put a file there again say that its path is `location`.
    #[serde(rename = "reupload-elsewhere")]
    ReuploadElsewhere,
    /// The files that are on the media servers now are gone from them: downloads are answered 404
    /// until the phone uploads the file again. With a `device`, the files it uploaded; with the
    /// number of a phone, those on the phone as well.
    #[serde(rename = "media-expired")]
    MediaExpired,
    /// The same, and the files are gone from all phones too, which cannot upload them again.
    #[serde(rename = "media-lost")]
    MediaLost,
}

/// What becomes of a download.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Download {
    Serve,
    Refuse(StatusCode),
    Redirect(String),
    /// Only the first half.
    Truncate,
    /// One bit is wrong.
    Corrupt,
}

/// What becomes of a message to a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    Deliver,
    Drop,
    Duplicate,
    Corrupt,
    /// Comes this much later.
    Delay(Duration),
    /// Comes after the next one.
    Overtaken,
}

/// Whom a fault is meant for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    Everybody,
    Number(String),
    Device(String, u16),
}

impl Target {
    /// Reads `number`, `number:device` and either with `@server`.
    pub(crate) fn parse(text: Option<&str>) -> Option<Self> {
        let Some(text) = text else {
            return Some(Self::Everybody);
        };
        let user = text.split('@').next()?;
        match user.split_once(':') {
            None => Some(Self::Number(user.to_owned())),
            Some((number, device)) => Some(Self::Device(number.to_owned(), device.parse().ok()?)),
        }
    }

    pub(crate) fn matches(&self, number: &str, device: u16) -> bool {
        match self {
            Self::Everybody => true,
            Self::Number(wanted) => wanted == number,
            Self::Device(wanted, id) => wanted == number && *id == device,
        }
    }
}

/// A fault that waits for its occasion.
#[derive(Debug, Clone)]
pub(crate) struct Armed {
    pub(crate) kind: FaultKind,
    pub(crate) target: Target,
    pub(crate) left: u32,
    pub(crate) code: Option<u32>,
    pub(crate) expire_secs: Option<u32>,
    pub(crate) delay_ms: Option<u64>,
    pub(crate) location: Option<String>,
}

/// The armed faults.
#[derive(Default)]
pub(crate) struct Faults {
    armed: Mutex<Vec<Armed>>,
    /// Spares the lock on the hot path: set while anything is armed.
    any: AtomicBool,
}

impl Faults {
    pub(crate) fn arm(&self, fault: Armed) {
        let mut armed = lock(&self.armed);
        armed.push(fault);
        self.any.store(true, Ordering::Release);
    }

    /// Uses up one strike of the first armed fault of these kinds that is meant for the device.
    pub(crate) fn strike(&self, kinds: &[FaultKind], number: &str, device: u16) -> Option<Armed> {
        self.first(|fault| kinds.contains(&fault.kind) && fault.target.matches(number, device))
    }

    /// The same where the client has not said yet who it is: it may be any target.
    pub(crate) fn strike_anybody(&self, kind: FaultKind) -> Option<Armed> {
        self.first(|fault| fault.kind == kind)
    }

    fn first(&self, is_meant: impl Fn(&Armed) -> bool) -> Option<Armed> {
        if !self.any.load(Ordering::Acquire) {
            return None;
        }
        let mut armed = lock(&self.armed);
        let found = armed.iter_mut().find(|fault| is_meant(fault))?;
        found.left -= 1;
        let fault = found.clone();
        armed.retain(|fault| fault.left > 0);
        self.any.store(!armed.is_empty(), Ordering::Release);
        Some(fault)
    }

    pub(crate) fn fate_of_message(&self, number: &str, device: u16) -> Fate {
        const KINDS: [FaultKind; 5] = [
            FaultKind::DropFrame,
            FaultKind::Duplicate,
            FaultKind::Corrupt,
            FaultKind::Delay,
            FaultKind::Reorder,
        ];
        let Some(fault) = self.strike(&KINDS, number, device) else {
            return Fate::Deliver;
        };
        match fault.kind {
            FaultKind::DropFrame => Fate::Drop,
            FaultKind::Duplicate => Fate::Duplicate,
            FaultKind::Corrupt => Fate::Corrupt,
            FaultKind::Delay => Fate::Delay(fault.delay_ms.map_or(DELAY, Duration::from_millis)),
            FaultKind::Reorder => Fate::Overtaken,
            _ => Fate::Deliver,
        }
    }

    /// What becomes of the download of a file that a device uploaded.
    pub(crate) fn fate_of_download(&self, number: &str, device: u16) -> Download {
        const KINDS: [FaultKind; 6] = [
            FaultKind::MediaRedirect,
            FaultKind::Media401,
            FaultKind::Media404,
            FaultKind::Media503,
            FaultKind::MediaTruncated,
            FaultKind::MediaCorrupt,
        ];
        let fault = self.strike(&KINDS, number, device);
        if let Some(Armed { kind: FaultKind::MediaRedirect, location, .. }) = fault {
            return Download::Redirect(location.unwrap_or_default());
        }
        match fault.map(|fault| fault.kind) {
            Some(FaultKind::Media401) => Download::Refuse(StatusCode::UNAUTHORIZED),
            Some(FaultKind::Media404) => Download::Refuse(StatusCode::NOT_FOUND),
            Some(FaultKind::Media503) => Download::Refuse(StatusCode::SERVICE_UNAVAILABLE),
            Some(FaultKind::MediaTruncated) => Download::Truncate,
            Some(FaultKind::MediaCorrupt) => Download::Corrupt,
            _ => Download::Serve,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_armed_fault_strikes_as_often_as_asked_and_only_its_target() {
        let faults = Faults::default();
        faults.arm(Armed {
            kind: FaultKind::Nack,
            target: Target::Device("551".to_owned(), 2),
            left: 2,
            code: None,
            expire_secs: None,
            delay_ms: None,
            location: None,
        });
        let strike = |number, device| faults.strike(&[FaultKind::Nack], number, device);
        assert!(strike("551", 1).is_none());
        assert!(strike("551", 2).is_some());
        assert!(strike("551", 2).is_some());
        assert!(strike("551", 2).is_none());
    }

    #[test]
    fn a_target_is_a_number_or_a_device() {
        let device = Target::Device("551".to_owned(), 3);
        assert_eq!(Target::parse(Some("551:3@s.whatsapp.net")), Some(device));
        assert_eq!(Target::parse(Some("551")), Some(Target::Number("551".to_owned())));
        assert_eq!(Target::parse(None), Some(Target::Everybody));
        assert_eq!(Target::parse(Some("551:x")), None);
    }
}
