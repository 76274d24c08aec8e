//! Messages of businesses: their offers, and what a customer chose.

use model::content::{Offer, Price};
use whatsapp_rust::prelude::{MessageExt as _, wa};
use whatsapp_rust::waproto::whatsapp::hydrated_template_button::HydratedButton;
use whatsapp_rust::waproto::whatsapp::message::buttons_message::Header;
use whatsapp_rust::waproto::whatsapp::message::buttons_response_message::Response;
use whatsapp_rust::waproto::whatsapp::message::template_message::hydrated_four_row_template::Title;
use whatsapp_rust::waproto::whatsapp::message::template_message::{
    Format, HydratedFourRowTemplate,
};
use whatsapp_rust::waproto::whatsapp::message::{
    ButtonsMessage, InteractiveMessage, ListMessage, TemplateMessage,
};

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

/// Returns what a business offers, or its customer orders; `None` for any other message, and for one of
/// which this version shows no word.
pub(super) fn offer(base: &wa::Message) -> Option<Offer> {
    let offer = if let Some(buttons) = base.buttons_message.as_option() {
        of_buttons(buttons)
    } else if let Some(list) = base.list_message.as_option() {
        of_list(list)
    } else if let Some(template) = base.template_message.as_option() {
        of_template(template)?
    } else if let Some(interactive) = base.interactive_message.as_option() {
        of_interactive(interactive)
    } else if let Some(order) = base.order_message.as_option() {
        Offer {
            title: words(&order.order_title),
            text: words(&order.message),
            price: price(order.total_amount1000, &order.total_currency_code),
            items: order.item_count.and_then(|count| u32::try_from(count).ok()).unwrap_or(0),
            ..Offer::default()
        }
    } else if let Some(offered) = base.product_message.as_option() {
        let product = offered.product.as_option()?;
        let reduced = product.sale_price_amount1000.filter(|amount| *amount > 0);
        Offer {
            title: words(&product.title),
            text: in_lines([&product.description, &offered.body]),
            price: price(reduced.or(product.price_amount1000), &product.currency_code),
            footer: words(&offered.footer),
            ..Offer::default()
        }
    } else if let Some(payment) = base.request_payment_message.as_option() {
        let amount = payment.amount1000.and_then(|amount| i64::try_from(amount).ok());
        Offer {
            text: note(&payment.note_message),
            price: price(amount, &payment.currency_code_iso4217),
            ..Offer::default()
        }
    } else if let Some(payment) = base.send_payment_message.as_option() {
        Offer { text: note(&payment.note_message), ..Offer::default() }
    } else {
        return None;
    };
    let says_something = !offer.words().trim().is_empty();
    says_something.then_some(offer)
}

fn of_buttons(buttons: &ButtonsMessage) -> Offer {
    let title = match &buttons.header {
        Some(Header::Text(title)) => title.clone(),
        _ => String::new(),
    };
    let choices = buttons.buttons.iter().map(|button| words(&button.button_text.display_text));
    Offer {
        title,
        text: words(&buttons.content_text),
        choices: choices.collect(),
        footer: words(&buttons.footer_text),
        ..Offer::default()
    }
}

fn of_list(list: &ListMessage) -> Offer {
    let rows = list.sections.iter().flat_map(|section| &section.rows);
    let choices = rows.map(|row| match &row.description {
        Some(about) if !about.trim().is_empty() => format!("{}: {about}", words(&row.title)),
        _ => words(&row.title),
    });
    Offer {
        title: words(&list.title),
        text: words(&list.description),
        choices: choices.collect(),
        footer: words(&list.footer_text),
        ..Offer::default()
    }
}

/// Reads a template with its values filled in. Newer phones fill in one field, and older ones another.
fn of_template(template: &TemplateMessage) -> Option<Offer> {
    let filled: &HydratedFourRowTemplate =
        match (template.hydrated_template.as_option(), &template.format) {
            (Some(filled), _) => filled,
            (None, Some(Format::HydratedFourRowTemplate(filled))) => filled,
            (None, Some(Format::InteractiveMessageTemplate(interactive))) => {
                return Some(of_interactive(interactive));
            }
            _ => return None,
        };
    let title = match &filled.title {
        Some(Title::HydratedTitleText(title)) => title.clone(),
        _ => String::new(),
    };
    let choices = filled.hydrated_buttons.iter().filter_map(|button| {
        Some(match button.hydrated_button.as_ref()? {
            HydratedButton::QuickReplyButton(button) => words(&button.display_text),
            HydratedButton::UrlButton(button) => named(&button.display_text, &button.url),
            HydratedButton::CallButton(button) => named(&button.display_text, &button.phone_number),
        })
    });
    Some(Offer {
        title,
        text: words(&filled.hydrated_content_text),
        choices: choices.collect(),
        footer: words(&filled.hydrated_footer_text),
        ..Offer::default()
    })
}

