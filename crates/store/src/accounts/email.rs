//! The address by which a person logs in.

use crate::{Error, Field};

/// An address in its one form ([`text::email`]): kept, looked up, written down and counted alike, so that
/// no way of typing it is a way around one of the four.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Email(String);

impl Email {
    /// Reads an address as somebody types it.
    ///
    /// # Errors
    /// [`Error::Invalid`] for what is none.
    pub fn read(typed: &str) -> Result<Self, Error> {
        text::email(typed).map(Self).ok_or(Error::Invalid(Field::Email))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.0
    }
}
