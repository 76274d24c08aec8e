use thiserror::Error;

use crate::phone::PhoneError;

/// The reason why a control operation failed.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ControlError {
    /// No phone has this number.
    #[error("no phone {0}")]
    NoSuchPhone(String),
    /// A phone with this number exists already.
    #[error("phone {0} exists already")]
    PhoneExists(String),
    /// No group has this JID.
    #[error("no group: {0}")]
    NoSuchGroup(String),
    /// The phone may not do that in the group.
    #[error("{0}")]
    Forbidden(String),
    /// The phone has no such device.
    #[error("no device {0}")]
    NoSuchDevice(u16),
    /// The QR's ref was never issued, or is used up.
    #[error("unknown or expired ref")]
    UnknownRef,
    /// No client shows a code for this number at the moment.
    #[error("no client waits for a code on {0}")]
    NoCode(String),
    /// The pairing of the client and the phone failed.
    #[error("pairing failed: {0}")]
    Pairing(String),
    /// The request is invalid.
    #[error("{0}")]
    Invalid(String),
    /// The request is larger than anything a phone sends.
    #[error("a request is at most {0} MiB")]
    TooLarge(usize),
    /// The awaited condition did not hold in time.
    #[error("timed out waiting for {0}")]
    TimedOut(&'static str),
    /// The phone could not do it.
    #[error(transparent)]
    Phone(#[from] PhoneError),
}
