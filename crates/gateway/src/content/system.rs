//! Messages of WhatsApp itself about a chat.

use model::content::System;
use whatsapp_rust::prelude::wa;
use whatsapp_rust::waproto::whatsapp::message::protocol_message::Type;

/// Returns the setting of a chat that a message changes.
pub(super) fn system(base: &wa::Message) -> Option<System> {
    timer_seconds(base).map(|seconds| System::Timer { seconds })
}

/// Returns the seconds of a timer that a message sets; 0 if it turns it off.
pub(super) fn timer_seconds(base: &wa::Message) -> Option<u32> {
    let protocol = base.protocol_message.as_option()?;
    let is_timer = matches!(protocol.r#type, Some(Type::EPHEMERAL_SETTING));
    is_timer.then(|| protocol.ephemeral_expiration.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use model::MessageContent;
    use whatsapp_rust::prelude::MessageField;
    use whatsapp_rust::waproto::whatsapp::message::ProtocolMessage;

    use super::*;
    use crate::content::{Content, of};

    #[test]
    fn the_timer_of_a_chat_is_a_message() {
        let timer = |ephemeral_expiration| {
            let setting = ProtocolMessage {
                r#type: Some(Type::EPHEMERAL_SETTING),
                ephemeral_expiration,
                ..Default::default()
            };
            let setting = MessageField::some(setting);
            of(&wa::Message { protocol_message: setting, ..Default::default() }).unwrap()
        };
        for (given, seconds) in
            [(Some(604_800), 604_800), (Some(0), 0), (None, 0), (Some(u32::MAX), u32::MAX)]
        {
            let content = MessageContent::System(System::Timer { seconds });
            let expected = Content { content, text: String::new(), raw_message: None };
            assert_eq!(timer(given), expected);
        }
    }
}
