//! The timer of a chat in what is sent: its setting, and the context of messages that disappear.

use chrono::{DateTime, Utc};
use store::ChatTimer;
use whatsapp_rust::prelude::{MessageExt as _, MessageField, wa};
use whatsapp_rust::waproto::whatsapp::message::ProtocolMessage;
use whatsapp_rust::waproto::whatsapp::message::protocol_message::Type;
use whatsapp_rust::waproto::whatsapp::{DisappearingMode, disappearing_mode};

use crate::content::context::context_info;

/// Builds the setting of a chat's timer; 0 seconds turn it off.
pub(super) fn setting(seconds: u32, set_at: DateTime<Utc>) -> ProtocolMessage {
    ProtocolMessage {
        r#type: Some(Type::EPHEMERAL_SETTING),
        ephemeral_expiration: Some(seconds),
        ephemeral_setting_timestamp: Some(set_at.timestamp()),
        disappearing_mode: MessageField::some(mode()),
        ..Default::default()
    }
}

/// Makes a message disappear after the time of its chat, on all phones. It stands in the context of the
/// content, inside of any wrapper.
pub(super) fn carry(message: &mut wa::Message, timer: &ChatTimer) {
    let wrappers = [
        &mut message.document_with_caption_message,
        &mut message.view_once_message_v2,
        &mut message.view_once_message_v2_extension,
    ];
    for wrapper in wrappers {
        if let Some(inner) =
            wrapper.as_option_mut().and_then(|wrapper| wrapper.message.as_option_mut())
        {
            carry(inner, timer);
            return;
        }
    }
    let before = context_info(message).cloned().unwrap_or_default();
    message.set_context_info(context(timer, before));
}

/// Adds a timer to the context of a message.
pub(super) fn context(timer: &ChatTimer, before: wa::ContextInfo) -> wa::ContextInfo {
    wa::ContextInfo {
        expiration: Some(timer.seconds),
        ephemeral_setting_timestamp: timer.set_at.map(|at| at.timestamp()),
        disappearing_mode: MessageField::some(mode()),
        ..before
    }
}

/// Says that somebody chose the timer for this chat.
fn mode() -> DisappearingMode {
    DisappearingMode {
        initiator: Some(disappearing_mode::Initiator::CHANGED_IN_CHAT),
        trigger: Some(disappearing_mode::Trigger::CHAT_SETTING),
        ..Default::default()
    }
}

#[cfg(test)]
mod tests {
    use whatsapp_rust::waproto::whatsapp::message::{DocumentMessage, FutureProofMessage};

    use super::*;
    use crate::content;
    use crate::testing::{image, text, with_context};

    const DAY: ChatTimer = ChatTimer { seconds: 86_400, set_at: None };

    #[test]
    fn a_message_carries_the_timer_beside_the_rest_of_its_context() {
        let forwarded = wa::ContextInfo { forwarding_score: Some(3), ..Default::default() };
        let file = MessageField::some(DocumentMessage::default());
        let file = wa::Message { document_message: file, ..Default::default() };
        let inside = FutureProofMessage { message: MessageField::some(file) };
        let captioned = wa::Message {
            document_with_caption_message: MessageField::some(inside),
            ..Default::default()
        };
        let set_at = DateTime::from_timestamp(1_770_000_000, 0);
        for mut message in
            [text("oi"), image("olha"), captioned, with_context(text("oi"), forwarded)]
        {
            let score = content::context::of(&message, &crate::testing::own_phone()).forwarded;
            carry(&mut message, &ChatTimer { set_at, ..DAY });
            assert_eq!(content::timer(&message), Some(ChatTimer { set_at, ..DAY }));
            let after = content::context::of(&message, &crate::testing::own_phone());
            assert_eq!(after.forwarded, score);
        }
    }

    #[test]
    fn a_setting_is_read_as_it_was_written() {
        let at = DateTime::from_timestamp(1_770_000_000, 0).unwrap();
        for seconds in [0, 86_400] {
            let protocol_message = MessageField::some(setting(seconds, at));
            let message = wa::Message { protocol_message, ..Default::default() };
            let expected = ChatTimer { seconds, set_at: Some(at) };
            assert_eq!(content::timer(&message), Some(expected));
        }
    }
}
