//! Messages without a bubble.

use whatsapp_rust::prelude::{MessageExt as _, wa};

/// Returns true for messages that carry keys or settings, announce others, or change others in ways
/// that are not shown. They get no bubble.
pub(super) fn is_silent(base: &wa::Message) -> bool {
    // Settings, requests between devices, and changes of messages, of which `inbound` reads some.
    if base.protocol_message.is_set()
        || base.keep_in_chat_message.is_set()
        || base.pin_in_chat_message.is_set()
        || base.limit_sharing_message.is_set()
        || base.sticker_sync_rmr_message.is_set()
        || base.message_history_bundle.is_set()
        || base.message_history_notice.is_set()
        || base.placeholder_message.is_set()
        // Changes that are encrypted with a secret of the message they change. Those that the
        // library can decrypt come decrypted.
        || base.secret_encrypted_message.is_set()
        || base.enc_reaction_message.is_set()
        || base.enc_comment_message.is_set()
        || base.enc_event_response_message.is_set()
        || base.poll_update_message.is_set()
        || base.poll_add_option_message.is_set()
        || base.scheduled_call_edit_message.is_set()
        // Calls, which have stanzas of their own.
        || base.call.is_set()
        || base.call_log_messsage.is_set()
        || base.bcall_message.is_set()
        // Parts of another message: each picture of an album comes as a message.
        || base.album_message.is_set()
        || base.event_cover_image.is_set()
        || base.poll_creation_option_image_message.is_set()
        // Stories.
        || base.group_status_message.is_set()
        || base.group_status_message_v2.is_set()
        || base.status_notification_message.is_set()
        || base.status_sticker_interaction_message.is_set()
    {
        return true;
    }
    let mut rest = base.clone();
    rest.message_context_info = Default::default();
    if rest == wa::Message::default() {
        // Messages of a kind that the library does not know come without their content. Those that
        // a person wrote have a secret, for later changes of them.
        let context = base.message_context_info.as_option();
        return context.is_none_or(|context| context.message_secret.is_none());
    }
    drop_keys(&mut rest);
    rest.chat = Default::default();
    rest.group_root_key_share = Default::default();
    rest.root_secret_distribute_message = Default::default();
    // Empty wrappers.
    for wrapper in [
        &mut rest.ephemeral_message,
        &mut rest.view_once_message,
        &mut rest.view_once_message_v2,
        &mut rest.view_once_message_v2_extension,
        &mut rest.document_with_caption_message,
        &mut rest.edited_message,
        &mut rest.associated_child_message,
        &mut rest.group_mentioned_message,
    ] {
        if wrapper.as_option().is_some_and(|wrapper| wrapper.message.is_unset()) {
            *wrapper = Default::default();
        }
    }
    // Empty texts.
    rest.conversation = rest.conversation.filter(|text| !text.is_empty());
    if rest.text_content().is_none_or(str::is_empty) {
        rest.extended_text_message = Default::default();
    }
    rest == wa::Message::default()
}

/// Removes the group keys from a message.
pub(super) fn drop_keys(message: &mut wa::Message) {
    message.sender_key_distribution_message = Default::default();
    message.fast_ratchet_key_sender_key_distribution_message = Default::default();
}

#[cfg(test)]
mod tests {
    use model::MessageKind;
    use whatsapp_rust::prelude::{MessageField, wa};
    use whatsapp_rust::waproto::whatsapp::message::{
        AlbumMessage, ExtendedTextMessage, FutureProofMessage, InvoiceMessage, ProtocolMessage,
        SecretEncryptedMessage, SenderKeyDistributionMessage, protocol_message::Type,
    };

    use crate::content::of;
    use crate::testing::{read, text};

    #[test]
    fn silent_messages_are_left_out() {
        assert_eq!(of(&wa::Message::default()), None);
        let theme =
            ProtocolMessage { r#type: Some(Type::CHAT_THEME_SETTING), ..Default::default() };
        let theme = MessageField::some(theme);
        assert_eq!(of(&wa::Message { protocol_message: theme, ..Default::default() }), None);
        let album = MessageField::some(AlbumMessage::default());
        assert_eq!(of(&wa::Message { album_message: album, ..Default::default() }), None);
        assert_eq!(of(&text("")), None);
        let empty = MessageField::some(ExtendedTextMessage {
            text: Some(String::new()),
            ..Default::default()
        });
        assert_eq!(of(&wa::Message { extended_text_message: empty, ..Default::default() }), None);
        let sealed = MessageField::some(SecretEncryptedMessage::default());
        assert_eq!(
            of(&wa::Message { secret_encrypted_message: sealed, ..Default::default() }),
            None
        );
        let keys = MessageField::some(SenderKeyDistributionMessage::default());
        let keys = wa::Message { sender_key_distribution_message: keys, ..Default::default() };
        assert_eq!(of(&keys), None);
        let nothing = MessageField::some(FutureProofMessage::default());
        assert_eq!(of(&wa::Message { ephemeral_message: nothing, ..Default::default() }), None);
    }

    #[test]
    fn a_message_of_an_unknown_kind_is_shown_as_unsupported() {
        let note = InvoiceMessage { note: Some("nota".into()), ..Default::default() };
        let invoice = MessageField::some(note);
        let invoice = wa::Message { invoice_message: invoice, ..Default::default() };
        assert_eq!(read(&invoice), (MessageKind::Unsupported, String::new()));
        // A message of a kind unknown to the library has only its secret.
        let secret =
            wa::MessageContextInfo { message_secret: Some(vec![7; 32]), ..Default::default() };
        let unknown =
            wa::Message { message_context_info: MessageField::some(secret), ..Default::default() };
        assert_eq!(read(&unknown), (MessageKind::Unsupported, String::new()));
    }
}
