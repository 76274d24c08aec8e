//! Property tests with hostile messages: each becomes rows or none, and none causes a panic.

use std::sync::Arc;

use ::hostile::{bytes, cases, mutated, protobuf, text, word};
use proptest::prelude::*;
use whatsapp_rust::buffa::Message as _;
use whatsapp_rust::prelude::{InboundMessage, Jid, MessageField, MessageInfo, wa};
use whatsapp_rust::types::message::MessageSource;
use whatsapp_rust::waproto::codec::message_decode;

use crate::origin::OwnPhone;
use crate::{content, inbound, media, pairing};

/// Messages of every kind that is read, to be mutated.
fn samples() -> Vec<Vec<u8>> {
    let text = |text: &str| Some(text.to_owned());
    let bytes = |seed: u8| Some(vec![seed; 32]);
    let context = wa::ContextInfo {
        stanza_id: text("3EB0"),
        participant: text("900000000000001@lid"),
        quoted_message: MessageField::some(crate::testing::image("azul")),
        is_forwarded: Some(true),
        forwarding_score: Some(127),
        ..Default::default()
    };
    let extended = wa::message::ExtendedTextMessage {
        text: text("veja *isto* https://a.b/c"),
        matched_text: text("https://a.b/c"),
        title: text("Loja"),
        description: text("Camisetas"),
        jpeg_thumbnail: Some(vec![255, 216, 255]),
        context_info: MessageField::some(context),
        ..Default::default()
    };
    let image = wa::message::ImageMessage {
        mimetype: text("image/jpeg"),
        caption: text("olha"),
        direct_path: text("/v/t62.7118-24/x?ccb=1&oh=2"),
        media_key: bytes(1),
        file_sha256: bytes(2),
        file_enc_sha256: bytes(3),
        file_length: Some(9),
        width: Some(4),
        height: Some(3),
        jpeg_thumbnail: Some(vec![255, 216, 255]),
        ..Default::default()
    };
    let document = wa::message::DocumentMessage {
        mimetype: text("application/pdf"),
        title: text("contrato"),
        file_name: text("contrato.pdf"),
        direct_path: text("/v/t62/y"),
        media_key: bytes(1),
        file_sha256: bytes(2),
        file_enc_sha256: bytes(3),
        ..Default::default()
    };
    let contact = wa::message::ContactMessage {
        display_name: text("Ana"),
        vcard: text(
            "BEGIN:VCARD\nVERSION:3.0\nFN:Ana\nTEL;type=CELL;waid=5561998124471:+55 61\nEND:VCARD",
        ),
        ..Default::default()
    };
    let place = wa::message::LocationMessage {
        degrees_latitude: Some(-15.79),
        degrees_longitude: Some(-47.88),
        name: text("Loja"),
        address: text("SQN 1"),
        ..Default::default()
    };
    let live = wa::message::LiveLocationMessage {
        degrees_latitude: Some(-15.79),
        degrees_longitude: Some(-47.88),
        caption: text("chegando"),
        ..Default::default()
    };
    let option = |name: &str| wa::message::poll_creation_message::Option {
        option_name: text(name),
        ..Default::default()
    };
    let poll = wa::message::PollCreationMessage {
        name: text("Que dia?"),
        options: vec![option("Segunda"), option("Terça")],
        selectable_options_count: Some(1),
        ..Default::default()
    };
    let several = wa::message::ContactsArrayMessage {
        contacts: vec![contact.clone(); 2],
        ..Default::default()
    };
    let timer = wa::message::ProtocolMessage {
        r#type: Some(wa::message::protocol_message::Type::EPHEMERAL_SETTING),
        ephemeral_expiration: Some(604_800),
        ..Default::default()
    };
    let event = wa::message::EventMessage { name: text("Festa"), ..Default::default() };
    let key = wa::MessageKey { id: text("3EB0"), ..Default::default() };
    let reaction = wa::message::ReactionMessage {
        key: MessageField::some(key.clone()),
        text: text("👍"),
        ..Default::default()
    };
    let edit = wa::message::ProtocolMessage {
        key: MessageField::some(key),
        r#type: Some(wa::message::protocol_message::Type::MESSAGE_EDIT),
        edited_message: MessageField::some(wa::Message {
            conversation: text("corrigida"),
            ..Default::default()
        }),
        ..Default::default()
    };
    let empty = wa::Message::default;
    [
        wa::Message { conversation: text("oi"), ..empty() },
        wa::Message { extended_text_message: MessageField::some(extended), ..empty() },
        wa::Message { image_message: MessageField::some(image), ..empty() },
        wa::Message { document_message: MessageField::some(document), ..empty() },
        wa::Message { contact_message: MessageField::some(contact), ..empty() },
        wa::Message { location_message: MessageField::some(place), ..empty() },
        wa::Message { live_location_message: MessageField::some(live), ..empty() },
        wa::Message { poll_creation_message_v3: MessageField::some(poll), ..empty() },
        wa::Message { contacts_array_message: MessageField::some(several), ..empty() },
        wa::Message { event_message: MessageField::some(event), ..empty() },
        wa::Message { reaction_message: MessageField::some(reaction), ..empty() },
        wa::Message { protocol_message: MessageField::some(edit), ..empty() },
        wa::Message { protocol_message: MessageField::some(timer), ..empty() },
    ]
    .map(|message| message.encode_to_vec())
    .into()
}

