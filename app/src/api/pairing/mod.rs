//! Linking a number to a phone, and unlinking it.

mod connect;
mod connect_with_code;
mod disconnect;

pub use connect::{Connect, connect};
pub use connect_with_code::{ConnectWithCode, connect_with_code};
pub use disconnect::{Disconnect, disconnect};
