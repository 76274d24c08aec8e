use wacore::proto_helpers::build_reaction_message;
use wacore_binary::Jid;
use waproto::whatsapp::{
    self as wa,
    message::{ProtocolMessage, protocol_message::Type},
};

use super::{ChatMessage, MessageKind, Phone, PhoneError};

/// What a user does to a message that is in a chat already; `id` is that message's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Amendment {
    /// Gives a text of their own another wording.
    Edit { id: String, text: String },
    /// Deletes a message of their own for everybody.
    Revoke { id: String },
    /// Reacts to anybody's message; an empty `emoji` takes the reaction back.
    Reaction { id: String, emoji: String },
}

impl Amendment {
    /// The id of the message that is amended.
    pub fn target(&self) -> &str {
        match self {
            Self::Edit { id, .. } | Self::Revoke { id } | Self::Reaction { id, .. } => id,
        }
    }

    /// Whether WhatsApp lets a user do this to a message.
    fn fits(&self, message: &ChatMessage) -> Result<(), PhoneError> {
        if !message.from_me && !matches!(self, Self::Reaction { .. }) {
            return Err(PhoneError::NotOwn(message.id.clone()));
        }
        let fits = match message.kind {
            MessageKind::Text => true,
            MessageKind::Revoked
            | MessageKind::Undecryptable
            | MessageKind::Reaction
            | MessageKind::PollVote => false,
            _ => !matches!(self, Self::Edit { .. }),
        };
        fits.then_some(()).ok_or_else(|| PhoneError::Unalterable(message.id.clone()))
    }
}

impl Phone {
    /// Writes an edit, revocation or reaction to a person's chat and records what it changes
    /// there, as [`Phone::compose_text`] does. The id is the new stanza's, not the amended one's.
    ///
    /// An edit is a bare `protocolMessage`, as WhatsApp Web sends it; the `editedMessage` around it
    /// is how histories keep it (whatsapp-rust `build_edit_message`).
    pub fn compose_amendment(
        &mut self,
        to: &Jid,
        amendment: &Amendment,
    ) -> Result<(String, wa::Message), PhoneError> {
        let target = self.message(to, amendment.target())?;
        amendment.fits(target)?;
        // `from_me` is as the writer of the amendment sees it, on the other side too.
        let key = wa::MessageKey {
            remote_jid: Some(to.to_non_ad_string()),
            from_me: Some(target.from_me),
            id: Some(target.id.clone()),
            ..Default::default()
        };
        let now = chrono::Utc::now().timestamp_millis();
        let message = match amendment {
            Amendment::Edit { text, .. } => protocol_message(ProtocolMessage {
                r#type: Some(Type::MESSAGE_EDIT),
                key: key.into(),
                edited_message: self.text(to, text, target.quoted.as_deref())?.into(),
                timestamp_ms: Some(now),
                ..Default::default()
            }),
            Amendment::Revoke { .. } => protocol_message(ProtocolMessage {
                r#type: Some(Type::REVOKE),
                key: key.into(),
                ..Default::default()
            }),
            Amendment::Reaction { emoji, .. } => build_reaction_message(key, emoji, now),
        };
        Ok(self.compose(to, message))
    }
}

fn protocol_message(content: ProtocolMessage) -> wa::Message {
    wa::Message { protocol_message: content.into(), ..Default::default() }
}
