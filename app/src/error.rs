//! The error that a server function returns when it cannot do what was requested.
//!
//! Only this error reaches the browser. It states what the person can do and nothing about the
//! internal cause; [`crate::labels`] makes sentences for people of it.

use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use model::Closed;
use serde::{Deserialize, Serialize};

/// The JSON body of every failed server function. [`Self::status`] is its HTTP status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum ApiError {
    /// Nobody is logged in, or e-mail and password do not belong together.
    #[error("not logged in")]
    Unauthenticated,
    /// The user is logged in, but not allowed to do this.
    #[error("not allowed")]
    Forbidden,
    /// The object does not exist, or this person may not know that it does.
    #[error("not found")]
    NotFound,
    /// One value of the form is wrong.
    #[error("invalid {field:?}: {problem:?}")]
    Invalid { field: Field, problem: Problem },
    /// The number that was typed can be one of two, each with its country: `Espanha: +34 912 34 56
    /// 78`.
    #[error("ambiguous phone number")]
    AmbiguousPhone { one: String, other: String },
    /// There were too many requests; the next is accepted after so many seconds.
    #[error("too many requests")]
    TooMany { seconds: u64 },
    /// This version's interface never makes such a request.
    #[error("malformed request")]
    Malformed,
    /// The number's phone changed, and messages are sent from another number now.
    #[error("the number was replaced")]
    Replaced,
    /// Nobody writes in this group from here: the number is no member any more, or only administrators
    /// write.
    #[error("the group is closed: {0}")]
    Closed(Closed),
    /// The message cannot be changed in this way: it is the customer's, it is no text, it was not
    /// sent, or it was deleted.
    #[error("the message cannot be changed in this way")]
    Unchangeable,
    /// Somebody else edited the message while this person was typing.
    #[error("the message was edited meanwhile")]
    Edited,
    /// WhatsApp allows this change only for a time after a message was sent, and it is over.
    #[error("too late for this change")]
    TooLate,
    /// As many conversations of the number are pinned as WhatsApp allows. A page of the server alone shows it.
    #[cfg(feature = "ssr")]
    #[error("too many conversations are pinned")]
    TooManyPinned,
    /// The message is none of those that can be forwarded from here.
    #[error("the message cannot be forwarded")]
    NotForwardable,
    /// The user may not write from the number of a new conversation. This and the next three are shown by
    /// a page of the server alone, and the browser's programs do not have them.
    #[cfg(feature = "ssr")]
    #[error("not a number to write from")]
    NotYours,
    /// The number is not connected, so WhatsApp cannot be asked about a phone.
    #[cfg(feature = "ssr")]
    #[error("the number is not connected")]
    NotConnected,
    /// WhatsApp did not answer.
    #[cfg(feature = "ssr")]
    #[error("WhatsApp did not answer")]
    NoAnswer,
    /// The phone has no WhatsApp account.
    #[cfg(feature = "ssr")]
    #[error("not on WhatsApp")]
    NotOnWhatsapp,
    /// A bug or a failure of ours. The log has the cause under `reference`.
    #[error("internal error {reference}")]
    Internal { reference: String },
    /// Nothing can be stored at the moment, because of a full disk or a database that is down.
    /// Nothing was changed.
    #[error("nothing can be written")]
    Unwritable,
    /// The form comes from a page at an address that the server does not know for its own. The
    /// server writes the sentence for its operator, with the headers to set; a sentence in an
    /// address is never believed ([`crate::pages`]).
    #[error("not from this site")]
    Foreign(String),
    /// The server was not reached. Only the browser makes this value.
    #[error("server not reached")]
    Unreachable,
}

/// A value that a person typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    Name,
    Email,
    /// The name of a number.
    Label,
    Password,
    /// The password that proves the identity of the user.
    OldPassword,
    /// A code of the second factor.
    Code,
    /// The code that the server printed for its first administrator.
    SetupCode,
    Role,
    /// The selection of numbers in a form.
    Numbers,
    Phone,
    Text,
    /// The emoji of a reaction.
    Reaction,
}

/// The problem with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Problem {
    Empty,
    TooShort,
    TooLong,
    /// It does not have the shape of such a value.
    Malformed,
    /// It has the shape, but there is no such thing.
    Impossible,
    /// Somebody else has it.
    Taken,
    /// It differs from the value that it has to repeat.
    Different,
    /// Nobody else could do this any more.
    LastOne,
    /// There are as many as are allowed.
    TooMany,
}

impl ApiError {
    /// The HTTP status for this error.
    pub fn status(&self) -> u16 {
        match self {
            Self::Unauthenticated => 401,
            Self::Forbidden | Self::Foreign(_) => 403,
            Self::NotFound => 404,
            Self::Replaced | Self::Closed(_) => 409,
            Self::Unchangeable | Self::Edited | Self::TooLate => 409,
            Self::Invalid { .. } | Self::AmbiguousPhone { .. } | Self::NotForwardable => 422,
            Self::TooMany { .. } => 429,
            #[cfg(feature = "ssr")]
            Self::NotYours => 404,
            #[cfg(feature = "ssr")]
            Self::NotConnected | Self::TooManyPinned => 409,
            #[cfg(feature = "ssr")]
            Self::NotOnWhatsapp => 422,
            #[cfg(feature = "ssr")]
            Self::NoAnswer => 504,
            Self::Malformed => 400,
            Self::Internal { .. } => 500,
            Self::Unwritable | Self::Unreachable => 503,
        }
    }

