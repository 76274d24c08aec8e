//! Errors of use cases, distinguished by the possible reactions of the caller.

use gateway::LookupError;

/// The reason why a use case did not do what was requested.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody is logged in any more, or e-mail and password do not belong together.
    #[error("not logged in")]
    Unauthenticated,
    /// There were too many tries; the next is accepted after so many seconds.
    #[error("too many tries")]
    TooMany { seconds: u64 },
    /// The typed code is not the one that the server printed for its first administrator.
    #[error("wrong set-up code")]
    WrongSetupCode,
    /// No number was selected.
    #[error("no numbers")]
    NoNumbers,
    /// The name that was typed as a confirmation is not that of the number.
    #[error("wrong confirmation")]
    WrongConfirmation,
    /// The user may not write from the number, or there is no such number.
    #[error("not a number to write from")]
    NotYours,
    /// The number is not connected, so WhatsApp cannot be asked anything.
    #[error("the number is not connected")]
    NotConnected,
    /// WhatsApp did not answer.
    #[error("WhatsApp did not answer")]
    NoAnswer,
    /// The phone has no WhatsApp account.
    #[error("not on WhatsApp")]
    NotOnWhatsapp,
    /// The store refused, or failed.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl From<LookupError> for Error {
    fn from(error: LookupError) -> Self {
        match error {
            LookupError::NotConnected => Self::NotConnected,
            LookupError::NoAnswer => Self::NoAnswer,
            LookupError::Store(error) => Self::Store(error),
        }
    }
}

/// Returns what a user has a right to; `None` without the right.
pub(crate) fn if_allowed<T>(read: Result<T, store::Error>) -> Result<Option<T>, Error> {
    match read {
        Ok(read) => Ok(Some(read)),
        Err(store::Error::NotFound) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
