//! Faults that tests and demonstrations inject.
//!
//! Some faults happen to a connection at once (a stream error, a lost socket); the control API
//! carries those out. The others are *armed* here and take effect at the next matching event: a
//! login, an IQ, a message from the client, a message to the client, a download.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

use crate::lock::lock;

/// Default delay of [`FaultKind::Delay`] and of slow files.
const DELAY: Duration = Duration::from_secs(1);

/// The body of `POST /faults`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultRequest {
    /// The kind of fault.
    pub kind: FaultKind,
    /// The target: a device's JID, `number:device` or a number; everybody if left out. For media
    /// faults the target is the uploader of the file.
    #[serde(default)]
    pub device: Option<String>,
    /// Number of times an armed fault takes effect; 1 if left out.
    #[serde(default)]
    pub count: Option<u32>,
    /// Delay before the fault, in milliseconds.
    #[serde(default)]
    pub after_ms: Option<u64>,
    /// [`FaultKind::Refused`]: the `<failure>` reason. [`FaultKind::Nack`]: the error.
    /// [`FaultKind::FewRefs`]: the number of refs. [`FaultKind::MediaRefused`] and
    /// [`FaultKind::UploadRefused`]: the status of HTTP.
    #[serde(default)]
    pub code: Option<u32>,
    /// [`FaultKind::Ban`]: seconds until the ban ends.
    #[serde(default)]
    pub expire_secs: Option<u32>,
    /// [`FaultKind::Delay`]: milliseconds a message is held back; 1000 if left out.
    /// [`FaultKind::MediaSlow`] and [`FaultKind::UploadSlow`]: the duration.
    #[serde(default)]
    pub delay_ms: Option<u64>,
    /// [`FaultKind::ClockSkew`]: seconds by which the server's clock is ahead; negative if it is
    /// behind.
    #[serde(default)]
    pub skew_secs: Option<i64>,
    /// [`FaultKind::ServerRestart`]: milliseconds in which no connection is accepted; none if left
    /// out.
    #[serde(default)]
    pub down_ms: Option<u64>,
    /// [`FaultKind::MediaRedirect`] and [`FaultKind::ReuploadElsewhere`]: the destination.
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

    /// The first field that is set and has no meaning for this kind of fault.
    pub(crate) fn misplaced_field(&self) -> Option<&'static str> {
        use FaultKind as Kind;
        const WITH_CODE: [FaultKind; 5] = [
            FaultKind::Refused,
            FaultKind::Nack,
            FaultKind::FewRefs,
            FaultKind::MediaRefused,
            FaultKind::UploadRefused,
        ];
        let is_of = |kinds: &[Kind]| kinds.contains(&self.kind);
        let fields = [
            ("code", self.code.is_some() && self.code != self.kind.own_code(), is_of(&WITH_CODE)),
            ("expire_secs", self.expire_secs.is_some(), is_of(&[Kind::Ban])),
            (
                "delay_ms",
                self.delay_ms.is_some(),
                is_of(&[Kind::Delay, Kind::MediaSlow, Kind::UploadSlow]),
            ),
            ("skew_secs", self.skew_secs.is_some(), is_of(&[Kind::ClockSkew])),
            ("down_ms", self.down_ms.is_some(), is_of(&[Kind::ServerRestart])),
            (
                "location",
                self.location.is_some(),
                is_of(&[Kind::MediaRedirect, Kind::ReuploadElsewhere]),
            ),
        ];
        let misplaced = fields.into_iter().find(|(_, is_set, belongs)| *is_set && !*belongs);
        misplaced.map(|(field, ..)| field)
    }

    /// Limits the fault to a device.
    pub fn on(mut self, device: impl Into<String>) -> Self {
        self.device = Some(device.into());
        self
    }
}

