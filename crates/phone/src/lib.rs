//! Phone numbers on the server: [`read`] parses typed numbers, [`number`] formats a number for
//! reading, and [`forms`] lists the digits under which WhatsApp knows one phone.
//!
//! Numbering plans come from the `phonenumber` crate. Its tables are large, so the browser never
//! loads them: pages and events carry [`model::PhoneNumber`], which is already formatted.

mod forms;
mod masked;
mod plain;
mod read;
mod written;

pub use forms::{forms, is_same};
pub use masked::masked;
pub use read::{Candidate, InvalidPhone, Reading, read};
pub use written::number;
