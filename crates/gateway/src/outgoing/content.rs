//! Builds the message of a content that is neither a plain text nor a file: there is one file for each
//! kind, as [`crate::content`] has one to read it.

use model::MessageContent;
use store::OutgoingFile;
use whatsapp_rust::prelude::wa;

use super::{contacts, link_preview, place, poll, text};

/// Builds the message of a content. `text` is the text that has a preview, and for other contents the
/// words by which lists show them; `picture` is that of the preview.
pub(super) fn message(
    content: &MessageContent,
    text: &str,
    picture: Option<&OutgoingFile>,
    context: Option<wa::ContextInfo>,
) -> wa::Message {
    match content {
        MessageContent::LinkedText(preview) => {
            link_preview::message(text, preview, picture, context)
        }
        MessageContent::Location(place) => place::message(place, context),
        MessageContent::Contacts(contacts) => contacts::message(contacts, text, context),
        MessageContent::Poll(poll) => poll::message(poll, context),
        // The store sends no others from here (`Store::enqueue_content`).
        MessageContent::Text
        | MessageContent::FromAd(_)
        | MessageContent::ToStatus
        | MessageContent::Offer(_)
        | MessageContent::File(_)
        | MessageContent::LiveLocation(_)
        | MessageContent::Call(_)
        | MessageContent::System(_)
        | MessageContent::Group(_)
        | MessageContent::Revoked(_)
        | MessageContent::Placeholder(_)
        | MessageContent::Unsupported { .. } => text::text(text, context),
    }
}
