use wacore_binary::Jid;
use waproto::whatsapp::{
    self as wa, DisappearingMode, disappearing_mode,
    message::{ProtocolMessage, protocol_message::Type},
};

use super::{Phone, crypto::now};

impl Phone {
    /// Composes the setting of a chat's timer of disappearing messages, as [`Phone::compose_text`]
    /// does a text; 0 seconds turn it off.
    pub fn compose_timer(&mut self, to: &Jid, seconds: u32) -> (String, wa::Message) {
        let mode = DisappearingMode {
            initiator: Some(disappearing_mode::Initiator::CHANGED_IN_CHAT),
            trigger: Some(disappearing_mode::Trigger::CHAT_SETTING),
            ..Default::default()
        };
        let setting = ProtocolMessage {
            r#type: Some(Type::EPHEMERAL_SETTING),
            ephemeral_expiration: Some(seconds),
            ephemeral_setting_timestamp: Some(now()),
            disappearing_mode: mode.into(),
            ..Default::default()
        };
        let message = wa::Message { protocol_message: setting.into(), ..Default::default() };
        self.compose(to, message)
    }
}
