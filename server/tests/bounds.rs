//! Bounds of the pages, lists and events that display what strangers send.

mod support;

use axum_test::TestServer;
use model::content::{Contact, LinkPreview, Place, Poll};
use model::{Chat, LiveEvent, Message, MessageContent, MessageKind, Role, User, WholeText, bounds};
use store::{Inbound, InboundMedia, MessageUpdate, UpdateOf};
use support::App;

/// Most bytes of a page of 20 texts of a megabyte, which had 40 MB.
const PAGE: usize = 300_000;
/// Most bytes of a page with as many messages as it holds, each as long as possible.
const WORST_PAGE: usize = 1_500_000;
/// Most bytes of an event of the live stream.
const EVENT: usize = 24_000;

const MEGABYTE: usize = 1_000_000;

fn says(nth: usize, text: String) -> Inbound {
    let timestamp = chrono::Utc::now();
    Inbound { timestamp, ..fixtures::text(format!("3EB1{nth:018}"), text) }
}

/// A file whose every field is too long.
fn hostile_file() -> InboundMedia {
    InboundMedia {
        name: Some("\"nota\" ".repeat(10_000) + ".pdf"),
        size: u64::MAX,
        shape: Some((u32::MAX, 1)),
        preview: Some(vec![255; 200_000]),
        ..fixtures::file("text/".repeat(20_000))
    }
}

async fn agent(app: &App) -> (TestServer, User, String) {
    let user = app.user("ana", Role::Atendente).await;
    let (browser, cookie) = support::enter(app, &user).await;
    (browser, user, cookie)
}

async fn size(browser: &TestServer, path: &str) -> usize {
    let answer = browser.get(path).await;
    answer.assert_status_ok();
    answer.as_bytes().len()
}

async fn list(browser: &TestServer, function: &str, body: &[(&str, &str)]) -> usize {
    let answer = browser.post(&format!("/api/{function}")).form(body).await;
    answer.assert_status_ok();
    answer.as_bytes().len()
}

#[tokio::test]
async fn twenty_texts_of_a_megabyte_make_a_small_page_and_small_events() {
    let app = App::new().await;
    let (browser, ana, cookie) = agent(&app).await;
    let number = app.own_connection(&ana).await;
    let begin = app.store.viewer(ana.id).await.expect("ana").last_seq().await.expect("a place");
    let mut live = app.live(&cookie, begin).await;
    for nth in 0..20 {
        let text = format!("{nth} {}", "bom dia ".repeat(MEGABYTE / 8));
        app.store.ingest(number).messages(&[says(nth, text)]).await.expect("it is stored");
    }
    let mut received = 0;
    while received < 20 {
        let event = live.next().await;
        assert!(serde_json::to_string(&event).expect("json").len() < EVENT);
        received += usize::from(matches!(event, LiveEvent::Message { .. }));
    }
    let chat = app.chat_of(&ana).await.to_string();
    let page = size(&browser, &format!("/atendente/inbox-pirata/chat/{chat}")).await;
    assert!(page < PAGE, "{page} bytes");
    let messages = list(&browser, "messages", &[("chat", &chat)]).await;
    assert!(messages < PAGE / 2, "{messages} bytes");
    for function in ["chats", "inbox"] {
        let bytes = list(&browser, function, &[]).await;
        assert!(bytes < 10_000, "{function}: {bytes} bytes");
    }
}

#[tokio::test]
async fn whatever_is_sent_pages_lists_and_events_stay_within_their_bounds() {
    let app = App::new().await;
    let (browser, ana, cookie) = agent(&app).await;
    let number = app.own_connection(&ana).await;
    let begin = app.store.viewer(ana.id).await.expect("ana").last_seq().await.expect("a place");
    let mut live = app.live(&cookie, begin).await;
    // Each text takes as many bytes per letter as possible: in JSON, in HTML, formatted, and
    // linked.
    let texts = [
        "\"",
        "\u{1}",
        "&<>",
        "*a* ",
        "_~*a*~_ ",
        "> a\n",
        "http://a.b ",
        "`\"` ",
        "👨‍👩‍👧‍👦",
        "\u{301}",
    ];
    let letters = "\"\u{1}👍".repeat(10_000);
    let phones = vec![letters.clone(), "+5561999990000".to_owned()];
    let contact = Contact { name: letters.clone(), phones, ..Contact::default() };
    let cards = [
        MessageContent::Contacts(vec![contact; 200]),
        MessageContent::Poll(Poll {
            question: letters.clone(),
            options: vec![letters.clone(); 200],
            ..Poll::default()
        }),
        MessageContent::Location(Place {
            at: None,
            name: letters.clone(),
            address: letters.clone(),
            report: None,
        }),
    ];
    let preview =
        LinkPreview { link: "http://a.b".to_owned(), title: letters.clone(), description: letters };
    let preview = MessageContent::LinkedText(preview);
    let long = |nth: usize| texts[nth % texts.len()].repeat(MEGABYTE / 4);
    for nth in 0..60 {
        let of =
            |text| Inbound { push_name: Some("\"&\u{202e}".repeat(20_000)), ..says(nth, text) };
        let message = match nth % 4 {
            0 => Inbound { raw_message: Some(vec![7; MEGABYTE]), ..of(long(nth / 4)) },
            1 => Inbound { content: Some(preview.clone()), ..of(long(nth / 4)) },
            2 => Inbound {
                kind: MessageKind::Document,
                media: Some(hostile_file()),
                ..of(long(nth / 4))
            },
            _ if nth % 8 == 7 => fixtures::with_content(of(String::new()), cards[nth % 3].clone()),
            _ => of("curto".into()),
        };
        let target = message.wa_id.clone();
        let mut batch = vec![message];
        if nth % 8 == 3 {
            // The message is edited into a long text, and gets a long reaction.
            for what in
                [MessageUpdate::Edited(long(nth / 4)), MessageUpdate::Reaction(long(nth / 4))]
            {
                let amends = Some(UpdateOf { target: target.clone(), what });
                batch.push(Inbound { amends, ..says(1_000 + nth, String::new()) });
            }
        }
        app.store.ingest(number).messages(&batch).await.expect("it is stored");
    }
    app.customer_writes(number, "fim").await;
    loop {
        let event = live.next().await;
        let bytes = serde_json::to_string(&event).expect("json").len();
        assert!(bytes < EVENT, "{bytes} bytes");
        if matches!(event, LiveEvent::Message { message, .. } if message.text == "fim") {
            break;
        }
    }
    let chat = app.chat_of(&ana).await.to_string();
    let page = size(&browser, &format!("/atendente/inbox-pirata/chat/{chat}")).await;
    let messages = list(&browser, "messages", &[("chat", &chat)]).await;
    let chats = list(&browser, "chats", &[]).await;
    println!("page {page}, messages {messages}, chats {chats} bytes");
    assert!(page < WORST_PAGE, "{page} bytes");
    assert!(messages < 60 * EVENT / 2, "{messages} bytes");
    assert!(chats < 4_000, "{chats} bytes");
}