/// The kinds of faults, with their names in `POST /faults`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum FaultKind {
    /// `<stream:error code="515">`: the client reconnects immediately.
    #[serde(rename = "515", alias = "restart")]
    Restart,
    /// The TCP connection breaks without a close frame.
    #[serde(rename = "drop")]
    Drop,
    /// The connection stays open and nothing gets through in either direction, as behind a router
    /// that has forgotten the connection.
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
    /// The next clients that want to be linked get as many refs as `code` says (1 if left out)
    /// instead of six, which is the most. Clients show the first for a minute; their codes run out
    /// after that.
    #[serde(rename = "few-refs")]
    FewRefs,
    /// The next clients that request a pairing code get a `bad-request`, as WhatsApp answers a
    /// number that it rejects or one that asks too often.
    #[serde(rename = "code-refused")]
    CodeRefused,
    /// The accounts of the next phones that scan a QR or type a code confirm new devices with a
    /// passkey: the client is asked for it, and is not linked.
    #[serde(rename = "passkey")]
    Passkey,
    /// The next connections are closed in the middle of the Noise handshake. No client has
    /// identified itself by then, so the fault hits the first one that connects.
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
    /// The next answers about several phones (`usync` with `contact`) leave out the last one.
    #[serde(rename = "partial-usync")]
    PartialUsync,
    /// The next messages from the client get `<ack error="…">` (463 if `code` is left out) and
    /// are not delivered.
    #[serde(rename = "nack")]
    Nack,
    /// The next messages to the client are lost in transit; they stay queued.
    #[serde(rename = "drop-frame")]
    DropFrame,
    /// The next messages to the client arrive twice.
    #[serde(rename = "duplicate")]
    Duplicate,
    /// The next messages to the client arrive with a flipped bit.
    #[serde(rename = "corrupt")]
    Corrupt,
    /// The next requests of the client for a batch of its backlog are lost, except for the first
    /// of a connection: the client then behaves as one that asks once.
    #[serde(rename = "batch-lost")]
    BatchLost,
    /// The phone forgets its Signal sessions, as after a restored backup: it cannot read the next
    /// messages and requests them again. `device` names the phone by number.
    #[serde(rename = "session-loss")]
    SessionLoss,
    /// The next messages to the client arrive `delay_ms` late. Those behind them wait, so that the
    /// order stays.
    #[serde(rename = "delay")]
    Delay,
    /// The next messages to the client arrive in swapped pairs, `count` of them: the first waits
    /// until the second has passed, or two seconds if there is none.
    #[serde(rename = "reorder")]
    Reorder,
    /// The phone's user registers again, as on a new phone: a new Signal identity, no sessions, no
    /// companions. The chats stay. `device` names the phone by number and is required.
    #[serde(rename = "identity-change")]
    IdentityChange,
    /// The server's clock goes wrong by `skew_secs`, in every `t`, until `count` messages were
    /// stamped. There is one clock, so it affects everybody.
    #[serde(rename = "clock-skew")]
    ClockSkew,
    /// The server goes down: every connection closes, and none is accepted for `down_ms`. Then it
    /// goes on with the keys, accounts and queues it had; phones' messages wait in the queues.
    #[serde(rename = "server-restart")]
    ServerRestart,
    /// The next messages from the client are accepted and delivered, and their `<ack>` is lost. A
    /// client that crashed after it wrote to its socket finds the same state.
    #[serde(rename = "late-ack")]
    LateAck,
    /// The next receipts by which the client confirms messages are lost, so that the messages are
    /// delivered again on the next connection. A client that was killed before finds the same.
    #[serde(rename = "lost-receipt")]
    LostReceipt,
    /// The next requests of a companion to its phone, for messages that it could not read, get no
    /// answer.
    #[serde(rename = "phone-asleep")]
    PhoneAsleep,
    /// The next downloads are answered 401. Clients request a new `media_conn` and try once more,
    /// so they may not report a count of 1.
    #[serde(rename = "media-401")]
    Media401,
    /// The next downloads are answered 404; clients try once more here too.
    #[serde(rename = "media-404")]
    Media404,
    /// The next downloads are answered 503.
    #[serde(rename = "media-503")]
    Media503,
    /// The next downloads end in the middle of the file, as if it were complete.
    #[serde(rename = "media-truncated")]
    MediaTruncated,
    /// The next downloads have a flipped bit.
    #[serde(rename = "media-corrupt")]
    MediaCorrupt,
    /// The next downloads are answered with the status in `code` (500 if left out).
    #[serde(rename = "media-refused")]
    MediaRefused,
    /// The next downloads take `delay_ms` (1000 if left out) from their first byte to the last.
    #[serde(rename = "media-slow")]
    MediaSlow,
    /// The connections of the next downloads break in the middle of the file.
    #[serde(rename = "media-broken")]
    MediaBroken,
    /// The next uploads are refused with the status in `code` (503 if left out).
    #[serde(rename = "upload-refused")]
    UploadRefused,
    /// The next uploads take `delay_ms` longer (1000 if left out).
    #[serde(rename = "upload-slow")]
    UploadSlow,
    /// The next uploads end with a 503 in the middle of the file. The server keeps what arrived, so
    /// that the client can resume.
    #[serde(rename = "upload-broken")]
    UploadBroken,
    /// The next downloads are answered with a redirect to `location`, as by a host with an open
    /// redirect.
    #[serde(rename = "media-redirect")]
    MediaRedirect,
    /// The next phones that upload a file again answer that its path is `location`.
    #[serde(rename = "reupload-elsewhere")]
    ReuploadElsewhere,
    /// The files that are on the media servers now are removed: downloads are answered 404 until
    /// the phone uploads the file again. With a `device`, the fault hits the files it uploaded;
    /// with the number of a phone, those on the phone as well.
    #[serde(rename = "media-expired")]
    MediaExpired,
    /// The same, and all phones lose the files too, so that they cannot upload them again.
    #[serde(rename = "media-lost")]
    MediaLost,
}

