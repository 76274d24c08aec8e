//! Every kind of message that a phone sends, as a client receives it.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use emulator::Emulator;
use serde_json::{Value, json};
use whatsapp_rust::prelude::*;

use crate::client::{TestClient, emulator};
use crate::control_api::call;

/// A customer's phone that writes to a client.
struct Customer<'a> {
    emulator: &'a Emulator,
    number: String,
    /// The number of the client.
    to: String,
}

impl Customer<'_> {
    /// Sends a body over HTTP. Returns the id of the message.
    async fn sends(&self, mut body: Value) -> String {
        body["to"] = json!(self.to);
        let path = format!("/phones/{}/messages", self.number);
        let (status, answer) = call(self.emulator, "POST", &path, body).await;
        assert_eq!(status, 200, "{answer}");
        answer["id"].as_str().unwrap().to_owned()
    }

    /// The last message of the chat on the phone.
    async fn last(&self) -> Value {
        let path = format!("/phones/{}/messages?with={}", self.number, self.to);
        let (_, chat) = call(self.emulator, "GET", &path, Value::Null).await;
        chat.as_array().unwrap().last().unwrap().clone()
    }
}

async fn customer<'a>(emulator: &'a Emulator, to: &str) -> Customer<'a> {
    let number = emulator.new_phone(None, None).await.unwrap().number;
    Customer { emulator, number, to: to.to_owned() }
}

/// The body for a file of this kind, with more fields.
fn file(kind: &str, mut more: Value) -> Value {
    more["kind"] = json!(kind);
    more["mime"] = json!("application/x-test");
    more["base64"] = json!(BASE64_STANDARD.encode("um arquivo"));
    json!({ "media": more })
}

#[tokio::test]
async fn a_file_of_view_once_comes_in_its_envelope() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = customer(&emulator, &me.phone).await;
    for kind in ["image", "video", "voice"] {
        let mut body = file(kind, json!({}));
        body["view_once"] = json!(true);
        customer.sends(body).await;
        let message = client.message().await.message;
        assert!(message.is_view_once(), "{kind}");
        let in_extension = message.view_once_message_v2_extension.is_set();
        assert_eq!(
            (in_extension, message.view_once_message_v2.is_set()),
            (kind == "voice", kind != "voice")
        );
        let last = customer.last().await;
        assert_eq!((&last["view_once"], &last["size"]), (&json!(true), &json!(10)));
    }
}

#[tokio::test]
async fn a_text_carries_the_preview_of_its_link_until_it_is_edited() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = customer(&emulator, &me.phone).await;
    let preview = json!({
        "url": "https://loja.example", "title": "Loja", "description": "Camisetas",
        "thumbnail_base64": "/9j/",
    });
    let text = "Vi em https://loja.example";
    let id = customer.sends(json!({ "text": text, "link_preview": preview })).await;
    let message = client.message().await.message;
    let linked = message.extended_text_message.as_option().unwrap();
    let words = [&linked.text, &linked.matched_text, &linked.title, &linked.description];
    let expected = [text, "https://loja.example", "Loja", "Camisetas"];
    assert_eq!(words.map(|field| field.as_deref().unwrap()), expected);
    assert_eq!(linked.jpeg_thumbnail.as_deref(), Some([255, 216, 255].as_slice()));
    let last = customer.last().await;
    assert_eq!((&last["kind"], &last["link_preview"]), (&json!("text"), &preview));
    customer.sends(json!({ "edit": { "id": id, "text": "Vi na loja" } })).await;
    assert_eq!(customer.last().await["link_preview"], Value::Null);
}

#[tokio::test]
async fn files_carry_what_their_kind_has() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = customer(&emulator, &me.phone).await;

    let waveform: Vec<u8> = (0..64).collect();
    let more = json!({ "seconds": 7, "waveform": BASE64_STANDARD.encode(&waveform) });
    customer.sends(file("voice", more)).await;
    let got = client.message().await.message;
    let voice = got.audio_message.as_option().unwrap();
    assert_eq!((voice.ptt, voice.seconds), (Some(true), Some(7)));
    assert_eq!(voice.waveform.as_deref(), Some(waveform.as_slice()));
    assert_eq!(customer.last().await["media"]["waveform"], BASE64_STANDARD.encode(&waveform));

    customer.sends(file("video", json!({ "gif_playback": true }))).await;
    let got = client.message().await.message;
    assert_eq!(got.video_message.as_option().unwrap().gif_playback, Some(true));

    let sticker = json!({ "base64": "UklGRg==", "animated": true });
    customer.sends(json!({ "sticker": sticker })).await;
    let got = client.message().await.message;
    let sticker = got.sticker_message.as_option().unwrap();
    assert_eq!(
        (sticker.is_animated, sticker.mimetype.as_deref()),
        (Some(true), Some("image/webp"))
    );
}

