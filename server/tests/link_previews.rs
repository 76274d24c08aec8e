//! Previews of links that people write, over HTTP. The pages are served on this machine, which counts as
//! part of the web in builds for tests.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::Html;
use axum::routing::get;
use axum_test::TestServer;
use model::{ChatId, Message, Role, Style, User};
use serde_json::{Value, json};
use support::App;
use tokio::net::TcpListener;

const PAGE: &str = r#"<!doctype html><title>Loja</title>
    <meta property="og:title" content="Camiseta azul">
    <meta property="og:description" content="100% algod&atilde;o">
    <meta property="og:image" content="/azul.png">"#;

/// A picture of one pixel.
const PNG: [u8; 69] = [
    137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0,
    0, 0, 144, 119, 83, 222, 0, 0, 0, 12, 73, 68, 65, 84, 120, 156, 99, 80, 112, 56, 0, 0, 1, 164,
    1, 33, 247, 22, 69, 240, 0, 0, 0, 0, 73, 69, 78, 68, 174, 66, 96, 130,
];

/// A user with a chat, and a page of the web.
struct Scene {
    app: App,
    browser: TestServer,
    ana: User,
    chat: ChatId,
    /// The address of the page.
    link: String,
    /// How often the page was asked.
    visits: Arc<AtomicUsize>,
}

impl Scene {
    async fn set(flags: &[&str]) -> Self {
        let app = App::with_flags(flags).await;
        let (browser, ana) = app.logged_in("ana", Role::Atendente).await;
        let number = app.own_connection(&ana).await;
        app.customer_writes(number, "Qual o site?").await;
        let chat = app.chat_of(&ana).await;
        let visits = Arc::new(AtomicUsize::new(0));
        let visit = Arc::clone(&visits);
        let page = get(async move || {
            visit.fetch_add(1, Ordering::Relaxed);
            Html(PAGE)
        });
        let picture = get(async || ([(header::CONTENT_TYPE, "image/png")], PNG.to_vec()));
        let web = Router::new().route("/azul", page).route("/azul.png", picture);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let link = format!("http://{}/azul", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, web).await });
        Self { app, browser, ana, chat, link, visits }
    }

    async fn call(&self, name: &str, form: &[(&str, &str)]) -> Value {
        let chat = self.chat.to_string();
        let form = [&[("chat", chat.as_str())][..], form].concat();
        let answer = self.browser.post(&format!("/api/{name}")).form(&form).await;
        answer.assert_status(StatusCode::OK);
        serde_json::from_str(&answer.text()).unwrap_or_default()
    }

    async fn preview(&self, text: &str) -> Value {
        self.call("preview_link", &[("text", text)]).await
    }

    /// Sends a text, and returns true if it has a preview.
    async fn sends_with_preview(&self, text: &str) -> bool {
        let sent: Message =
            serde_json::from_value(self.call("send_text", &[("text", text)]).await).unwrap();
        assert_eq!(sent.text, text);
        sent.rich.first().is_some_and(|piece| piece.style == Style::Preview)
    }
}

#[tokio::test]
async fn a_text_has_the_preview_that_its_author_saw() {
    let scene = Scene::set(&[]).await;
    let text = format!("Veja {}", scene.link);
    assert!(!scene.sends_with_preview(&text).await, "nobody saw one");

    let card = scene.preview(&text).await;
    let host = "127.0.0.1";
    assert_eq!((&card["link"], &card["host"]), (&json!(scene.link), &json!(host)));
    assert_eq!(
        (&card["title"], &card["description"]),
        (&json!("Camiseta azul"), &json!("100% algodão"))
    );
    let picture = card["picture"].as_array().unwrap();
    assert_eq!(picture[..2], [json!(255), json!(216)], "a JPEG");
    let (other, _) = scene.app.logged_in("bia", Role::Admin).await;
    let form = [("chat", scene.chat.to_string()), ("text", text.clone())];
    let of_other: Message = other.post("/api/send_text").form(&form).await.json();
    assert_ne!(of_other.rich[0].style, Style::Preview, "who did not see it sends none");

    assert!(!scene.sends_with_preview("Outro texto").await);
    assert!(scene.sends_with_preview(&text).await);
    assert!(!scene.sends_with_preview(&text).await, "it was for one text");
    scene.preview(&text).await;
    assert!(scene.sends_with_preview(&text).await);
    assert_eq!(scene.visits.load(Ordering::Relaxed), 1, "the page is remembered");

    let viewer = scene.app.store.viewer(scene.ana.id).await.unwrap();
    let newest = viewer.messages(scene.chat, None, 1).await.unwrap().remove(0);
    let picture = scene.browser.get(&format!("/midia/{}/previa", newest.id)).await;
    picture.assert_status(StatusCode::OK);
    assert!(picture.as_bytes().starts_with(&[255, 216, 255]));
}

#[tokio::test]
async fn a_preview_that_was_removed_is_not_sent() {
    let scene = Scene::set(&[]).await;
    let card = scene.preview(&scene.link).await;
    scene.call("drop_preview", &[("link", card["link"].as_str().unwrap())]).await;
    assert!(!scene.sends_with_preview(&scene.link).await);
}

#[tokio::test]
async fn pages_in_this_network_are_not_asked_and_previews_can_be_turned_off() {
    let scene = Scene::set(&[]).await;
    for text in [
        "oi",
        "http://10.0.0.7/",
        "http://169.254.169.254/latest/meta-data",
        "http://192.168.0.1:8080/",
        "http://[::ffff:10.0.0.7]/",
        "ana@loja.example",
    ] {
        assert_eq!(scene.preview(text).await, Value::Null, "{text}");
    }
    let missing = format!("{}/nada", scene.link);
    assert_eq!(scene.preview(&missing).await, Value::Null);

    let off = Scene::set(&["--link-previews", "off"]).await;
    assert_eq!(off.preview(&off.link).await, Value::Null);
    assert!(!off.sends_with_preview(&off.link).await);
    assert_eq!(off.visits.load(Ordering::Relaxed), 0);
}
