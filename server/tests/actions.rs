//! Actions on messages over HTTP: answers, reactions, edits, deletions and forwards, and the
//! sentence for each that cannot be done. `access_matrix.rs` has the people who may do them.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use axum::http::StatusCode;
use axum_test::TestServer;
use chrono::{TimeDelta, Utc};
use model::{
    Access, Change, ChatId, ConnectionId, FailReason, Message, MessageId, MessageKind, Role, User,
    Version,
};
use serde_json::{Value, json};
use store::{ChatsPage, Inbound, InboundMedia};
use support::{App, PASSWORD, log_in};

/// A position after every message.
const END: &str = "9000000000000000000";

/// A user with a number, a question of a customer and the answer to it.
struct Scene {
    app: App,
    ana: User,
    browser: TestServer,
    number: ConnectionId,
    chat: ChatId,
    question: MessageId,
    answer: MessageId,
}

impl Scene {
    async fn set() -> Self {
        let app = App::new().await;
        let (browser, ana) = app.logged_in("ana", Role::Atendente).await;
        let number = app.own_connection(&ana).await;
        app.customer_writes(number, "Tem no tamanho M?").await;
        let chat = app.chat_of(&ana).await;
        let question = newest(&app, &ana, chat).await.id;
        let answer = app.user_writes(&ana, chat, "Temos sim").await;
        Self { app, ana, browser, number, chat, question, answer }
    }

    /// Changes a message in the open chat.
    async fn change(
        &self,
        function: &str,
        message: MessageId,
        more: &[(&str, &str)],
    ) -> (StatusCode, Value) {
        let (chat, message) = (self.chat.to_string(), message.to_string());
        let target = [("chat", chat.as_str()), ("message", message.as_str())];
        let form = [&target[..], more].concat();
        call(&self.browser, function, &form).await
    }

    async fn edit(&self, message: MessageId, text: &str) -> (StatusCode, Value) {
        self.change("edit_message", message, &[("text", text)]).await
    }

    async fn revoke(&self, message: MessageId) -> (StatusCode, Value) {
        self.change("revoke_message", message, &[]).await
    }

    async fn react(&self, message: MessageId, emoji: &str) -> (StatusCode, Value) {
        self.change("react", message, &[("emoji", emoji)]).await
    }

    async fn forward(&self, message: MessageId, chat: ChatId) -> (StatusCode, Value) {
        let (message, chat) = (message.to_string(), chat.to_string());
        call(&self.browser, "forward", &[("message", &message), ("chat", &chat)]).await
    }

    /// The number's phone sent something some time ago.
    async fn phone_sent(&self, ago: TimeDelta, media: Option<InboundMedia>) -> MessageId {
        let kind = if media.is_some() { MessageKind::Image } else { MessageKind::Text };
        let message = Inbound {
            from_me: true,
            push_name: None,
            timestamp: Utc::now() - ago,
            kind,
            media,
            ..fixtures::text(self.app.new_id().to_string(), "Do celular")
        };
        let wa_id = message.wa_id.clone();
        self.app.store.ingest(self.number).messages(&[message]).await.unwrap();
        let viewer = self.app.store.viewer(self.ana.id).await.unwrap();
        let messages = viewer.messages(self.chat, None, 10).await.unwrap();
        messages.into_iter().find(|one| one.wa_id.as_str() == wa_id).unwrap().id
    }
}

/// Calls a server function. Returns the status and the JSON.
async fn call(browser: &TestServer, name: &str, form: &[(&str, &str)]) -> (StatusCode, Value) {
    let answer = browser.post(&format!("/api/{name}")).form(form).await;
    (answer.status_code(), serde_json::from_str(&answer.text()).unwrap_or_default())
}

async fn newest(app: &App, user: &User, chat: ChatId) -> Message {
    let viewer = app.store.viewer(user.id).await.unwrap();
    viewer.messages(chat, None, 1).await.unwrap().pop().unwrap()
}

fn too_late() -> (StatusCode, Value) {
    (StatusCode::CONFLICT, json!("too_late"))
}

