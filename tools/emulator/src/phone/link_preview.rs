use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};
use wacore_binary::Jid;
use waproto::whatsapp::{self as wa, message::ExtendedTextMessage};

use super::{MessageContext, Phone, PhoneError};

/// What a phone writes about a link of its text. A hostile client writes what it likes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkPreview {
    /// The link as the text has it.
    pub url: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// A small JPEG.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thumbnail_base64: Option<String>,
}

impl Phone {
    /// Composes a text with the preview of a link in it, as [`Phone::compose_text_in`] does one without.
    pub fn compose_linked_text(
        &mut self,
        to: &Jid,
        text: &str,
        preview: &LinkPreview,
        context: &MessageContext,
    ) -> Result<(String, wa::Message), PhoneError> {
        let mut message = preview.message(text)?;
        self.add_context(to, &mut message, context)?;
        Ok(self.compose(to, message))
    }
}

impl LinkPreview {
    fn message(&self, text: &str) -> Result<wa::Message, PhoneError> {
        let thumbnail = self.thumbnail_base64.as_ref().map(|base64| BASE64_STANDARD.decode(base64));
        let thumbnail = thumbnail
            .transpose()
            .map_err(|_| PhoneError::InvalidContent("thumbnail_base64 is not base64"))?;
        let message = ExtendedTextMessage {
            text: Some(text.to_owned()),
            matched_text: Some(self.url.clone()),
            title: self.title.clone(),
            description: self.description.clone(),
            jpeg_thumbnail: thumbnail,
            ..Default::default()
        };
        Ok(wa::Message { extended_text_message: message.into(), ..Default::default() })
    }

    /// Returns the preview that came with a text.
    pub(super) fn of(message: &wa::Message) -> Option<Self> {
        let text = message.extended_text_message.as_option()?;
        Some(Self {
            url: text.matched_text.clone()?,
            title: text.title.clone(),
            description: text.description.clone(),
            thumbnail_base64: text.jpeg_thumbnail.as_ref().map(|jpeg| BASE64_STANDARD.encode(jpeg)),
        })
    }
}
