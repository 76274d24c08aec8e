use super::{Card, LinkPreview, MessageContext, NewMedia};

/// A message to send that is more than a plain text.
#[derive(Debug, Clone, PartialEq)]
pub struct NewMessage {
    pub content: NewContent,
    pub context: MessageContext,
}

/// The content of a message to send.
#[derive(Debug, Clone, PartialEq)]
pub enum NewContent {
    Text(String),
    /// A text with the preview of a link in it.
    LinkedText(String, LinkPreview),
    Media(NewMedia),
    Card(Card),
}

impl NewMessage {
    /// A text without a context.
    pub fn text(text: impl Into<String>) -> Self {
        Self { content: NewContent::Text(text.into()), context: MessageContext::default() }
    }

    /// A file without a context.
    pub fn media(media: NewMedia) -> Self {
        Self { content: NewContent::Media(media), context: MessageContext::default() }
    }

    /// A card without a context.
    pub fn card(card: Card) -> Self {
        Self { content: NewContent::Card(card), context: MessageContext::default() }
    }

    /// The same message in a context.
    pub fn in_context(self, context: MessageContext) -> Self {
        Self { context, ..self }
    }
}
