use wacore::proto_helpers::build_reaction_message;
use wacore_binary::Jid;
use waproto::whatsapp::{
    self as wa,
    message::{ProtocolMessage, protocol_message::Type},
};

use super::{ChatMessage, MessageKind, Phone, PhoneError};

/// A change to a message of a chat; `id` is that message's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MessageUpdate {
    /// Edits a text of the user's own.
    Edit { id: String, text: String },
    /// Deletes a message of the user's own for everybody.
    Revoke { id: String },
    /// Deletes anybody's message of a group for everybody, as an admin may.
    RevokeAsAdmin { id: String },
    /// Reacts to anybody's message; an empty `emoji` takes the reaction back.
    Reaction { id: String, emoji: String },
}

impl MessageUpdate {
    /// The id of the changed message.
    pub fn target(&self) -> &str {
        match self {
            Self::Edit { id, .. }
            | Self::Revoke { id }
            | Self::RevokeAsAdmin { id }
            | Self::Reaction { id, .. } => id,
        }
    }

    /// Checks that WhatsApp allows this change to a message.
    fn fits(&self, message: &ChatMessage) -> Result<(), PhoneError> {
        let fits_others = matches!(self, Self::Reaction { .. } | Self::RevokeAsAdmin { .. });
        if !message.from_me && !fits_others {
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
    /// Composes an edit, revocation or reaction for a chat and records its change there,
    /// as [`Phone::compose_text`] does. The returned id is the new stanza's, not the changed
    /// message's.
    ///
    /// An edit is a bare `protocolMessage`, as WhatsApp Web sends it; histories store it inside an
    /// `editedMessage` (whatsapp-rust `build_edit_message`).
    pub fn compose_update(
        &mut self,
        to: &Jid,
        update: &MessageUpdate,
    ) -> Result<(String, wa::Message), PhoneError> {
        let target = self.message(to, update.target())?;
        update.fits(target)?;
        // `from_me` is from the viewpoint of the update's author, for the other side too.
        let key = wa::MessageKey {
            remote_jid: Some(to.to_non_ad_string()),
            from_me: Some(target.from_me),
            id: Some(target.id.clone()),
            participant: self.participant(to, target),
        };
        let author = target.from.clone();
        let now = chrono::Utc::now().timestamp_millis();
        // An answer to a status quotes a message that is not in the chat.
        let quoted = target.quoted.as_deref().filter(|id| self.message(to, id).is_ok());
        let message = match update {
            MessageUpdate::Edit { text, .. } => protocol_message(ProtocolMessage {
                r#type: Some(Type::MESSAGE_EDIT),
                key: key.into(),
                edited_message: self.text(to, text, quoted)?.into(),
                timestamp_ms: Some(now),
                ..Default::default()
            }),
            MessageUpdate::Revoke { .. } | MessageUpdate::RevokeAsAdmin { .. } => {
                protocol_message(ProtocolMessage {
                    r#type: Some(Type::REVOKE),
                    key: key.into(),
                    ..Default::default()
                })
            }
            MessageUpdate::Reaction { emoji, .. } => build_reaction_message(key, emoji, now),
        };
        Ok(match update {
            // An admin acts in the author's name.
            MessageUpdate::RevokeAsAdmin { .. } => self.compose_for(author, to, message),
            _ => self.compose(to, message),
        })
    }
}

fn protocol_message(content: ProtocolMessage) -> wa::Message {
    wa::Message { protocol_message: content.into(), ..Default::default() }
}
