//! The visible content of a message.

use model::MessageKind;
use whatsapp_rust::buffa::Message as _;
use whatsapp_rust::prelude::{MessageExt as _, wa};
use whatsapp_rust::waproto::whatsapp::message::buttons_response_message::Response;

/// The content that is shown of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Content {
    pub(crate) kind: MessageKind,
    /// Text or caption, or a description in words for other kinds.
    pub(crate) text: String,
    /// The message as it was received, in protobuf, unless kind, text and file are all of it.
    pub(crate) raw_message: Option<Vec<u8>>,
}

/// Reads the content of a message; `None` if there is nothing to show.
pub(crate) fn of(message: &wa::Message) -> Option<Content> {
    let base = base(message);
    let (kind, text) = kind_and_text(base)?;
    // View-once messages are not kept.
    let is_complete = is_complete(kind, base) || message.is_view_once();
    Some(Content { kind, text, raw_message: (!is_complete).then(|| without_keys(message)) })
}

/// Returns the innermost message, which has the content. The library removes only some of the
/// wrappers.
pub(crate) fn base(message: &wa::Message) -> &wa::Message {
    let mut base = message.get_base_message();
    loop {
        let wrappers = [
            &base.associated_child_message,
            &base.bot_forwarded_message,
            &base.bot_invoke_message,
            &base.group_mentioned_message,
            &base.poll_creation_message_v4,
            &base.question_message,
            &base.question_reply_message,
            &base.spoiler_message,
        ];
        let inner = wrappers.into_iter().find_map(|one| one.as_option()?.message.as_option());
        match inner {
            Some(inner) => base = inner.get_base_message(),
            None => return base,
        }
    }
}

fn kind_and_text(base: &wa::Message) -> Option<(MessageKind, String)> {
    let text = base.text_content().or_else(|| choice(base));
    if let Some(text) = text.filter(|text| !text.is_empty()) {
        return Some((MessageKind::Text, text.to_owned()));
    }
    let caption = || base.get_caption().unwrap_or_default().to_owned();
    Some(if base.image_message.is_set() {
        (MessageKind::Image, caption())
    } else if base.video_message.is_set() || base.ptv_message.is_set() {
        (MessageKind::Video, caption())
    } else if base.audio_message.is_set() {
        (MessageKind::Audio, String::new())
    } else if base.document_message.is_set() {
        (MessageKind::Document, caption())
    } else if base.sticker_message.is_set() || base.lottie_sticker_message.is_set() {
        (MessageKind::Sticker, String::new())
    } else if let Some(place) = place(base) {
        (MessageKind::Location, place)
    } else if let Some(contacts) = contacts(base) {
        (MessageKind::Contact, contacts)
    } else if let Some(poll) = poll(base) {
        (MessageKind::Poll, poll)
    } else if is_silent(base) {
        return None;
    } else {
        (MessageKind::Unsupported, offer(base).unwrap_or_default())
    })
}