fn unchangeable() -> (StatusCode, Value) {
    (StatusCode::CONFLICT, json!("unchangeable"))
}

fn not_found() -> (StatusCode, Value) {
    (StatusCode::NOT_FOUND, json!("not_found"))
}

fn invalid(field: &str, problem: &str) -> (StatusCode, Value) {
    let error = json!({"invalid": {"field": field, "problem": problem}});
    (StatusCode::UNPROCESSABLE_ENTITY, error)
}

#[tokio::test]
async fn a_change_waits_until_whatsapp_confirms_it() {
    let scene = Scene::set().await;
    let (status, message) = scene.edit(scene.answer, "Temos, em três cores").await;
    assert_eq!((status, &message["text"]), (StatusCode::OK, &json!("Temos sim")));
    let edit = json!({"edit": {"text": "Temos, em três cores"}});
    assert_eq!(message["pending"][0]["change"], edit);
    let (status, message) = scene.react(scene.question, "👍").await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(message["pending"][0]["change"], json!({"react": {"emoji": "👍"}}));
    let (status, message) = scene.revoke(scene.answer).await;
    assert_eq!((status, &message["kind"]), (StatusCode::OK, &json!("text")));
}

#[tokio::test]
async fn an_answer_quotes_a_message_of_its_own_chat() {
    let scene = Scene::set().await;
    let (chat, question) = (scene.chat.to_string(), scene.question.to_string());
    let form = [("chat", &*chat), ("text", "Temos"), ("reply_to", &*question)];
    let (status, message) = call(&scene.browser, "send_text", &form).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(message["reply_to"]["message"], json!(scene.question));
    assert_eq!(message["reply_to"]["excerpt"], json!("Tem no tamanho M?"));

    scene.app.writes_from("5561998124472", scene.number).await;
    let elsewhere = scene.app.chat_of(&scene.ana).await.to_string();
    let form = [("chat", &*elsewhere), ("text", "Temos"), ("reply_to", &*question)];
    assert_eq!(call(&scene.browser, "send_text", &form).await, not_found());
}

#[tokio::test]
async fn a_text_is_forwarded_once_for_each_id() {
    let scene = Scene::set().await;
    scene.app.writes_from("5561998124472", scene.number).await;
    let target = scene.app.chat_of(&scene.ana).await.to_string();
    let source = scene.question.to_string();
    let form = [("message", &*source), ("chat", &*target), ("wa_id", "3EB0C431C26A1916E07A00")];
    let (status, message) = call(&scene.browser, "forward", &form).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(message["text"], json!("Tem no tamanho M?"));
    assert_eq!(message["forwarded"], json!("forwarded"));
    let (status, again) = call(&scene.browser, "forward", &form).await;
    assert_eq!((status, &again["id"]), (StatusCode::OK, &message["id"]));
}

#[tokio::test]
async fn a_change_after_whatsapps_time_is_refused() {
    let scene = Scene::set().await;
    let recent = scene.phone_sent(TimeDelta::minutes(14), None).await;
    assert_eq!(scene.edit(recent, "outro").await.0, StatusCode::OK);
    let older = scene.phone_sent(TimeDelta::minutes(16), None).await;
    assert_eq!(scene.edit(older, "outro").await, too_late());
    assert_eq!(scene.revoke(older).await.0, StatusCode::OK);
    let oldest = scene.phone_sent(TimeDelta::hours(61), None).await;
    assert_eq!(scene.revoke(oldest).await, too_late());
    assert_eq!(scene.react(oldest, "👍").await.0, StatusCode::OK);
}