/// Reads a message as a received one is read.
fn read(message: wa::Message, info: MessageInfo) {
    let own_phone = OwnPhone {
        pn: "5561990000000:3@s.whatsapp.net".parse().ok(),
        lid: "900000000000001:3@lid".parse().ok(),
    };
    if let Some(mut content) = content::of(&message) {
        assert!(!content.content.shorten(), "it is within its bounds");
        assert!(content.content.words().chars().count() <= model::bounds::WORDS);
    }
    media::of(&message);
    media::of_link(&message);
    let one = InboundMessage::builder().message(Arc::new(message)).info(Arc::new(info)).build();
    inbound::rows(&[one], &own_phone);
}

fn somebody() -> impl Strategy<Value = Option<Jid>> {
    let server = proptest::sample::select(
        &["s.whatsapp.net", "lid", "g.us", "broadcast", "hosted", "newsletter", "bot", "c.us", ""]
            [..],
    );
    let user = prop_oneof![word(), "[0-9]{0,20}".boxed(), Just("status".to_owned())];
    (user, server).prop_map(|(user, server)| format!("{user}@{server}").parse().ok())
}

/// Strategy for the addresses and the id of a message.
fn envelope() -> impl Strategy<Value = MessageInfo> {
    let addresses = (somebody(), somebody(), somebody(), somebody());
    (addresses, any::<(bool, bool)>(), text(), any::<Option<i64>>()).prop_map(
        |((chat, sender, sender_alt, recipient_alt), (is_from_me, is_group), words, at)| {
            let source = MessageSource {
                chat: chat.unwrap_or_default(),
                sender: sender.unwrap_or_default(),
                sender_alt,
                recipient_alt: recipient_alt.clone(),
                is_from_me,
                is_group,
                ..Default::default()
            };
            MessageInfo {
                source,
                id: words.clone(),
                push_name: words,
                server_timestamp_us: at,
                peer_recipient_pn: recipient_alt,
                ..Default::default()
            }
        },
    )
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn any_bytes_are_a_message_or_none(bytes in prop_oneof![bytes(400).boxed(), protobuf().boxed()]) {
        if let Ok(message) = message_decode(&bytes) {
            read(message, MessageInfo::default());
        }
    }

    #[test]
    fn any_changed_message_is_read(bytes in mutated(samples()), info in envelope()) {
        if let Ok(message) = message_decode(&bytes) {
            read(message, info);
        }
    }

    #[test]
    fn any_words_in_any_field_are_read(
        words in text(),
        other in word(),
        degrees in (any::<f64>(), any::<f64>()),
        info in envelope(),
    ) {
        let contact = wa::message::ContactMessage {
            display_name: Some(other.clone()),
            vcard: Some(words.clone()),
            ..Default::default()
        };
        let place = wa::message::LocationMessage {
            degrees_latitude: Some(degrees.0),
            degrees_longitude: Some(degrees.1),
            name: Some(other.clone()),
            address: Some(words.clone()),
            url: Some(other.clone()),
            ..Default::default()
        };
        let option = wa::message::poll_creation_message::Option {
            option_name: Some(words.clone()),
            ..Default::default()
        };
        let poll = wa::message::PollCreationMessage {
            name: Some(words.clone()),
            options: vec![option; 60],
            ..Default::default()
        };
        let image = wa::message::ImageMessage {
            mimetype: Some(other.clone()),
            caption: Some(words.clone()),
            direct_path: Some(other.clone()),
            media_key: Some(other.clone().into_bytes()),
            file_sha256: Some(words.clone().into_bytes()),
            file_enc_sha256: Some(words.clone().into_bytes()),
            ..Default::default()
        };
        let document = wa::message::DocumentMessage {
            mimetype: Some(other.clone()),
            file_name: Some(words.clone()),
            direct_path: Some(words.clone()),
            media_key: Some(vec![1; 32]),
            file_sha256: Some(vec![2; 32]),
            file_enc_sha256: Some(vec![3; 32]),
            ..Default::default()
        };
        let reaction = wa::message::ReactionMessage {
            key: MessageField::some(wa::MessageKey { id: Some(other), ..Default::default() }),
            text: Some(words.clone()),
            ..Default::default()
        };
        let empty = wa::Message::default;
        for message in [
            wa::Message { conversation: Some(words), ..empty() },
            wa::Message { contact_message: MessageField::some(contact), ..empty() },
            wa::Message { location_message: MessageField::some(place), ..empty() },
            wa::Message { poll_creation_message: MessageField::some(poll), ..empty() },
            wa::Message { image_message: MessageField::some(image), ..empty() },
            wa::Message { document_message: MessageField::some(document), ..empty() },
            wa::Message { reaction_message: MessageField::some(reaction), ..empty() },
        ] {
            read(message, info.clone());
        }
    }

    #[test]
    fn any_text_is_drawn_as_a_qr_or_refused(text in text()) {
        if let Ok(svg) = pairing::draw(&text) {
            prop_assert!(svg.starts_with("<svg"));
        }
    }
}