#[tokio::test]
async fn a_live_location_starts_moves_and_ends() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = customer(&emulator, &me.phone).await;
    for sequence in 1..=2 {
        let place =
            json!({ "latitude": -15.5, "longitude": f64::from(sequence), "sequence": sequence });
        customer.sends(json!({ "live_location": place })).await;
        let got = client.message().await.message;
        let live = got.live_location_message.as_option().unwrap();
        assert_eq!(live.sequence_number, Some(i64::from(sequence)));
        assert_eq!(live.degrees_longitude, Some(f64::from(sequence)));
    }
    let place = json!({ "latitude": -15.5, "longitude": 3.0, "ended": true });
    customer.sends(json!({ "live_location": place })).await;
    let got = client.message().await.message;
    assert_eq!(got.location_message.as_option().unwrap().is_live, Some(true));
    assert_eq!(customer.last().await["kind"], "location");
}

#[tokio::test]
async fn contacts_and_business_kinds_reach_a_client() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = customer(&emulator, &me.phone).await;
    let contacts = [("Rui", "5561999990000"), ("Eva", "5561999990009")];
    let contacts = contacts.map(|(name, number)| json!({ "name": name, "number": number }));
    let template = json!({
        "text": "Seu pedido saiu", "footer": "Loja",
        "buttons": [
            { "reply": { "id": "1", "text": "Onde está?" } },
            { "link": { "url": "https://loja.example", "text": "Acompanhar" } },
        ],
    });
    let order =
        json!({ "id": "9", "title": "Pedido", "items": 2, "total_1000": 5_000, "currency": "BRL" });
    let product = json!({ "id": "7", "title": "Bota", "price_1000": 99_900, "currency": "BRL" });
    for (name, content, kind, text) in [
        ("contacts", json!(contacts), "contact", Value::Null),
        ("button_reply", json!({ "id": "b", "text": "Sim" }), "button_reply", json!("Sim")),
        ("template_reply", json!({ "id": "b", "text": "Não" }), "button_reply", json!("Não")),
        ("list_reply", json!({ "id": "l", "title": "Pix" }), "list_reply", json!("Pix")),
        ("order", order, "order", json!("Pedido")),
        ("product", product, "product", json!("Bota")),
        ("template", template, "template", json!("Seu pedido saiu")),
    ] {
        let mut body = json!({ "kind": name });
        body[name] = content;
        let id = customer.sends(body).await;
        let received = client.message().await;
        assert_eq!(received.info.id, id, "{name}");
        let last = customer.last().await;
        assert_eq!((&last["kind"], &last["text"]), (&json!(kind), &text), "{name}");
        let message = received.message;
        let is_of_its_kind = match name {
            "contacts" => message
                .contacts_array_message
                .as_option()
                .is_some_and(|all| all.contacts.len() == 2),
            "button_reply" => message.buttons_response_message.is_set(),
            "template_reply" => message.template_button_reply_message.is_set(),
            "list_reply" => message.list_response_message.is_set(),
            "order" => message.order_message.is_set(),
            "product" => message.product_message.is_set(),
            _ => message.template_message.is_set(),
        };
        assert!(is_of_its_kind, "{name}");
    }
}

#[tokio::test]
async fn any_kind_answers_a_message_with_its_content_as_the_quote() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = customer(&emulator, &me.phone).await;
    let photo = customer.sends(file("image", json!({ "caption": "a foto" }))).await;
    client.message().await;

    let place = json!({ "latitude": 1.0, "longitude": 2.0 });
    customer.sends(json!({ "location": place, "reply_to": photo })).await;
    let got = client.message().await.message;
    let context = got.location_message.as_option().unwrap().context_info.clone();
    assert_eq!(context.stanza_id.as_ref(), Some(&photo));
    let quoted = context.quoted_message.image_message.as_option().unwrap();
    assert_eq!(quoted.caption.as_deref(), Some("a foto"));
    assert!(context.quoted_message.message_context_info.message_secret.is_none());
    assert_eq!(customer.last().await["quoted"], photo);
}

#[tokio::test]
async fn a_text_may_answer_a_status_come_from_an_ad_and_mention_people() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = customer(&emulator, &me.phone).await;
    let status = json!({ "id": "3EB0AA", "text": "Promoção" });
    let ad = json!({ "title": "Botas", "source_id": "42", "source_url": "https://fb.me/x" });
    customer
        .sends(json!({
            "text": "quero!", "reply_to_status": status, "external_ad_reply": ad,
            "mentions": [me.phone],
        }))
        .await;
    let got = client.message().await.message;
    let context = got.extended_text_message.as_option().unwrap().context_info.clone();
    assert_eq!(context.remote_jid.as_deref(), Some("status@broadcast"));
    assert_eq!(context.quoted_message.conversation.as_deref(), Some("Promoção"));
    let ad = context.external_ad_reply.as_option().unwrap();
    assert_eq!((ad.title.as_deref(), ad.source_id.as_deref()), (Some("Botas"), Some("42")));
    assert_eq!(context.mentioned_jid.len(), 1);
}
