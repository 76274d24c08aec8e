//! Texts.

use whatsapp_rust::prelude::{MessageBuilderExt as _, wa};

/// Builds the message of a text.
pub(super) fn text(body: &str, context: Option<wa::ContextInfo>) -> wa::Message {
    match context {
        Some(context) => wa::Message::text_with_context(body, context),
        None => wa::Message::text(body),
    }
}