#[tokio::test]
async fn of_two_edits_of_one_text_the_second_is_refused() {
    let scene = Scene::set().await;
    let edit = async |text: &str, edited: &str| {
        let more = [("text", text), ("edited", edited)];
        scene.change("edit_message", scene.answer, &more).await
    };
    let edited = (StatusCode::CONFLICT, json!("edited"));
    let (status, message) = edit("Temos", "0").await;
    assert_eq!(status, StatusCode::OK);
    let operation = message["pending"][0]["id"].clone();
    assert_eq!(edit("Não temos", "0").await, edited);

    let next = scene.app.store.outbox(scene.number).next(1, &[]).await.unwrap().remove(0);
    assert_eq!(json!(next.id), operation);
    scene.app.store.outbox(scene.number).confirmed(&next.wa_id, None).await.unwrap();
    assert_eq!(edit("Não temos", "0").await, edited);
    let seen = newest(&scene.app, &scene.ana, scene.chat).await.edited.unwrap().to_string();
    assert_eq!(edit("Não temos", &seen).await.0, StatusCode::OK);
}

#[tokio::test]
async fn what_cannot_be_changed_is_refused() {
    let scene = Scene::set().await;
    let (app, outbox) = (&scene.app, scene.app.store.outbox(scene.number));
    assert_eq!(scene.edit(scene.question, "Não tem?").await, unchangeable());
    assert_eq!(scene.revoke(scene.question).await, unchangeable());

    // A file has no text to edit, and is not forwarded from here.
    let picture = fixtures::file("image/jpeg");
    let file = scene.phone_sent(TimeDelta::minutes(1), Some(picture)).await;
    assert_eq!(scene.edit(file, "outra legenda").await, unchangeable());
    let not_forwardable = (StatusCode::UNPROCESSABLE_ENTITY, json!("not_forwardable"));
    assert_eq!(scene.forward(file, scene.chat).await, not_forwardable);
    assert_eq!(scene.revoke(file).await.0, StatusCode::OK);

    let grant = app.grant(&scene.ana, scene.chat).await;
    let id = app.new_id();
    let unsent = app.store.enqueue_text(&grant, scene.chat, id.clone(), "oi", None).await.unwrap();
    outbox.failed(&id, FailReason::Restricted).await.unwrap();
    assert_eq!(scene.edit(unsent.id, "olá").await, unchangeable());
    assert_eq!(scene.revoke(unsent.id).await, unchangeable());

    let id = app.new_id();
    app.store.enqueue_change(&grant, scene.answer, id.clone(), Change::Revoke).await.unwrap();
    outbox.confirmed(&id, None).await.unwrap();
    assert_eq!(scene.edit(scene.answer, "Temos").await, unchangeable());
    assert_eq!(scene.revoke(scene.answer).await, unchangeable());
    assert_eq!(scene.react(scene.answer, "👍").await, unchangeable());
    assert_eq!(scene.forward(scene.answer, scene.chat).await, not_forwardable);
}

#[tokio::test]
async fn texts_and_emojis_that_cannot_be_sent_are_refused_with_a_reason() {
    let scene = Scene::set().await;
    for nothing in [" \n ", "\u{200b}\u{200d}"] {
        assert_eq!(scene.edit(scene.answer, nothing).await, invalid("text", "empty"));
        let chat = scene.chat.to_string();
        let form = [("chat", chat.as_str()), ("text", nothing)];
        let sent = call(&scene.browser, "send_text", &form).await;
        assert_eq!(sent, invalid("text", "empty"));
    }
    let long = "é".repeat(70_000);
    assert_eq!(scene.edit(scene.answer, &long).await, invalid("text", "too_long"));
    for emoji in ["sim", "👍❤️", " 👍 👍", "a", "1"] {
        let answer = scene.react(scene.question, emoji).await;
        assert_eq!(answer, invalid("reaction", "malformed"), "{emoji:?}");
    }
    for id in ["short", "tem espaço no meio"] {
        let answer = scene.change("revoke_message", scene.answer, &[("wa_id", id)]).await;
        assert_eq!(answer, (StatusCode::BAD_REQUEST, json!("malformed")), "{id:?}");
    }
}