fn of_interactive(interactive: &InteractiveMessage) -> Offer {
    Offer {
        title: words(&interactive.header.title),
        text: in_lines([&interactive.header.subtitle, &interactive.body.text]),
        footer: words(&interactive.footer.text),
        ..Offer::default()
    }
}

/// Returns the text of an invitation to a group or an event, of which this version shows nothing else.
pub(super) fn invitation(base: &wa::Message) -> Option<String> {
    let lines = if let Some(invite) = base.group_invite_message.as_option() {
        [&invite.group_name, &invite.caption]
    } else if let Some(event) = base.event_message.as_option() {
        [&event.name, &event.description]
    } else {
        return None;
    };
    Some(in_lines(lines))
}

fn in_lines(fields: [&Option<String>; 2]) -> String {
    let lines = fields.into_iter().flatten().filter(|line| !line.trim().is_empty());
    lines.map(String::as_str).collect::<Vec<_>>().join("\n")
}

fn words(field: &Option<String>) -> String {
    field.clone().unwrap_or_default()
}

/// Returns the words of a button, and where it leads.
fn named(name: &Option<String>, target: &Option<String>) -> String {
    match target {
        Some(target) if !target.trim().is_empty() => format!("{}: {target}", words(name)),
        _ => words(name),
    }
}

fn price(amount_1000: Option<i64>, currency: &Option<String>) -> Option<Price> {
    Some(Price { amount_1000: amount_1000?, currency: words(currency) })
}

/// Returns the text that comes with a payment.
fn note(message: &wa::Message) -> String {
    message.text_content().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use model::{MessageContent, MessageKind};
    use whatsapp_rust::prelude::MessageField;
    use whatsapp_rust::waproto::whatsapp::message::{
        ListResponseMessage, OrderMessage,
        list_message::{Row, Section},
    };

    use super::*;
    use crate::content::of;
    use crate::testing::read;

    fn offer_of(message: &wa::Message) -> Offer {
        let content = of(message).unwrap();
        assert!(content.raw_message.is_some(), "a later version may show more");
        let MessageContent::Offer(offer) = content.content else { panic!("{content:?}") };
        offer
    }

    #[test]
    fn a_chosen_option_is_text() {
        let chosen = ListResponseMessage { title: Some("Retirada".into()), ..Default::default() };
        let chosen = MessageField::some(chosen);
        let chosen = wa::Message { list_response_message: chosen, ..Default::default() };
        assert_eq!(read(&chosen), (MessageKind::Text, "Retirada".into()));
    }

    #[test]
    fn a_template_has_its_words_in_either_field() {
        let filled = HydratedFourRowTemplate {
            title: Some(Title::HydratedTitleText("Boleto".into())),
            hydrated_content_text: Some("Vence hoje".into()),
            hydrated_footer_text: Some("Loja".into()),
            ..Default::default()
        };
        let newer = TemplateMessage {
            hydrated_template: MessageField::some(filled.clone()),
            ..Default::default()
        };
        let format = Some(Format::HydratedFourRowTemplate(Box::new(filled)));
        let older = TemplateMessage { format, ..Default::default() };
        for template in [newer, older] {
            let template = MessageField::some(template);
            let template = wa::Message { template_message: template, ..Default::default() };
            let offer = offer_of(&template);
            assert_eq!(
                (&*offer.title, &*offer.text, &*offer.footer),
                ("Boleto", "Vence hoje", "Loja")
            );
            assert_eq!(read(&template), (MessageKind::Text, "Boleto\nVence hoje\nLoja".into()));
        }
        let nothing = TemplateMessage { template_id: Some("7".into()), ..Default::default() };
        let nothing = MessageField::some(nothing);
        let nothing = wa::Message { template_message: nothing, ..Default::default() };
        assert_eq!(read(&nothing), (MessageKind::Unsupported, String::new()));
    }

    #[test]
    fn an_order_has_its_total_and_a_list_its_rows() {
        let order = OrderMessage {
            order_title: Some("Pedido".into()),
            item_count: Some(2),
            total_amount1000: Some(59_900),
            total_currency_code: Some("BRL".into()),
            ..Default::default()
        };
        let order = wa::Message { order_message: MessageField::some(order), ..Default::default() };
        assert_eq!(read(&order), (MessageKind::Text, "Pedido\n2 × · R$ 59,90".into()));

        let row = |title: &str, about: Option<&str>| Row {
            title: Some(title.into()),
            description: about.map(Into::into),
            ..Default::default()
        };
        let rows = vec![row("Retirada", None), row("Entrega", Some("R$ 10"))];
        let section = Section { rows, ..Default::default() };
        let list = ListMessage { sections: vec![section], ..Default::default() };
        let list = wa::Message { list_message: MessageField::some(list), ..Default::default() };
        assert_eq!(offer_of(&list).choices, ["Retirada", "Entrega: R$ 10"]);
    }
}
