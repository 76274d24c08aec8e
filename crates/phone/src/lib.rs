//! Phone numbers on the server: [`read`] parses typed numbers, [`number`] formats a number for
//! reading, [`forms`] lists the digits under which WhatsApp knows one phone, and [`is_international`] tells
//! digits with a country code from others.
//!
//! Numbering plans come from the `phonenumber` crate. Its tables are large, so the browser never
//! loads them: [`model::PhoneNumber`] is the type of a phone number in the program, and is already
//! formatted. The database and WhatsApp's addresses have the international digits alone, as text, since
//! they are compared and searched there, and formatted anew when they are read.

mod e164;
mod forms;
mod link;
mod masked;
mod plain;
mod read;
mod written;

pub use e164::is_international;
pub use forms::{forms, is_same};
pub use masked::masked;
pub use read::{Candidate, InvalidPhone, Reading, read};
pub use written::number;