#[tokio::test]
async fn an_own_chat_is_no_key_to_the_messages_of_another_number() {
    let scene = Scene::set().await;
    let app = &scene.app;
    let bia = app.user("bia", Role::Atendente).await;
    let theirs = app.own_connection(&bia).await;
    app.customer_writes(theirs, "segredo").await;
    let chat = app.chat_of(&bia).await;
    let message = newest(app, &bia, chat).await.id;
    let own = app.user_writes(&bia, chat, "resposta").await;
    let edit = Change::Edit { text: "outra".to_owned() };
    let operation = app.refused_change(&bia, chat, own, edit).await.to_string();

    for message in [message, own, MessageId(999_999)] {
        assert_eq!(scene.edit(message, "intrusa").await, not_found());
        assert_eq!(scene.revoke(message).await, not_found());
        assert_eq!(scene.react(message, "👍").await, not_found());
        assert_eq!(scene.forward(message, scene.chat).await, not_found());
        let id = message.to_string();
        let versions = call(&scene.browser, "message_versions", &[("message", &id)]).await;
        assert_eq!(versions, not_found());
        let form = [("message", id.as_str()), ("before", END)];
        assert_eq!(call(&scene.browser, "messages_from", &form).await, not_found());
        let chat = scene.chat.to_string();
        let form = [("chat", chat.as_str()), ("text", "oi"), ("reply_to", id.as_str())];
        assert_eq!(call(&scene.browser, "send_text", &form).await, not_found());
    }
    let mine = scene.chat.to_string();
    for function in ["retry_change", "discard_change"] {
        let form = [("chat", mine.as_str()), ("operation", operation.as_str())];
        assert_eq!(call(&scene.browser, function, &form).await, not_found(), "{function}");
    }
    assert_eq!(scene.forward(scene.question, chat).await, not_found());
}

#[tokio::test]
async fn a_chat_is_no_key_to_the_messages_of_another_chat_of_its_number() {
    let scene = Scene::set().await;
    let app = &scene.app;
    app.writes_from("5561998124472", scene.number).await;
    let elsewhere = app.chat_of(&scene.ana).await;
    assert_ne!(elsewhere, scene.chat);
    let message = newest(app, &scene.ana, elsewhere).await.id;
    let own = app.user_writes(&scene.ana, elsewhere, "resposta").await;
    let edit = Change::Edit { text: "outra".to_owned() };
    let operation = app.refused_change(&scene.ana, elsewhere, own, edit).await.to_string();
    for message in [message, own] {
        assert_eq!(scene.edit(message, "outra").await, not_found());
        assert_eq!(scene.revoke(message).await, not_found());
        assert_eq!(scene.react(message, "👍").await, not_found());
        assert_eq!(scene.change("retry", message, &[]).await, not_found());
    }
    let chat = scene.chat.to_string();
    for function in ["retry_change", "discard_change"] {
        let form = [("chat", chat.as_str()), ("operation", operation.as_str())];
        assert_eq!(call(&scene.browser, function, &form).await, not_found(), "{function}");
    }
}

#[tokio::test]
async fn an_open_chat_is_no_key_to_the_private_ones_of_its_number() {
    let scene = Scene::set().await;
    let app = &scene.app;
    app.writes_from("5561998124472", scene.number).await;
    let private = app.chat_of(&scene.ana).await;
    let secret = newest(app, &scene.ana, private).await.id;
    let own = app.user_writes(&scene.ana, private, "resposta").await;
    let reaction = Change::React { emoji: "👍".to_owned() };
    let operation = app.refused_change(&scene.ana, private, secret, reaction).await.to_string();
    let form = [("chat", &*private.to_string()), ("private", "true")];
    scene.browser.post("/api/set_private").form(&form).await.assert_status_success();

    let admin = app.user("eva", Role::Admin).await;
    let bia = app.user("bia", Role::Atendente).await;
    let powers = app.store.viewer(admin.id).await.unwrap().admin().await.unwrap();
    let access = Access::WriteAndManage;
    app.store.grant_access(&powers, bia.id, scene.number, access).await.unwrap();
    let browser = app.browser();
    log_in(&browser, &bia.email, PASSWORD).await.assert_status_ok();

    let open = scene.chat.to_string();
    for message in [secret.to_string(), own.to_string()] {
        for (function, more) in [
            ("edit_message", ("text", "outra")),
            ("revoke_message", ("wa_id", "3EB0C431C26A1916E07A00")),
            ("react", ("emoji", "👍")),
        ] {
            let form = [("chat", &*open), ("message", &*message), more];
            assert_eq!(call(&browser, function, &form).await, not_found(), "{function}");
        }
        let form = [("chat", &*open), ("message", &*message)];
        assert_eq!(call(&browser, "forward", &form).await, not_found());
    }
    for function in ["retry_change", "discard_change"] {
        let form = [("chat", &*open), ("operation", &*operation)];
        assert_eq!(call(&browser, function, &form).await, not_found(), "{function}");
    }
}

