//! Messages of businesses: their offers, and what a customer chose.

use whatsapp_rust::prelude::wa;
use whatsapp_rust::waproto::whatsapp::message::buttons_response_message::Response;

use super::in_lines;

/// Returns the chosen option of the buttons or the list of a business.
pub(super) fn choice(base: &wa::Message) -> Option<&str> {
    if let Some(reply) = base.buttons_response_message.as_option() {
        let Response::SelectedDisplayText(chosen) = reply.response.as_ref()?;
        return Some(chosen);
    }
    if let Some(reply) = base.template_button_reply_message.as_option() {
        return reply.selected_display_text.as_deref();
    }
    if let Some(reply) = base.list_response_message.as_option() {
        return reply.title.as_deref();
    }
    base.interactive_response_message.as_option()?.body.as_option()?.text.as_deref()
}

/// Returns the text of business messages, of which this version shows nothing else.
pub(super) fn offer(base: &wa::Message) -> Option<String> {
    let lines = if let Some(buttons) = base.buttons_message.as_option() {
        [buttons.content_text.as_deref(), buttons.footer_text.as_deref()]
    } else if let Some(list) = base.list_message.as_option() {
        [list.title.as_deref(), list.description.as_deref()]
    } else if let Some(template) = base.template_message.as_option() {
        let filled = template.hydrated_template.as_option()?;
        [filled.hydrated_content_text.as_deref(), filled.hydrated_footer_text.as_deref()]
    } else if let Some(interactive) = base.interactive_message.as_option() {
        [interactive.body.as_option()?.text.as_deref(), None]
    } else if let Some(invite) = base.group_invite_message.as_option() {
        [invite.group_name.as_deref(), invite.caption.as_deref()]
    } else if let Some(order) = base.order_message.as_option() {
        [order.order_title.as_deref(), order.message.as_deref()]
    } else if let Some(product) = base.product_message.as_option() {
        [product.product.as_option()?.title.as_deref(), product.body.as_deref()]
    } else if let Some(event) = base.event_message.as_option() {
        [event.name.as_deref(), event.description.as_deref()]
    } else {
        return None;
    };
    Some(in_lines(lines.into_iter().flatten()))
}

#[cfg(test)]
mod tests {
    use model::MessageKind;
    use whatsapp_rust::prelude::{MessageField, wa};
    use whatsapp_rust::waproto::whatsapp::message::{
        ListResponseMessage, TemplateMessage, template_message::HydratedFourRowTemplate,
    };

    use crate::testing::read;

    #[test]
    fn a_chosen_option_is_text_and_an_offer_has_its_text() {
        let chosen = ListResponseMessage { title: Some("Retirada".into()), ..Default::default() };
        let chosen = MessageField::some(chosen);
        let chosen = wa::Message { list_response_message: chosen, ..Default::default() };
        assert_eq!(read(&chosen), (MessageKind::Text, "Retirada".into()));

        let filled = HydratedFourRowTemplate {
            hydrated_content_text: Some("Seu boleto vence hoje".into()),
            ..Default::default()
        };
        let template =
            TemplateMessage { hydrated_template: MessageField::some(filled), ..Default::default() };
        let template =
            wa::Message { template_message: MessageField::some(template), ..Default::default() };
        assert_eq!(read(&template), (MessageKind::Unsupported, "Seu boleto vence hoje".into()));
    }
}
