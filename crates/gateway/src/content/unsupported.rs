//! Messages of a kind that is not shown.

use whatsapp_rust::prelude::wa;

/// Lists the fields of a message with their names.
macro_rules! fields {
    ($message:ident: $($field:ident),* $(,)?) => {
        [$((stringify!($field), $message.$field.is_set())),*]
    };
}

/// Returns WhatsApp's name of the type of a message that is not shown; empty if it is none of these.
pub(super) fn name(base: &wa::Message) -> String {
    let fields = fields![
        base: buttons_message,
        list_message,
        template_message,
        interactive_message,
        group_invite_message,
        order_message,
        product_message,
        event_message,
        event_invite_message,
        invoice_message,
        highly_structured_message,
        send_payment_message,
        request_payment_message,
        decline_payment_request_message,
        cancel_payment_request_message,
        payment_invite_message,
        payment_reminder_message,
        split_payment_message,
        request_phone_number_message,
        scheduled_call_creation_message,
        comment_message,
        sticker_pack_message,
        newsletter_admin_invite_message,
        newsletter_follower_invite_message_v2,
        poll_result_snapshot_message,
        poll_result_snapshot_message_v3,
        status_mention_message,
        rich_response_message,
        conditional_reveal_message,
    ];
    let name = fields.into_iter().find_map(|(name, is_set)| is_set.then_some(name));
    name.unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use model::MessageContent;
    use whatsapp_rust::prelude::MessageField;
    use whatsapp_rust::waproto::whatsapp::message::EventMessage;

    use super::*;
    use crate::content::of;

    #[test]
    fn a_message_that_is_not_shown_has_whatsapps_name_of_its_type() {
        let party = EventMessage { name: Some("Festa".into()), ..Default::default() };
        let party = wa::Message { event_message: MessageField::some(party), ..Default::default() };
        let content = of(&party).unwrap();
        let name = "event_message".to_owned();
        assert_eq!(content.content, MessageContent::Unsupported { name });
        assert_eq!(content.text, "Festa");
        assert!(content.raw_message.is_some());
    }
}