impl FaultKind {
    /// The code that WhatsApp gives with this kind; a request may repeat it.
    fn own_code(self) -> Option<u32> {
        match self {
            Self::Restart => Some(515),
            Self::Removed => Some(516),
            Self::LoggedOut | Self::Media401 => Some(401),
            Self::Ban => Some(402),
            Self::Media404 => Some(404),
            Self::Outdated => Some(405),
            Self::Unavailable | Self::Media503 => Some(503),
            _ => None,
        }
    }
}

/// The effect of faults on a download.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DownloadEffect {
    Serve,
    Refuse(StatusCode),
    Redirect(String),
    /// Only the first half.
    Truncate,
    /// One bit is wrong.
    Corrupt,
    /// The file takes this long.
    Slow(Duration),
    /// The connection breaks in the middle.
    Break,
}

/// The effect of faults on an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UploadEffect {
    Accept,
    Refuse(StatusCode),
    /// The upload takes this much longer.
    Slow(Duration),
    /// The upload ends in the middle.
    Break,
}

/// The effect of faults on a message to a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MessageEffect {
    Deliver,
    Drop,
    Duplicate,
    Corrupt,
    /// The message arrives this much later.
    Delay(Duration),
    /// The message arrives after the next one.
    Overtaken,
}

/// The target of a fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    Everybody,
    Number(String),
    Device(String, u16),
}

impl Target {
    /// Parses `number`, `number:device` and either with `@server`.
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

/// A fault that waits for its event.
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

impl Armed {
    /// The status in `code`, or else this one.
    fn status(&self, or: StatusCode) -> StatusCode {
        let code = self.code.and_then(|code| u16::try_from(code).ok());
        code.and_then(|code| StatusCode::from_u16(code).ok()).unwrap_or(or)
    }

    fn delay(&self) -> Duration {
        self.delay_ms.map_or(DELAY, Duration::from_millis)
    }
}

/// The armed faults.
#[derive(Default)]
pub(crate) struct Faults {
    armed: Mutex<Vec<Armed>>,
    /// Set while anything is armed; it spares the lock on the hot path.
    any: AtomicBool,
}

impl Faults {
    pub(crate) fn arm(&self, fault: Armed) {
        let mut armed = lock(&self.armed);
        armed.push(fault);
        self.any.store(true, Ordering::Release);
    }

