//! The kinds of faults.

use serde::{Deserialize, Serialize};

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
    pub(super) fn own_code(self) -> Option<u32> {
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
