//! Reads the message of a request.

use super::body::Body;
use super::content::{Content, SendRequest};
use super::invalid::{decode, invalid};
use super::place::{self, Location};
use super::update::{Edit, Reaction, Revoke, Vote};
use crate::control::ControlError;
use crate::phone::{
    Card, ContactCard, MessageContext, MessageUpdate, NewContent, NewMessage, Quote,
};
use crate::world::presentation::Presentation;

impl Body {
    /// Reads the message, unless fields do not go together.
    pub(super) fn read(mut self) -> Result<SendRequest, ControlError> {
        let name = self.content_name()?;
        self.check_kind(name)?;
        let presentation = self.presentation()?;
        if let Some(field) = self.misplaced_field(name, &presentation) {
            return Err(invalid(format!("{field} does not go with {name}")));
        }
        let to = std::mem::take(&mut self.to);
        let content = match self.update() {
            Some(content) => content,
            None => self.other_content(presentation)?,
        };
        Ok(SendRequest { to, content })
    }

    /// A change of a message or of the chat.
    fn update(&mut self) -> Option<Content> {
        if let Some(Vote { id, options }) = self.vote.take() {
            return Some(Content::Vote { id, options });
        }
        if let Some(seconds) = self.disappearing_timer {
            return Some(Content::Timer(seconds));
        }
        let edit = self.edit.take().map(|Edit { id, text }| MessageUpdate::Edit { id, text });
        let revoke = self.revoke.take().map(|Revoke { id }| MessageUpdate::Revoke { id });
        let reaction = self
            .reaction
            .take()
            .map(|Reaction { id, emoji }| MessageUpdate::Reaction { id, emoji });
        edit.or(revoke).or(reaction).map(Content::Update)
    }

    fn other_content(mut self, presentation: Presentation) -> Result<Content, ControlError> {
        if let Some(content) = &self.content {
            return Ok(Content::Raw(decode("content", content)?, presentation));
        }
        let content = if let Some(text) = self.text.take() {
            if presentation != Presentation::Plain {
                return Ok(Content::Presented(text, presentation));
            }
            match self.link_preview.take() {
                Some(preview) => {
                    if let Some(thumbnail) = &preview.thumbnail_base64 {
                        decode("link_preview.thumbnail_base64", thumbnail)?;
                    }
                    NewContent::LinkedText(text, preview)
                }
                None => NewContent::Text(text),
            }
        } else if let Some(media) = self.media.take() {
            NewContent::Media(media.read(self.view_once)?)
        } else if let Some(sticker) = self.sticker.take() {
            NewContent::Media(sticker.read()?)
        } else {
            NewContent::Card(self.card()?)
        };
        let quote = match (self.reply_to, self.reply_to_status) {
            (Some(id), _) => Some(Quote::Message(id)),
            (None, status) => status.map(Quote::Status),
        };
        let context = MessageContext {
            quote,
            mentions: self.mentions,
            forwarded: self.forwarded,
            expiration: self.expiration,
            ad: self.external_ad_reply,
        };
        Ok(Content::New(Box::new(NewMessage { content, context })))
    }

    fn card(&mut self) -> Result<Card, ControlError> {
        if let Some(poll) = self.poll.take() {
            return poll.read();
        }
        if let Some(contacts) = self.contacts.take() {
            return match contacts.is_empty() {
                true => Err(invalid("contacts is empty")),
                false => Ok(Card::Contacts(contacts)),
            };
        }
        if let Some(report) = self.live_location.take() {
            return place::live(report);
        }
        let contact =
            self.contact.take().map(|ContactCard { name, number }| Card::Contact { name, number });
        let cards = [
            self.location.take().map(Location::read),
            contact,
            self.button_reply.take().map(Card::ButtonReply),
            self.list_reply.take().map(Card::ListReply),
            self.template_reply.take().map(Card::TemplateReply),
            self.order.take().map(Card::Order),
            self.product.take().map(Card::Product),
            self.template.take().map(Card::Template),
        ];
        let card = cards.into_iter().flatten().next();
        card.ok_or_else(|| invalid("a message has one content"))
    }
}
