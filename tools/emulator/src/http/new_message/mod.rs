//! The body of `POST /phones/{number}/messages`.
//!
//! A message has one content: one of the fields of [`Body`] up to `content`. The others say how it
//! is sent: in the context of other messages ([`MessageContext`](crate::MessageContext)), as a file
//! that may be opened once, or presented by WhatsApp in another way ([`Presentation`](crate::Presentation)). A body
//! whose fields do not go together is refused with the name of the field.
//!
//! * [`body`] has the fields, [`file`], [`place`], [`poll`] and [`update`] those of one content.
//! * [`check`] refuses what does not go together, and [`read`] makes the message.

mod body;
mod check;
mod content;
mod file;
mod invalid;
mod misplaced;
mod place;
mod poll;
mod read;
mod update;

use axum::Json;
use axum::extract::{FromRequest, Request};

use self::body::Body;
pub(super) use self::content::{Content, SendRequest};
use super::error::Failure;
use super::strict::unread;

/// Size limit of a body. Base64 limits a file in it to three quarters of that.
pub(super) const LARGEST_MIB: usize = 160;

impl<S: Send + Sync> FromRequest<S> for SendRequest {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        match Json::<Body>::from_request(request, state).await {
            Ok(Json(body)) => Ok(body.read()?),
            Err(rejection) => Err(unread(&rejection, LARGEST_MIB).into()),
        }
    }
}