/// Returns the chosen option of the buttons or the list of a business.
fn choice(base: &wa::Message) -> Option<&str> {
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
fn offer(base: &wa::Message) -> Option<String> {
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

/// Describes a place: its name, its address and a link to a map.
fn place(base: &wa::Message) -> Option<String> {
    let (latitude, longitude, named) = if let Some(place) = base.location_message.as_option() {
        let named = [place.name.as_deref(), place.address.as_deref(), place.comment.as_deref()];
        (place.degrees_latitude, place.degrees_longitude, named)
    } else {
        let place = base.live_location_message.as_option()?;
        (place.degrees_latitude, place.degrees_longitude, [place.caption.as_deref(), None, None])
    };
    let at = latitude.zip(longitude);
    let map = at.map(|(latitude, longitude)| {
        format!("https://maps.google.com/?q={latitude:.6},{longitude:.6}")
    });
    Some(in_lines(named.into_iter().flatten().chain(map.as_deref())))
}

/// Lists shared contacts: the name and the phone numbers of each.
fn contacts(base: &wa::Message) -> Option<String> {
    let cards = match base.contacts_array_message.as_option() {
        Some(several) => several.contacts.as_slice(),
        None => std::slice::from_ref(base.contact_message.as_option()?),
    };
    let lines = cards.iter().flat_map(|card| {
        let numbers = card.vcard.as_deref().unwrap_or_default().lines().filter_map(telephone);
        card.display_name.as_deref().into_iter().chain(numbers)
    });
    Some(in_lines(lines))
}

/// Returns the phone number in a line of a vCard (RFC 6350): `TEL;type=CELL;waid=5561…:+55 61 …`,
/// possibly in a group: `item1.TEL…`.
fn telephone(line: &str) -> Option<&str> {
    let (name, value) = line.split_once(':')?;
    let property = name.split(';').next()?;
    let property = property.rsplit('.').next()?;
    property.eq_ignore_ascii_case("TEL").then_some(value.trim())
}

/// Describes a poll: its question and its options.
fn poll(base: &wa::Message) -> Option<String> {
    let versions = [
        &base.poll_creation_message,
        &base.poll_creation_message_v2,
        &base.poll_creation_message_v3,
        &base.poll_creation_message_v5,
        &base.poll_creation_message_v6,
    ];
    let poll = versions.into_iter().find_map(|version| version.as_option())?;
    let options = poll.options.iter().filter_map(|option| option.option_name.as_deref());
    let options: Vec<String> = options.map(|option| format!("• {option}")).collect();
    Some(in_lines(poll.name.as_deref().into_iter().chain(options.iter().map(String::as_str))))
}

fn in_lines<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    lines.filter(|line| !line.trim().is_empty()).collect::<Vec<_>>().join("\n")
}

/// Returns true for messages that carry keys or settings, announce others, or change others in ways
/// that are not shown. They get no bubble.
fn is_silent(base: &wa::Message) -> bool {
    // Settings, requests between devices, and changes of messages.
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

/// Returns true if kind, text and file are all of a message.
fn is_complete(kind: MessageKind, base: &wa::Message) -> bool {
    match kind {
        MessageKind::Text => {
            base.conversation.is_some() || (base.extended_text_message.is_set() && !is_reply(base))
        }
        MessageKind::Image
        | MessageKind::Video
        | MessageKind::Audio
        | MessageKind::Document
        | MessageKind::Sticker => base.lottie_sticker_message.is_unset() && !is_reply(base),
        _ => false,
    }
}

/// Returns true if the message replies to another one.
fn is_reply(base: &wa::Message) -> bool {
    let contexts = [
        base.extended_text_message.as_option().map(|it| &it.context_info),
        base.image_message.as_option().map(|it| &it.context_info),
        base.video_message.as_option().map(|it| &it.context_info),
        base.ptv_message.as_option().map(|it| &it.context_info),
        base.audio_message.as_option().map(|it| &it.context_info),
        base.document_message.as_option().map(|it| &it.context_info),
        base.sticker_message.as_option().map(|it| &it.context_info),
    ];
    let mut contexts = contexts.into_iter().flatten().filter_map(|context| context.as_option());
    contexts.any(|context| context.stanza_id.is_some())
}

/// Encodes a message without the group keys that may come with it.
fn without_keys(message: &wa::Message) -> Vec<u8> {
    let mut message = message.clone();
    drop_keys(&mut message);
    message.encode_to_vec()
}

fn drop_keys(message: &mut wa::Message) {
    message.sender_key_distribution_message = Default::default();
    message.fast_ratchet_key_sender_key_distribution_message = Default::default();
}

#[cfg(test)]
mod tests {
    use whatsapp_rust::prelude::MessageField;
    use whatsapp_rust::waproto::whatsapp::message::{
        AlbumMessage, ContactMessage, ContactsArrayMessage, ExtendedTextMessage,
        FutureProofMessage, ImageMessage, InvoiceMessage, ListResponseMessage, LocationMessage,
        PollCreationMessage, ProtocolMessage, SecretEncryptedMessage, SenderKeyDistributionMessage,
        TemplateMessage, poll_creation_message::Option as PollOption, protocol_message::Type,
        template_message::HydratedFourRowTemplate,
    };

    use super::*;
    use crate::testing::text;

    fn image(caption: &str) -> wa::Message {
        let image = ImageMessage { caption: Some(caption.into()), ..Default::default() };
        wa::Message { image_message: MessageField::some(image), ..Default::default() }
    }

    fn read(message: &wa::Message) -> (MessageKind, String) {
        let content = of(message).expect("something to show");
        (content.kind, content.text)
    }

    #[test]
    fn kinds_and_texts() {
        assert_eq!(read(&text("oi")), (MessageKind::Text, "oi".into()));
        assert_eq!(read(&image("esse aqui")), (MessageKind::Image, "esse aqui".into()));
        let inside = FutureProofMessage { message: MessageField::some(image("em alta")) };
        let hd = MessageField::some(inside);
        let hd = wa::Message { associated_child_message: hd, ..Default::default() };
        assert_eq!(read(&hd), (MessageKind::Image, "em alta".into()));
    }

    #[test]
    fn a_place_has_its_name_and_a_map() {
        let place = LocationMessage {
            degrees_latitude: Some(-15.794_2),
            degrees_longitude: Some(-47.882_5),
            name: Some("Loja Pirata".into()),
            ..Default::default()
        };
        let place =
            wa::Message { location_message: MessageField::some(place), ..Default::default() };
        let words = "Loja Pirata\nhttps://maps.google.com/?q=-15.794200,-47.882500";
        assert_eq!(read(&place), (MessageKind::Location, words.into()));
    }

    #[test]
    fn contacts_have_their_numbers() {
        let card = |name: &str, vcard: &str| ContactMessage {
            display_name: Some(name.into()),
            vcard: Some(vcard.into()),
            ..Default::default()
        };
        let several = ContactsArrayMessage {
            contacts: vec![
                card(
                    "Rui Sá",
                    "FN:Rui\nTEL;type=CELL;waid=556199990000:+55 61 9999-0000\nEND:VCARD",
                ),
                card("Eva", "item1.TEL:+55 11 91234-5678\r\nitem1.X-ABLabel:Celular"),
            ],
            ..Default::default()
        };
        let several = MessageField::some(several);
        let several = wa::Message { contacts_array_message: several, ..Default::default() };
        let words = "Rui Sá\n+55 61 9999-0000\nEva\n+55 11 91234-5678";
        assert_eq!(read(&several), (MessageKind::Contact, words.into()));
    }

    #[test]
    fn a_poll_of_any_version_has_its_options() {
        let option =
            |name: &str| PollOption { option_name: Some(name.into()), ..Default::default() };
        let poll = PollCreationMessage {
            name: Some("Que dia?".into()),
            options: vec![option("Segunda"), option("Terça")],
            ..Default::default()
        };
        let poll = MessageField::some(poll);
        let expected = (MessageKind::Poll, "Que dia?\n• Segunda\n• Terça".to_owned());
        let first = wa::Message { poll_creation_message: poll.clone(), ..Default::default() };
        let third = wa::Message { poll_creation_message_v3: poll, ..Default::default() };
        assert_eq!([read(&first), read(&third)], [expected.clone(), expected]);
    }

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

    #[test]
    fn a_message_that_is_not_shown_whole_is_kept_without_keys() {
        assert_eq!(of(&text("oi")).unwrap().raw_message, None);
        assert_eq!(of(&image("esse aqui")).unwrap().raw_message, None);

        let mut answer = text("");
        answer.conversation = None;
        let context = wa::ContextInfo { stanza_id: Some("3EB0".into()), ..Default::default() };
        answer.extended_text_message = MessageField::some(ExtendedTextMessage {
            text: Some("esse".into()),
            context_info: MessageField::some(context),
            ..Default::default()
        });
        let mut invoice = wa::Message::default();
        let note = InvoiceMessage { note: Some("nota".into()), ..Default::default() };
        invoice.invoice_message = MessageField::some(note);
        for message in [answer, invoice] {
            let mut with_keys = message.clone();
            with_keys.sender_key_distribution_message =
                MessageField::some(SenderKeyDistributionMessage::default());
            let raw_message = of(&with_keys).unwrap().raw_message.unwrap();
            assert_eq!(wa::Message::decode_from_slice(&raw_message).unwrap(), message);
        }
    }

    #[test]
    fn silent_messages_are_left_out() {
        assert_eq!(of(&wa::Message::default()), None);
        let timer = ProtocolMessage { r#type: Some(Type::EPHEMERAL_SETTING), ..Default::default() };
        let timer = MessageField::some(timer);
        assert_eq!(of(&wa::Message { protocol_message: timer, ..Default::default() }), None);
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
