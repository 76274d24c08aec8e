//! The HTTP API of groups: the names, statuses and shapes that other programs rely on.

use serde_json::{Value, json};

use crate::client::emulator;
use crate::control_api::call;

#[tokio::test(flavor = "multi_thread")]
async fn a_group_is_made_changed_and_left_over_http_alone() {
    let emulator = emulator().await;
    let mut numbers = Vec::new();
    for _ in 0..4 {
        numbers.push(emulator.new_phone(None, None).await.unwrap().number);
    }
    let [ana, bia, caio, davi] = &numbers[..] else { panic!("four phones") };
    let new = json!({ "owner": ana, "subject": "Família", "members": [bia, caio] });
    let (status, made) = call(&emulator, "POST", "/groups", new).await;
    assert_eq!(status, 200, "{made}");
    let jid = made["jid"].as_str().unwrap();
    assert!(jid.ends_with("@g.us"), "{jid}");
    let group = format!("/groups/{jid}");
    let members = format!("{group}/members");
    let numbers_of = |info: &Value| {
        let members = info["members"].as_array().unwrap().iter();
        members.map(|member| member["number"].clone()).collect::<Vec<_>>()
    };
    let (_, shown) = call(&emulator, "GET", &group, Value::Null).await;
    assert_eq!(shown, made);
    assert_eq!(call(&emulator, "GET", "/groups", Value::Null).await.1, json!([made]));

    for (body, expected) in [
        (json!({ "add": [davi] }), vec![ana, bia, caio, davi]),
        (json!({ "promote": [bia], "by": ana }), vec![ana, bia, caio, davi]),
        (json!({ "remove": [davi], "by": bia }), vec![ana, bia, caio]),
        (json!({ "demote": [bia], "by": null }), vec![ana, bia, caio]),
    ] {
        let (status, info) = call(&emulator, "POST", &members, body.clone()).await;
        assert_eq!(status, 200, "{body}: {info}");
        assert_eq!(
            numbers_of(&info),
            expected.into_iter().map(|one| json!(one)).collect::<Vec<_>>()
        );
    }
    let change = json!({ "by": ana, "subject": "Parentes", "description": "todos", "announce": true,
        "locked": true, "ephemeral": 86_400, "join_approval": true });
    let (status, info) = call(&emulator, "POST", &group, change.clone()).await;
    assert_eq!(status, 200, "{info}");
    for field in ["subject", "description", "announce", "locked", "ephemeral", "join_approval"] {
        assert_eq!(info[field], change[field], "{field}");
    }

    let messages = |number: &str| format!("/phones/{number}/messages");
    let text = json!({ "to": jid, "text": "oi" });
    assert_eq!(call(&emulator, "POST", &messages(caio), text.clone()).await.0, 403);
    let (status, sent) = call(&emulator, "POST", &messages(ana), text).await;
    assert_eq!(status, 200, "{sent}");
    let path = format!("{}?with={jid}&min=1&wait_ms=60000", messages(caio));
    let (_, chat) = call(&emulator, "GET", &path, Value::Null).await;
    assert_eq!((&chat[0]["from"], &chat[0]["text"]), (&json!(ana), &json!("oi")));
    assert_eq!(chat[0]["expires_in"], 86_400);
    let read = json!({ "with": jid });
    let (_, answer) = call(&emulator, "POST", &format!("/phones/{caio}/read"), read.clone()).await;
    assert_eq!(answer["read"], 1);
    let (status, _) = call(&emulator, "POST", &format!("/phones/{caio}/typing"), read).await;
    assert_eq!(status, 200);

    let code = json!({ "code": info["invite"] });
    let join = |number: &str| format!("/phones/{number}/groups");
    let (_, waiting) = call(&emulator, "POST", &join(davi), code.clone()).await;
    assert_eq!(waiting["error"], "number: an admin removed the person from the group");
    let stranger = emulator.new_phone(None, None).await.unwrap().number;
    let (_, waiting) = call(&emulator, "POST", &join(&stranger), code.clone()).await;
    assert_eq!(waiting["requests"], json!([stranger]));
    let requests = format!("{group}/requests");
    let approve = json!({ "approve": [stranger] });
    let (_, info) = call(&emulator, "POST", &requests, approve).await;
    assert_eq!(
        (&info["requests"], info["members"][3]["role"].as_str()),
        (&json!([]), Some("member"))
    );
    let (_, reset) = call(&emulator, "POST", &format!("{group}/invite"), json!({})).await;
    assert_ne!(reset["invite"], code["code"]);
    assert_eq!(call(&emulator, "POST", &join(davi), code).await.0, 404);

    let leaves = format!("{members}/{caio}");
    let (status, info) = call(&emulator, "DELETE", &leaves, Value::Null).await;
    assert_eq!((status, numbers_of(&info).contains(&json!(caio))), (200, false));
    assert_eq!(call(&emulator, "DELETE", &leaves, Value::Null).await.0, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_contradicts_itself_is_refused_with_the_fields_name() {
    let emulator = emulator().await;
    let phone = async || emulator.new_phone(None, None).await.unwrap().number;
    let (ana, bia, caio) = (phone().await, phone().await, phone().await);
    let new = json!({ "owner": ana, "subject": "x", "members": [bia] });
    let (_, made) = call(&emulator, "POST", "/groups", new).await;
    let group = &*format!("/groups/{}", made["jid"].as_str().unwrap());
    let members = &*format!("{group}/members");
    let messages = &*format!("/phones/{ana}/messages");
    let to = &made["jid"];
    for (path, body, status, field) in [
        ("/groups", json!({ "owner": ana, "subject": "", "members": [] }), 400, "subject"),
        ("/groups", json!({ "subject": "x" }), 400, "owner"),
        ("/groups", json!({ "owner": ana, "subject": "x", "topic": "y" }), 400, "topic"),
        ("/groups", json!({ "owner": ana, "subject": "x", "members": ["551"] }), 404, "551"),
        (members, json!({}), 400, "add"),
        (members, json!({ "add": [bia] }), 400, "add"),
        (members, json!({ "remove": [caio] }), 400, "remove"),
        (members, json!({ "promote": [bia], "demote": [bia] }), 400, "demote"),
        (members, json!({ "add": [caio], "by": "551" }), 404, "551"),
        (members, json!({ "remove": [ana], "by": bia }), 403, "by"),
        (members, json!({ "demote": [ana] }), 400, "demote"),
        (members, json!({ "kick": [bia] }), 400, "kick"),
        (group, json!({}), 400, "subject"),
        (group, json!({ "announce": true, "by": bia }), 403, "announce"),
        (group, json!({ "name": "y" }), 400, "name"),
        ("/groups/1@g.us", json!({ "subject": "y" }), 404, "1@g.us"),
        (messages, json!({ "to": "1@g.us", "text": "x" }), 404, "1@g.us"),
        (messages, json!({ "to": to, "text": "x", "hosted": true }), 400, "hosted"),
    ] {
        let (answered, answer) = call(&emulator, "POST", path, body.clone()).await;
        assert_eq!(answered, status, "{path} {body}: {answer}");
        let error = answer["error"].as_str().unwrap();
        assert!(error.contains(field), "{path} {body}: {error}");
    }
    let call_group = json!({ "with": to });
    let (status, _) = call(&emulator, "POST", &format!("/phones/{ana}/call"), call_group).await;
    assert_eq!(status, 400, "a group cannot be called");
}
