//! A phone in groups.
//!
//! A message to a group is encrypted once, with a key that the phone has made for the group
//! ([`outgoing`]). Devices that do not have the key get it with the message, each encrypted for it
//! alone; when somebody leaves who has it, the phone makes another one. [`incoming`] takes the keys
//! of others, and asks for messages again whose key did not come; [`retries`] answers such requests
//! of others.

mod incoming;
mod outgoing;
mod retries;

pub(super) use incoming::{handle_message, handle_receipt};
pub(super) use outgoing::send;
pub(super) use retries::send_again;
