//! The message as it was received, which is kept if it is not shown whole.

use model::MessageContent;
use whatsapp_rust::buffa::Message as _;
use whatsapp_rust::prelude::wa;

use super::{context, file::is_lottie, place, silent::drop_keys};

/// Returns true if content, text, file and stored context are all of a message.
///
/// A vCard has more than a name and numbers, a poll may have pictures or an answer that is right, and live
/// places move, so these are kept as they came.
pub(super) fn is_complete(content: &MessageContent, base: &wa::Message) -> bool {
    match content {
        MessageContent::Text
        | MessageContent::LinkedText(_)
        | MessageContent::FromAd(_)
        | MessageContent::ToStatus => {
            base.conversation.is_some()
                || (base.extended_text_message.is_set() && context::is_stored(base))
        }
        MessageContent::File(_) => !is_lottie(base) && context::is_stored(base),
        MessageContent::Location(_) => place::is_complete(base) && context::is_stored(base),
        MessageContent::System(_) | MessageContent::Group(_) => true,
        MessageContent::LiveLocation(_)
        | MessageContent::Contacts(_)
        | MessageContent::Poll(_)
        | MessageContent::Offer(_)
        | MessageContent::Call(_)
        | MessageContent::Revoked(_)
        | MessageContent::Placeholder(_)
        | MessageContent::Unsupported { .. } => false,
    }
}

/// Encodes a message without the group keys that may come with it.
pub(super) fn without_keys(message: &wa::Message) -> Vec<u8> {
    let mut message = message.clone();
    drop_keys(&mut message);
    message.encode_to_vec()
}

#[cfg(test)]
mod tests {
    use whatsapp_rust::prelude::MessageField;
    use whatsapp_rust::waproto::whatsapp::message::{InvoiceMessage, SenderKeyDistributionMessage};

    use super::*;
    use crate::content::of;
    use crate::testing::{image, text, with_context};

    #[test]
    fn a_message_of_which_everything_is_stored_is_not_kept() {
        let answer = wa::ContextInfo {
            stanza_id: Some("3EB0".into()),
            participant: Some("7@lid".into()),
            quoted_message: MessageField::some(image("azul")),
            expiration: Some(86_400),
            ..Default::default()
        };
        let forwarded = wa::ContextInfo {
            is_forwarded: Some(true),
            forwarding_score: Some(1),
            ..Default::default()
        };
        let plain = [text("oi"), image("esse aqui")];
        let in_context = [answer, forwarded].into_iter().flat_map(|info| {
            [with_context(text("oi"), info.clone()), with_context(image("esse aqui"), info)]
        });
        for message in plain.into_iter().chain(in_context) {
            assert_eq!(of(&message).unwrap().raw_message, None, "{message:?}");
        }
    }

    #[test]
    fn a_message_that_is_not_shown_whole_is_kept_without_keys() {
        let mentioning = wa::ContextInfo { non_jid_mentions: Some(1), ..Default::default() };
        let to_story = wa::ContextInfo {
            stanza_id: Some("3EB0".into()),
            remote_jid: Some("status@broadcast".into()),
            ..Default::default()
        };
        let mut invoice = wa::Message::default();
        let note = InvoiceMessage { note: Some("nota".into()), ..Default::default() };
        invoice.invoice_message = MessageField::some(note);
        let mentioning = with_context(text("@todos veja"), mentioning);
        for message in [mentioning, with_context(image("que foto!"), to_story), invoice] {
            let mut with_keys = message.clone();
            with_keys.sender_key_distribution_message =
                MessageField::some(SenderKeyDistributionMessage::default());
            let raw_message = of(&with_keys).unwrap().raw_message.unwrap();
            assert_eq!(wa::Message::decode_from_slice(&raw_message).unwrap(), message);
        }
    }
}