    /// Uses up one count of the first armed fault of these kinds that targets the device.
    pub(crate) fn trigger(&self, kinds: &[FaultKind], number: &str, device: u16) -> Option<Armed> {
        self.first(|fault| kinds.contains(&fault.kind) && fault.target.matches(number, device))
    }

    /// The same where the client has not identified itself yet: it may be any target.
    pub(crate) fn trigger_for_anybody(&self, kind: FaultKind) -> Option<Armed> {
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

    pub(crate) fn message_effect(&self, number: &str, device: u16) -> MessageEffect {
        const KINDS: [FaultKind; 5] = [
            FaultKind::DropFrame,
            FaultKind::Duplicate,
            FaultKind::Corrupt,
            FaultKind::Delay,
            FaultKind::Reorder,
        ];
        let Some(fault) = self.trigger(&KINDS, number, device) else {
            return MessageEffect::Deliver;
        };
        match fault.kind {
            FaultKind::DropFrame => MessageEffect::Drop,
            FaultKind::Duplicate => MessageEffect::Duplicate,
            FaultKind::Corrupt => MessageEffect::Corrupt,
            FaultKind::Delay => MessageEffect::Delay(fault.delay()),
            FaultKind::Reorder => MessageEffect::Overtaken,
            _ => MessageEffect::Deliver,
        }
    }

    /// The effect of armed faults on the download of a file that a device uploaded.
    pub(crate) fn download_effect(&self, number: &str, device: u16) -> DownloadEffect {
        const KINDS: [FaultKind; 9] = [
            FaultKind::MediaRefused,
            FaultKind::MediaSlow,
            FaultKind::MediaBroken,
            FaultKind::MediaRedirect,
            FaultKind::Media401,
            FaultKind::Media404,
            FaultKind::Media503,
            FaultKind::MediaTruncated,
            FaultKind::MediaCorrupt,
        ];
        let Some(fault) = self.trigger(&KINDS, number, device) else {
            return DownloadEffect::Serve;
        };
        match fault.kind {
            FaultKind::MediaRedirect => {
                DownloadEffect::Redirect(fault.location.unwrap_or_default())
            }
            FaultKind::Media401 => DownloadEffect::Refuse(StatusCode::UNAUTHORIZED),
            FaultKind::Media404 => DownloadEffect::Refuse(StatusCode::NOT_FOUND),
            FaultKind::Media503 => DownloadEffect::Refuse(StatusCode::SERVICE_UNAVAILABLE),
            FaultKind::MediaRefused => {
                DownloadEffect::Refuse(fault.status(StatusCode::INTERNAL_SERVER_ERROR))
            }
            FaultKind::MediaTruncated => DownloadEffect::Truncate,
            FaultKind::MediaCorrupt => DownloadEffect::Corrupt,
            FaultKind::MediaSlow => DownloadEffect::Slow(fault.delay()),
            FaultKind::MediaBroken => DownloadEffect::Break,
            _ => DownloadEffect::Serve,
        }
    }

    /// The effect of armed faults on an upload of a device.
    pub(crate) fn upload_effect(&self, number: &str, device: u16) -> UploadEffect {
        const KINDS: [FaultKind; 3] =
            [FaultKind::UploadRefused, FaultKind::UploadSlow, FaultKind::UploadBroken];
        let Some(fault) = self.trigger(&KINDS, number, device) else {
            return UploadEffect::Accept;
        };
        match fault.kind {
            FaultKind::UploadRefused => {
                UploadEffect::Refuse(fault.status(StatusCode::SERVICE_UNAVAILABLE))
            }
            FaultKind::UploadSlow => UploadEffect::Slow(fault.delay()),
            _ => UploadEffect::Break,
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
        let trigger = |number, device| faults.trigger(&[FaultKind::Nack], number, device);
        assert!(trigger("551", 1).is_none());
        assert!(trigger("551", 2).is_some());
        assert!(trigger("551", 2).is_some());
        assert!(trigger("551", 2).is_none());
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
