//! The address by which a person logs in.

use crate::{Error, Field};

/// An e-mail address in its one form ([`text::email`]). It is stored, looked up, audited and
/// rate-limited in this form, so that another spelling cannot get around any of them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Email(String);

impl Email {
    /// Reads an address as a person types it.
    ///
    /// # Errors
    /// [`Error::Invalid`] if it is not an e-mail address.
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
