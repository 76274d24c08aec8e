//! Faults that tests and demonstrations inject.
//!
//! Some faults happen to a connection at once (a stream error, a lost socket); the control API
//! carries those out. The others are *armed* here and take effect at the next matching event: a
//! login, an IQ, a message from the client, a message to the client, a download.
//!
//! * [`kind`] names the faults, [`request`] is one to inject, [`target`] the devices it applies to.
//! * [`armed`] has those that wait, and [`effect`] what they do to a message or a file.

mod armed;
mod effect;
mod kind;
mod request;
mod target;

pub(crate) use armed::{Armed, Faults};
pub(crate) use effect::{DownloadEffect, MessageEffect, UploadEffect};
pub use kind::FaultKind;
pub use request::FaultRequest;
pub(crate) use target::Target;
