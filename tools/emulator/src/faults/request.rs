//! The body of `POST /faults`.

use serde::{Deserialize, Serialize};

use super::kind::FaultKind;

/// A fault to inject.
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