    /// Logs the cause once, under a reference that the person can quote.
    #[cfg(feature = "ssr")]
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        let reference = crate::random::reference();
        tracing::error!(%reference, error.message = %cause, "request failed");
        Self::Internal { reference }
    }
}

#[cfg(feature = "ssr")]
impl From<service::Error> for ApiError {
    fn from(error: service::Error) -> Self {
        use service::Error;
        let invalid = |field, problem| Self::Invalid { field, problem };
        match error {
            Error::Unauthenticated => Self::Unauthenticated,
            Error::TooMany { seconds } => Self::TooMany { seconds },
            Error::WrongSetupCode => invalid(Field::SetupCode, Problem::Different),
            Error::NoNumbers => invalid(Field::Numbers, Problem::Empty),
            Error::WrongConfirmation => invalid(Field::Label, Problem::Different),
            Error::NotYours => Self::NotYours,
            Error::NotConnected => Self::NotConnected,
            Error::NoAnswer => Self::NoAnswer,
            Error::NotOnWhatsapp => Self::NotOnWhatsapp,
            Error::Store(error) => error.into(),
        }
    }
}

#[cfg(feature = "ssr")]
impl From<store::Error> for ApiError {
    fn from(error: store::Error) -> Self {
        use store::Error;
        let invalid = |field, problem| Self::Invalid { field, problem };
        match error {
            Error::NotFound | Error::InvalidLink => Self::NotFound,
            Error::LastAdmin => invalid(Field::Role, Problem::LastOne),
            Error::Forbidden | Error::AlreadySetUp | Error::Linked => Self::Forbidden,
            Error::Replaced => Self::Replaced,
            Error::Closed(closed) => Self::Closed(closed),
            Error::Unchangeable => Self::Unchangeable,
            Error::Edited => Self::Edited,
            Error::TooLate => Self::TooLate,
            Error::TooManyPinned => Self::TooManyPinned,
            Error::NotForwardable => Self::NotForwardable,
            Error::EmailTaken => invalid(Field::Email, Problem::Taken),
            Error::WrongPassword => invalid(Field::OldPassword, Problem::Different),
            Error::WrongCode => invalid(Field::Code, Problem::Different),
            Error::TotpEnabled => Self::Forbidden,
            // By then the longest queue has emptied several times.
            Error::Busy => Self::TooMany { seconds: 5 },
            Error::EmptyText => invalid(Field::Text, Problem::Empty),
            Error::TextTooLong => invalid(Field::Text, Problem::TooLong),
            Error::Invalid(store::Field::Name) => invalid(Field::Name, Problem::Malformed),
            Error::Invalid(store::Field::Email) => invalid(Field::Email, Problem::Malformed),
            Error::Invalid(store::Field::PasswordTooShort) => {
                invalid(Field::Password, Problem::TooShort)
            }
            Error::Invalid(store::Field::PasswordTooLong) => {
                invalid(Field::Password, Problem::TooLong)
            }
            Error::Invalid(store::Field::Label) => invalid(Field::Label, Problem::Malformed),
            Error::Invalid(store::Field::Phone) => invalid(Field::Phone, Problem::Malformed),
            Error::Invalid(store::Field::TooManyNumbers) => invalid(Field::Label, Problem::TooMany),
            Error::Invalid(
                store::Field::MessageId | store::Field::Content | store::Field::TooManyUploads,
            ) => Self::Malformed,
            Error::Invalid(store::Field::Reaction) => invalid(Field::Reaction, Problem::Malformed),
            outage if outage.is_outage() => {
                tracing::error!(error.message = %outage, "request could not be written down");
                Self::Unwritable
            }
            other => Self::internal(other),
        }
    }
}

#[cfg(feature = "ssr")]
impl From<phone::InvalidPhone> for ApiError {
    fn from(error: phone::InvalidPhone) -> Self {
        let problem = match error {
            phone::InvalidPhone::Malformed => Problem::Malformed,
            phone::InvalidPhone::TooShort => Problem::TooShort,
            phone::InvalidPhone::Impossible => Problem::Impossible,
        };
        Self::Invalid { field: Field::Phone, problem }
    }
}

impl FromServerFnError for ApiError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) => Self::Unreachable,
            ServerFnErrorErr::Args(_)
            | ServerFnErrorErr::MissingArg(_)
            | ServerFnErrorErr::Deserialization(_)
            | ServerFnErrorErr::UnsupportedRequestMethod(_) => Self::Malformed,
            #[cfg(feature = "ssr")]
            other => Self::internal(other),
            #[cfg(not(feature = "ssr"))]
            _ => Self::Internal { reference: String::new() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_body_says_what_the_status_says() {
        let error = ApiError::Invalid { field: Field::Email, problem: Problem::Taken };
        let body = error.ser();
        assert_eq!(&body[..], br#"{"invalid":{"field":"email","problem":"taken"}}"#);
        assert_eq!(ApiError::de(body).status(), 422);
    }

    #[test]
    fn a_body_that_is_no_request_is_the_callers_mistake() {
        for error in [
            ServerFnErrorErr::Args("x".into()),
            ServerFnErrorErr::MissingArg("x".into()),
            ServerFnErrorErr::Deserialization("x".into()),
        ] {
            assert_eq!(ApiError::from_server_fn_error(error).status(), 400);
        }
    }
}
