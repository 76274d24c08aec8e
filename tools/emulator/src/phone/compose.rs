use wacore::{
    messages::wrap_device_sent,
    proto_helpers::{MessageBuilderExt, build_quote_context},
    reporting_token::should_include_reporting_token,
};
use wacore_binary::Jid;
use waproto::whatsapp as wa;

use super::{
    ChatMessage, Envelope, MessageContext, MessageKind, MessageStatus, Phone, PhoneError,
    crypto::{now, random},
};

impl Phone {
    /// Composes a text to a person or group and records it as sent by this phone, still pending.
    ///
    /// Returns the message id and the content to encrypt for every device. `reply_to` is the id of
    /// a message in the same chat.
    pub fn compose_text(
        &mut self,
        to: &Jid,
        text: &str,
        reply_to: Option<&str>,
    ) -> Result<(String, wa::Message), PhoneError> {
        self.compose_text_in(to, text, &MessageContext::reply(reply_to))
    }

    /// Composes a text in a context, as [`Phone::compose_text`] does a plain one.
    pub fn compose_text_in(
        &mut self,
        to: &Jid,
        text: &str,
        context: &MessageContext,
    ) -> Result<(String, wa::Message), PhoneError> {
        let mut message = wa::Message::text(text);
        self.add_context(to, &mut message, context)?;
        Ok(self.compose(to, message))
    }

    /// Records a message of any content as [`Phone::compose_text`] does a text.
    pub fn compose_content(&mut self, to: &Jid, content: wa::Message) -> (String, wa::Message) {
        self.compose(to, content)
    }

    /// A text, optionally quoting a message of the same chat by id.
    pub(super) fn text(
        &self,
        to: &Jid,
        text: &str,
        reply_to: Option<&str>,
    ) -> Result<wa::Message, PhoneError> {
        Ok(match reply_to {
            None => wa::Message::text(text),
            Some(id) => wa::Message::text_with_context(text, self.quote(to, id)?),
        })
    }

    /// Records a message of any kind as [`Phone::compose_text`] does. Returns its id and content.
    pub(super) fn compose(&mut self, to: &Jid, message: wa::Message) -> (String, wa::Message) {
        let (envelope, message) = self.prepare(to, message);
        self.record_outgoing(&envelope, &message, MessageStatus::Pending);
        (envelope.id, message)
    }

    /// The same for a change of somebody else's message in the name of that author, who is named as
    /// [`ChatMessage::from`] does.
    pub(super) fn compose_for(
        &mut self,
        author: String,
        to: &Jid,
        message: wa::Message,
    ) -> (String, wa::Message) {
        let (envelope, message) = self.prepare(to, message);
        self.record_in_name_of(author, &envelope, &message);
        (envelope.id, message)
    }

    /// Gives a message what every message of the phone has, and keeps it for those who cannot read
    /// it.
    fn prepare(&mut self, to: &Jid, mut message: wa::Message) -> (Envelope, wa::Message) {
        // Every message a phone composes carries the secret from which the keys of its reactions
        // and edits and its reporting token are derived later; a reaction has none of these.
        if should_include_reporting_token(&message) {
            message.message_context_info = wa::MessageContextInfo {
                message_secret: Some(random::<32>().to_vec()),
                message_association: message.message_context_info.message_association.clone(),
                ..Default::default()
            }
            .into();
        }

        let id = new_message_id();
        self.sent.keep(&id, to, &message);
        let envelope = Envelope { id, chat: to.to_non_ad(), sender: self.jid(), timestamp: now() };
        (envelope, message)
    }

    /// The echo of an own message for the account's other devices: the content in a
    /// `DeviceSentMessage` that names the chat.
    pub fn device_sent(message: &wa::Message, chat: &Jid) -> wa::Message {
        wrap_device_sent(message.clone(), chat.to_non_ad_string())
    }

    /// A message of the chat with a person or group.
    pub(super) fn message(&self, chat: &Jid, id: &str) -> Result<&ChatMessage, PhoneError> {
        let name = self.addresses.chat_name(chat);
        let message = self.chats.message(&name, id);
        message.ok_or_else(|| PhoneError::UnknownMessage(id.to_owned()))
    }

    pub(super) fn quote(&self, chat: &Jid, id: &str) -> Result<wa::ContextInfo, PhoneError> {
        let quoted = self.message(chat, id)?;
        let author = self.author_address(chat, quoted);
        Ok(build_quote_context(id, author.to_string(), &self.quoted_content(quoted)))
    }

    /// The content of a message as a quote has it: a text as it is now, anything else as it was
    /// sent, without its secret.
    fn quoted_content(&self, quoted: &ChatMessage) -> wa::Message {
        let has_text_only = matches!(
            quoted.kind,
            MessageKind::Text | MessageKind::Revoked | MessageKind::Undecryptable
        );
        let sent = (!has_text_only).then(|| self.recent_content(&quoted.id)).flatten();
        match sent {
            Some(mut content) => {
                content.message_context_info.take();
                content
            }
            None => wa::Message::text(quoted.text.as_deref().unwrap_or_default()),
        }
    }
}

/// An id in the format of Android phones: `AC` and 30 hex digits.
fn new_message_id() -> String {
    format!("AC{}", hex::encode_upper(random::<15>()))
}
