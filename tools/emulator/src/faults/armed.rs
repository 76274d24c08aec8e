//! Faults that wait for their events.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::http::StatusCode;

use super::effect::{DownloadEffect, MessageEffect, UploadEffect};
use super::kind::FaultKind;
use super::target::Target;
use crate::lock::lock;

/// Default delay of [`FaultKind::Delay`] and of slow files.
const DELAY: Duration = Duration::from_secs(1);

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
}
