//! The timer of a chat, as a message states it: by a setting of the chat, or by the time after which the
//! message itself disappears.

use chrono::DateTime;
use store::ChatTimer;
use whatsapp_rust::prelude::wa;

use super::{base::base, context, system};

/// Returns the timer that a message states; `None` for one that stays.
pub(crate) fn timer(message: &wa::Message) -> Option<ChatTimer> {
    let base = base(message);
    if let Some(seconds) = system::timer_seconds(base) {
        let set_at = base.protocol_message.ephemeral_setting_timestamp;
        return Some(stated(seconds, set_at));
    }
    let info = context::context_info(base)?;
    let seconds = info.expiration.filter(|seconds| *seconds > 0)?;
    Some(stated(seconds, info.ephemeral_setting_timestamp))
}

/// `set_at` is in seconds since 1970.
fn stated(seconds: u32, set_at: Option<i64>) -> ChatTimer {
    let set_at = set_at.filter(|at| *at > 0).and_then(|at| DateTime::from_timestamp(at, 0));
    ChatTimer { seconds, set_at }
}

#[cfg(test)]
mod tests {
    use whatsapp_rust::prelude::MessageField;
    use whatsapp_rust::waproto::whatsapp::message::protocol_message::Type;
    use whatsapp_rust::waproto::whatsapp::message::{FutureProofMessage, ProtocolMessage};

    use super::*;
    use crate::testing::{image, text, with_context};

    #[test]
    fn a_setting_and_a_message_state_the_timer() {
        let setting = |seconds, at| {
            let setting = ProtocolMessage {
                r#type: Some(Type::EPHEMERAL_SETTING),
                ephemeral_expiration: seconds,
                ephemeral_setting_timestamp: at,
                ..Default::default()
            };
            let setting = MessageField::some(setting);
            timer(&wa::Message { protocol_message: setting, ..Default::default() })
        };
        let at = DateTime::from_timestamp(1_770_000_000, 0);
        let day = Some(ChatTimer { seconds: 86_400, set_at: at });
        assert_eq!(setting(Some(86_400), Some(1_770_000_000)), day);
        let off = Some(ChatTimer { seconds: 0, set_at: None });
        assert_eq!([setting(None, None), setting(Some(0), Some(-1))], [off, off]);
        assert_eq!(setting(Some(0), Some(i64::MAX)), off, "beyond the calendar");

        let stating = |message, expiration| {
            let info = wa::ContextInfo {
                expiration,
                ephemeral_setting_timestamp: Some(1_770_000_000),
                ..Default::default()
            };
            with_context(message, info)
        };
        assert_eq!(timer(&stating(text("some"), Some(86_400))), day);
        assert_eq!(timer(&stating(text("fica"), Some(0))), None);
        assert_eq!(timer(&text("fica")), None);
        let wrapped = MessageField::some(stating(image("some"), Some(86_400)));
        let wrapped = MessageField::some(FutureProofMessage { message: wrapped });
        let wrapped = wa::Message { ephemeral_message: wrapped, ..Default::default() };
        assert_eq!(timer(&wrapped), day);
    }
}