#[tokio::test]
async fn a_failed_change_is_tried_again_or_discarded() {
    let scene = Scene::set().await;
    let edit = Change::Edit { text: "Temos".to_owned() };
    let failed = scene.app.refused_change(&scene.ana, scene.chat, scene.answer, edit).await;
    let reaction = Change::React { emoji: "👍".to_owned() };
    let other = scene.app.refused_change(&scene.ana, scene.chat, scene.question, reaction).await;
    let (chat, failed, other) = (scene.chat.to_string(), failed.to_string(), other.to_string());

    let form = [("chat", &*chat), ("operation", &*failed)];
    let (status, message) = call(&scene.browser, "retry_change", &form).await;
    assert_eq!(status, StatusCode::OK);
    let pending = &message["pending"][0];
    assert_eq!(
        (&pending["change"], &pending["failed"]),
        (&json!({"edit": {"text": "Temos"}}), &Value::Null)
    );
    let form = [("chat", &*chat), ("operation", &*other)];
    let (status, message) = call(&scene.browser, "discard_change", &form).await;
    assert_eq!((status, &message["pending"]), (StatusCode::OK, &Value::Null));
}

#[tokio::test]
async fn a_jump_loads_the_messages_from_the_quoted_one_on_up_to_a_limit() {
    let scene = Scene::set().await;
    let later: Vec<_> = (0..700)
        .map(|nth| Inbound {
            timestamp: Utc::now(),
            ..fixtures::text(format!("3EB2{nth:018}"), format!("mensagem {nth}"))
        })
        .collect();
    scene.app.store.ingest(scene.number).messages(&later).await.unwrap();
    let question = scene.question.to_string();
    let jump = async |before: &str| {
        let form = [("message", question.as_str()), ("before", before)];
        scene.browser.post("/api/messages_from").form(&form).await.json::<Vec<Message>>()
    };
    let messages = jump(END).await;
    assert_eq!((messages.len(), messages[0].id), (600, scene.question));
    assert!(messages.is_sorted_by_key(|message| message.position));
    let tenth = messages[10].position.to_string();
    assert_eq!(jump(&tenth).await, messages[..10]);
}

#[tokio::test]
async fn an_edited_message_has_all_its_texts() {
    let scene = Scene::set().await;
    let grant = scene.app.grant(&scene.ana, scene.chat).await;
    for text in ["Temos, sim", "Temos, sim!"] {
        let (id, change) = (scene.app.new_id(), Change::Edit { text: text.to_owned() });
        scene.app.store.enqueue_change(&grant, scene.answer, id.clone(), change).await.unwrap();
        let outbox = scene.app.store.outbox(scene.number);
        outbox.confirmed(&id, None).await.unwrap();
    }
    let form = [("message", scene.answer.to_string())];
    let answer = scene.browser.post("/api/message_versions").form(&form).await;
    let versions = answer.json::<Vec<Version>>();
    let texts: Vec<_> = versions.iter().map(|version| version.text.as_str()).collect();
    assert_eq!(texts, ["Temos sim", "Temos, sim", "Temos, sim!"]);

    let page = ChatsPage { connection: None, before: None, limit: 1 };
    let viewer = scene.app.store.viewer(scene.ana.id).await.unwrap();
    let chat = viewer.chats(page).await.unwrap().remove(0);
    assert_eq!(chat.preview.unwrap().text, "Temos, sim!");
}
