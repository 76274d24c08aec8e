//! The HTTP API: the names, statuses and shapes that other programs rely on.

use emulator::Emulator;
use serde_json::{Value, json};

use crate::client::{TestClient, emulator, text};

/// Calls the API as an external program does. Returns status and body (`Null` if it is not JSON).
pub(crate) async fn call(
    emulator: &Emulator,
    method: &str,
    path: &str,
    body: Value,
) -> (u16, Value) {
    let url = format!("{}{path}", emulator.http_url());
    let request = ureq::http::Request::builder().method(method).uri(url);
    let request = match body {
        Value::Null => request.body(String::new()),
        Value::String(text) => request.body(text),
        json => request.header("content-type", "application/json").body(json.to_string()),
    }
    .unwrap();
    let agent: ureq::Agent =
        ureq::Agent::config_builder().http_status_as_error(false).build().into();
    tokio::task::spawn_blocking(move || {
        let mut response = agent.run(request).unwrap();
        let text = response.body_mut().read_to_string().unwrap();
        let json = serde_json::from_str(&text).unwrap_or(Value::Null);
        (response.status().as_u16(), json)
    })
    .await
    .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_is_linked_and_chats_over_http_alone() {
    let emulator = emulator().await;
    assert_eq!(call(&emulator, "GET", "/health", Value::Null).await.0, 200);

    let client = TestClient::new(&emulator).await;
    let qr = json!(client.qr().await);
    let (status, scanned) = call(&emulator, "POST", "/admin/mock-phone/scan-qr", qr).await;
    assert_eq!(status, 200);
    client.connected().await;
    let me = scanned["phone"].as_str().unwrap();
    assert_eq!(scanned["device"], 1);
    assert_eq!(scanned["jid"], format!("{me}:1@s.whatsapp.net"));

    let new = json!({ "number": "5561999990002", "name": "Bia" });
    let (status, customer) = call(&emulator, "POST", "/phones", new.clone()).await;
    assert_eq!(status, 200);
    assert_eq!(customer["jid"], "5561999990002@s.whatsapp.net");
    assert_eq!(call(&emulator, "POST", "/phones", new).await.0, 409);

    let message = json!({ "to": me, "text": "oi" });
    let path = "/phones/5561999990002/messages";
    let (status, sent) = call(&emulator, "POST", path, message).await;
    assert_eq!(status, 200);
    let received = client.message().await;
    assert_eq!(text(&received), "oi");
    assert_eq!(sent["id"], received.info.id.as_str());

    client.send(customer["jid"].as_str().unwrap(), "olá").await;
    let path = format!("{path}?with={me}&min=2&wait_ms=60000");
    let (_, chat) = call(&emulator, "GET", &path, Value::Null).await;
    assert_eq!(chat[0]["from_me"], true);
    assert_eq!(chat[1]["from"], me);
    assert_eq!(chat[1]["kind"], "text");
    assert_eq!(chat[1]["text"], "olá");
    // The count is one, or two for a device that had to request a retry.
    assert!(chat[1]["copies"].as_u64() >= Some(1), "{chat}");

    let (_, phones) = call(&emulator, "GET", "/phones", Value::Null).await;
    assert_eq!(phones.as_array().unwrap().len(), 2);
    let (_, stats) = call(&emulator, "GET", "/stats", Value::Null).await;
    // The library may attribute a fast second login to the 515 before it, and log in once more.
    assert!(stats["logins"].as_u64() >= Some(1), "{stats}");
    assert_eq!(stats["unanswered_iqs"], 0);
    assert_eq!(stats["unknown_iqs"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_exist_is_a_404() {
    let emulator = emulator().await;
    let qr = "2@x,AAAA,AAAA,AAAA";
    for (method, path, body) in [
        ("GET", "/phones/551", Value::Null),
        ("GET", "/phones/551/messages?with=552", Value::Null),
        ("POST", "/phones/551/scan", json!(qr)),
        ("POST", "/phones/551/pair-code", json!({ "code": "ABCD1234" })),
        ("DELETE", "/phones/551/devices/1", Value::Null),
    ] {
        let (status, body) = call(&emulator, method, path, body).await;
        assert_eq!(status, 404, "{method} {path}");
        assert!(body["error"].is_string(), "{method} {path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_with_a_wrong_field_is_refused_and_the_field_named() {
    let emulator = emulator().await;
    let phone = emulator.new_phone(None, None).await.unwrap().number;
    let of_phone = |route: &str| format!("/phones/{phone}/{route}");
    let messages = of_phone("messages");
    let place = json!({ "latitude": 1.5 });
    let poll = |options: usize| json!({ "name": "?", "options": vec!["sim"; options] });
    let file = |kind: &str, mut more: Value| {
        more["kind"] = json!(kind);
        more["mime"] = json!("x/y");
        more["base64"] = json!("");
        more
    };
    let (image, voice) = (|more| file("image", more), |more| file("voice", more));
    for (path, body, field) in [
        (messages.clone(), json!({ "to": phone, "kind": "location", "text": "x" }), "location"),
        (messages.clone(), json!({ "to": phone, "kind": "hologram", "text": "x" }), "kind"),
        (messages.clone(), json!({ "to": phone, "txt": "x" }), "txt"),
        (messages.clone(), json!({ "text": "x" }), "to"),
        (messages.clone(), json!({ "to": phone, "location": place }), "longitude"),
        (messages.clone(), json!({ "to": phone, "text": "x", "view_once": true }), "view_once"),
        (messages.clone(), json!({ "to": phone, "text": "x", "poll": poll(2) }), "poll"),
        (messages.clone(), json!({ "to": phone, "poll": poll(0) }), "poll.options"),
        (
            messages.clone(),
            json!({ "to": phone, "poll": poll(2), "link_preview": { "url": "x" } }),
            "link_preview",
        ),
        (
            messages.clone(),
            json!({
                "to": phone, "text": "x",
                "link_preview": { "url": "x", "thumbnail_base64": "%" },
            }),
            "thumbnail_base64",
        ),
        (
            messages.clone(),
            json!({ "to": phone, "revoke": { "id": "A" }, "reply_to": "B" }),
            "reply_to",
        ),
        (
            messages.clone(),
            json!({ "to": phone, "media": image(json!({ "gif_playback": true })) }),
            "media.gif_playback",
        ),
        (
            messages.clone(),
            json!({ "to": phone, "media": voice(json!({ "waveform": "AAAA" })) }),
            "media.waveform",
        ),
        (
            messages.clone(),
            json!({ "to": phone, "media": image(json!({ "page_count": 3 })) }),
            "media.page_count",
        ),
        (
            messages.clone(),
            json!({ "to": phone, "media": voice(json!({ "caption": "x" })) }),
            "media.caption",
        ),
        (
            messages.clone(),
            json!({ "to": phone, "kind": "audio", "media": image(json!({})) }),
            "kind",
        ),
        (
            messages.clone(),
            json!({
                "to": phone,
                "live_location": { "latitude": 1.5, "longitude": -2, "speed": 3, "ended": true },
            }),
            "live_location.speed",
        ),
        (
            messages.clone(),
            json!({ "to": phone, "disappearing_timer": 86_400, "text": "x" }),
            "disappearing_timer",
        ),
        (
            messages.clone(),
            json!({ "to": phone, "disappearing_timer": 86_400, "expiration": 7 }),
            "expiration",
        ),
        (
            messages.clone(),
            json!({ "to": phone, "kind": "contact", "location": { "latitude": 1, "longitude": 2 } }),
            "contact",
        ),
        (
            messages.clone(),
            json!({ "to": phone, "vote": { "id": "A", "options": [] }, "mentions": [phone] }),
            "mentions",
        ),
        (
            messages.clone(),
            json!({ "to": phone, "text": "@x", "mentions": ["ninguém"] }),
            "mentions",
        ),
        (messages, json!({ "to": phone, "poll": { "name": "?", "choices": [] } }), "choices"),
        ("/phones".to_owned(), json!({ "nome": "Bia" }), "nome"),
        (of_phone("typing"), json!({ "to": phone, "state": "dancing" }), "state"),
        (of_phone("read"), json!({ "with": phone, "kind": "read" }), "kind"),
        (of_phone("presence"), json!({}), "available"),
        (of_phone("name"), json!({ "name": 1 }), "name"),
        (of_phone("pair-code"), json!({ "kode": "x" }), "kode"),
        (of_phone("contacts"), json!({ "number": phone }), "name"),
        (of_phone("call"), json!({ "with": phone, "hold": true }), "hold"),
        (of_phone("call/end"), json!({ "id": "x", "how": "lost" }), "how"),
        (of_phone("call/end"), json!({ "id": "x", "how": "ringing" }), "how"),
        (of_phone("call/end"), json!({ "id": "x", "how": "rejected" }), "id"),
        ("/faults".to_owned(), json!({ "kind": "drop", "devices": [] }), "devices"),
        ("/faults".to_owned(), json!({ "kind": "drop", "delay_ms": 5 }), "delay_ms"),
        ("/faults".to_owned(), json!({ "kind": "ban", "code": 405 }), "code"),
        ("/load".to_owned(), json!({ "phones": [phone] }), "to"),
    ] {
        let (status, answer) = call(&emulator, "POST", &path, body.clone()).await;
        assert_eq!(status, 400, "{path} {body}");
        let error = answer["error"].as_str().unwrap();
        assert!(error.contains(field), "{path} {body}: {error}");
    }
}

/// Programs written against the contract send its fields only, write out those that they do not
/// use, and may name the kind in the words of the contract or of a list of messages.
#[tokio::test(flavor = "multi_thread")]
async fn a_body_with_the_fields_of_the_contract_is_accepted() {
    let emulator = emulator().await;
    let phone = emulator.new_phone(None, None).await.unwrap().number;
    let to = emulator.new_phone(None, None).await.unwrap().number;
    let messages = format!("/phones/{phone}/messages");
    let send = async |mut body: Value| {
        body["to"] = json!(to);
        let (status, answer) = call(&emulator, "POST", &messages, body.clone()).await;
        assert_eq!(status, 200, "{body}: {answer}");
        answer["id"].as_str().unwrap().to_owned()
    };
    let file = |kind: &str| {
        json!({
            "kind": kind, "mime": "x/y", "base64": "aGk=", "caption": null, "file_name": null,
            "gif_playback": null, "animated": null, "waveform": null,
        })
    };
    let place = json!({ "latitude": 1.5, "longitude": -2, "name": null, "address": null });
    let live = json!({ "latitude": 1.5, "longitude": -2, "sequence": null, "ended": null });
    let contact = json!({ "name": "Bia", "number": "5561999990002" });
    let poll = json!({ "name": "?", "options": ["sim", "não"], "multiple": null });
    let sticker = json!({ "base64": "aGk=", "mime": null, "animated": null });
    let reply = json!({ "id": "1", "text": "sim", "index": null });
    for body in [
        json!({ "text": "oi", "mentions": [], "view_once": false }),
        json!({
            "kind": null, "text": "oi", "media": null, "reply_to": null, "mentions": null,
            "view_once": null, "forwarded": null, "broadcast": null, "hosted": null,
            "number_withheld": null,
        }),
        json!({ "text": "@5561988887777", "mentions": ["5561988887777"] }),
        json!({ "kind": "media", "media": file("image"), "view_once": true }),
        json!({ "kind": "document", "media": file("document"), "view_once": false }),
        json!({ "kind": "voice", "media": file("voice") }),
        json!({ "kind": "audio", "media": file("voice") }),
        json!({ "kind": "sticker", "media": file("sticker") }),
        json!({ "kind": "sticker", "sticker": sticker }),
        json!({ "kind": "location", "location": place }),
        json!({ "kind": "location", "live_location": live }),
        json!({ "kind": "contact", "contact": contact }),
        json!({ "kind": "contact", "contacts": [contact] }),
        json!({ "kind": "button_reply", "template_reply": reply }),
        json!({ "poll": { "name": "?", "options": ["sim"] } }),
        json!({ "poll": { "name": "?", "options": vec!["sim"; 13] } }),
        json!({ "template": { "title": null, "text": "oi", "footer": null, "buttons": null } }),
    ] {
        send(body).await;
    }
    let id = send(json!({ "kind": "poll", "poll": poll })).await;
    send(json!({ "kind": "poll_vote", "vote": { "id": id, "options": ["sim"] } })).await;
    let id = send(json!({ "kind": "text", "text": "oi" })).await;
    send(json!({ "text": "de novo", "reply_to": id })).await;
    send(json!({ "kind": "reaction", "reaction": { "id": id, "emoji": "👍" } })).await;
    send(json!({ "kind": "edit", "edit": { "id": id, "text": "olá" } })).await;
    send(json!({ "kind": "revoke", "revoke": { "id": id } })).await;

    let of_phone = |route: &str| format!("/phones/{phone}/{route}");
    let new = json!({ "number": null, "name": null, "addressing": null, "restricted": null });
    for (path, body) in [
        ("/phones".to_owned(), json!({})),
        ("/phones".to_owned(), new),
        (of_phone("read"), json!({ "with": to, "type": null })),
        (of_phone("read"), json!({ "to": to })),
        (of_phone("typing"), json!({ "to": to, "state": null })),
        (of_phone("typing"), json!({ "with": to, "state": "recording" })),
        (of_phone("presence"), json!({ "available": true })),
        (of_phone("presence"), json!({ "available": false, "last_seen": 1_700_000_000 })),
        (of_phone("name"), json!({ "name": "Ana" })),
        (of_phone("chat"), json!({ "with": to, "archive": true, "mute": 4_000_000_000_i64 })),
        (of_phone("chat"), json!({ "with": to, "label": { "id": "1", "name": "Cliente" } })),
        (of_phone("chat"), json!({ "with": to, "star": { "id": id }, "share_number": true })),
        (of_phone("labels"), json!({ "id": "1", "deleted": true })),
        (of_phone("block"), json!({ "with": to, "blocked": false })),
        (of_phone("picture"), json!({ "base64": "/9j/", "remove": null })),
        (of_phone("picture"), json!({ "remove": true })),
        (of_phone("about"), json!({ "text": "Aberto" })),
        (of_phone("privacy"), json!({ "picture": "contacts", "last": "none" })),
        (of_phone("history"), json!({ "chats": 2, "messages_per_chat": 3, "kinds": ["text"] })),
        ("/faults".to_owned(), json!({ "kind": "515", "device": null, "count": null })),
        ("/faults".to_owned(), json!({ "kind": "515", "after_ms": 0, "code": 515 })),
    ] {
        let (status, answer) = call(&emulator, "POST", &path, body.clone()).await;
        assert_eq!(status, 200, "{path} {body}: {answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_that_do_not_go_together_are_named() {
    let emulator = emulator().await;
    let phone = emulator.new_phone(None, None).await.unwrap().number;
    let with = emulator.new_phone(None, None).await.unwrap().number;
    for (route, body, field) in [
        ("chat", json!({ "with": with, "delete": true, "pin": true }), "pin"),
        ("chat", json!({ "with": with, "clear": false }), "clear"),
        ("chat", json!({ "with": with, "colour": 1 }), "colour"),
        ("chat", json!({ "with": with, "label": { "id": "1", "color": 1 } }), "label.color"),
        ("labels", json!({ "id": "1" }), "name"),
        ("picture", json!({ "base64": "/9j/", "remove": true }), "remove"),
        ("picture", json!({ "base64": "?" }), "base64"),
        ("privacy", json!({ "picture": "friends" }), "picture"),
        ("presence", json!({ "available": true, "last_seen": 1 }), "last_seen"),
    ] {
        let path = format!("/phones/{phone}/{route}");
        let (status, answer) = call(&emulator, "POST", &path, body.clone()).await;
        assert_eq!(status, 400, "{path} {body}: {answer}");
        assert!(answer["error"].as_str().unwrap().contains(field), "{path} {body}: {answer}");
    }
}