#[tokio::test]
async fn the_versions_of_a_message_are_no_larger_than_a_page() {
    let app = App::new().await;
    let (browser, ana, _) = agent(&app).await;
    let number = app.own_connection(&ana).await;
    let question = says(0, "oi".into());
    let edit = |nth: usize| {
        let text = format!("{nth} {}", "\"\u{1}".repeat(5_000));
        let target = question.wa_id.clone();
        let amends = Some(UpdateOf { target, what: MessageUpdate::Edited(text) });
        Inbound { amends, ..says(nth, String::new()) }
    };
    let edits: Vec<_> = (1..=bounds::EDITS + 20).map(edit).collect();
    let ingest = app.store.ingest(number);
    ingest.messages(std::slice::from_ref(&question)).await.expect("it is stored");
    ingest.messages(&edits).await.expect("they are stored");
    let viewer = app.store.viewer(ana.id).await.expect("ana");
    let messages = viewer.messages(app.chat_of(&ana).await, None, 1).await.expect("a message");
    let id = messages[0].id.to_string();
    let bytes = list(&browser, "message_versions", &[("message", &id)]).await;
    assert!(bytes < WORST_PAGE, "{bytes} bytes");
}

#[tokio::test]
async fn the_rest_of_a_long_text_is_read_on_with_and_without_javascript() {
    let app = App::new().await;
    let (browser, ana, _) = agent(&app).await;
    let number = app.own_connection(&ana).await;
    let text = format!("*Pedido*\n{}fim <b>", "linha\n".repeat(2_000));
    app.store.ingest(number).messages(&[says(1, text.clone())]).await.expect("it is stored");
    let chat = app.chat_of(&ana).await.to_string();

    let answer = browser.post("/api/messages").form(&[("chat", &chat)]).await;
    let message = answer.json::<Vec<Message>>().remove(0);
    assert!(message.more && message.text.len() <= bounds::BUBBLE);
    assert!(text.starts_with(&message.text));
    let link = Message::text_address(message.id);
    let page = browser.get(&format!("/atendente/inbox-pirata/chat/{chat}")).await.text();
    assert!(page.contains(&format!("href=\"{link}\"")) && page.contains("Ler mais"));
    assert!(!page.contains("fim &lt;b&gt;"));

    let whole = browser.get(&link).await;
    whole.assert_header("content-type", "text/plain; charset=utf-8");
    whole.assert_header("x-content-type-options", "nosniff");
    assert_eq!(whole.text(), text);
    let id = message.id.to_string();
    let whole = browser.post("/api/message_text").form(&[("message", &id)]).await;
    let whole = whole.json::<WholeText>();
    assert_eq!(whole.text, text);
    assert!(!whole.rich.is_empty());

    // A short text has no continuation, and a revoked one has no text.
    app.store.ingest(number).messages(&[says(2, "oi".into())]).await.expect("it is stored");
    let chats = browser.post("/api/chats").await.json::<Vec<Chat>>();
    assert_eq!(chats.len(), 1);
    let revoked = UpdateOf { target: says(1, String::new()).wa_id, what: MessageUpdate::Revoked };
    let revoked = Inbound { amends: Some(revoked), ..says(3, String::new()) };
    app.store.ingest(number).messages(&[revoked]).await.expect("it is stored");
    browser.get(&link).await.assert_status_not_found();
    let page = browser.get(&format!("/atendente/inbox-pirata/chat/{chat}")).await.text();
    assert!(!page.contains("Ler mais"));
}
