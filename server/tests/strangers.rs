//! Texts chosen by strangers and colleagues, on every page, in files and in headers.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use axum::http::HeaderValue;
use axum::http::header;
use axum_test::TestServer;
use model::content::{Contact, Coordinates, LinkPreview, Place, Poll};
use model::{MessageContent, MessageKind, Role};
use store::{Inbound, InboundMedia, NewUser, Peer};
use support::{App, PASSWORD, log_in};

/// Characters that change the direction, begin a line, or are invisible where it matters.
const CONTROLS: &str = "\u{202e}\u{202d}\u{202a}\u{2066}\u{2067}\u{2068}\u{200e}\u{200f}\u{61c}";

/// Combining characters of a flood.
const FLOOD: &str = "\u{301}\u{20dd}\u{334}";

/// The place of a value in a page.
#[derive(Debug)]
enum Occurrence<'a> {
    /// The text of an element, and the open elements around it, innermost last.
    Text {
        text: &'a str,
        open: Vec<&'a str>,
    },
    Attribute {
        tag: &'a str,
    },
}

/// Every place of text in a page. Scripts are left out.
fn places(page: &str) -> Vec<Occurrence<'_>> {
    const EMPTY: [&str; 8] = ["meta", "link", "input", "br", "img", "hr", "path", "source"];
    let (mut found, mut open) = (Vec::new(), Vec::<&str>::new());
    let mut rest = page;
    while let Some((text, after)) = rest.split_once('<') {
        if !text.is_empty() {
            found.push(Occurrence::Text { text, open: open.clone() });
        }
        // Comments are the marks of the framework, and quoted attributes may hold a `>`.
        if let Some(comment) = after.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, rest)| rest);
            continue;
        }
        let mut quoted = false;
        let end = after.find(|letter| {
            quoted ^= letter == '"';
            letter == '>' && !quoted
        });
        let (tag, after) = after.split_at(end.unwrap_or(after.len()));
        rest = after.strip_prefix('>').unwrap_or(after);
        let name = tag.split([' ', '/']).find(|name| !name.is_empty()).unwrap_or_default();
        if tag.starts_with('/') {
            let at = open.iter().rposition(|one| one.split(' ').next() == Some(name));
            open.truncate(at.unwrap_or(open.len()));
            continue;
        }
        found.push(Occurrence::Attribute { tag });
        if !tag.ends_with('/') && !tag.starts_with('!') && !EMPTY.contains(&name) {
            open.push(tag);
        }
        if name == "script" || name == "style" {
            rest = rest.split_once("</").map_or("", |(_, rest)| rest);
            open.pop();
            rest = rest.split_once('>').map_or("", |(_, rest)| rest);
        }
    }
    found
}

fn is_control(letter: char) -> bool {
    (letter.is_control() && letter != '\n') || CONTROLS.contains(letter)
}

/// Returns the mistakes of a page with texts: `marked` texts must be isolated.
fn mistakes(page: &str, address: &str, marked: &[&str]) -> Vec<String> {
    let mut wrong = Vec::new();
    for place in places(page) {
        match place {
            // A message's text is displayed as written, in an element that isolates it. The
            // properties of an island contain it too, for the browser.
            Occurrence::Text { text, open } => {
                let isolated =
                    open.iter().any(|tag| tag.contains("dir=\"auto\"") || tag.starts_with("bdi"));
                if text.contains(is_control) && !isolated {
                    wrong.push(format!("{address}: {text:?} turns what is around it: {open:?}"));
                }
                let of = marked.iter().find(|mark| text.contains(*mark));
                // The stylesheet isolates elements, so a text without neighbours is isolated.
                let alone = text.split_whitespace().count() <= 2;
                if let Some(mark) = of.filter(|_| !isolated && !alone && text.contains(" · ")) {
                    wrong.push(format!("{address}: {mark} has neighbours in {text:?}"));
                }
            }
            Occurrence::Attribute { tag } => {
                let is_for_island = tag.starts_with("leptos-island") || tag.starts_with("textarea");
                if tag.contains(is_control) && !is_for_island {
                    wrong.push(format!("{address}: <{tag}> has a control in an attribute"));
                }
            }
        }
        if page.contains(&FLOOD.repeat(3)) {
            wrong.push(format!("{address}: a flood of marks"));
        }
    }
    wrong
}

fn hostile(word: &str) -> String {
    format!("{CONTROLS}{word}{}\u{202e}fdp", FLOOD.repeat(9))
}

async fn page(browser: &TestServer, address: &str) -> String {
    let answer = browser.get(address).await;
    answer.assert_status_ok();
    for (name, value) in answer.headers() {
        assert!(value.to_str().is_ok(), "{address}: {name} is plain");
    }
    answer.text()
}

#[tokio::test]
async fn words_of_others_turn_and_cover_nothing_on_any_page() {
    let app = App::new().await;
    let admin =
        NewUser { name: hostile("chefe"), role: Role::Admin, ..fixtures::new_user("chefe") };
    let admin = app.store.operator().create(admin).await.unwrap();
    let agent = app.user("ana", Role::Atendente).await;
    let viewer = app.store.viewer(agent.id).await.unwrap();
    viewer.rename(&hostile("agente")).await.unwrap();
    let label: String = hostile("rótulo").chars().take(40).collect();
    let number = viewer.add_connection(fixtures::number(&label)).await.unwrap();
    let powers = app.store.viewer(admin.id).await.unwrap().admin().await.unwrap();
    let access = model::Access::WriteAndManage;
    app.store.grant_access(&powers, admin.id, number, access).await.unwrap();

    let media = InboundMedia {
        name: Some("nota\u{202e}fdp.exe".into()),
        shape: None,
        preview: None,
        ..fixtures::file("application/x-msdownload\u{202e}")
    };
    let contact = |nth: usize| Contact {
        name: hostile("cartão"),
        phones: vec![hostile("fone"), format!("+551191234567{nth}"), "javascript:alert(1)".into()],
        ..Contact::default()
    };
    let place = Place {
        at: Coordinates::of_degrees(-15.79, -47.88),
        name: hostile("lugar"),
        address: hostile("rua"),
        report: None,
    };
    let poll = Poll {
        question: hostile("enquete"),
        options: vec![hostile("opção"); 3],
        ..Poll::default()
    };
    let preview = LinkPreview {
        link: "https://loja.example".to_owned(),
        title: hostile("prévia"),
        description: hostile("descrição"),
    };
    let kinds = [
        (MessageKind::Text, None, None),
        (MessageKind::Text, None, Some(MessageContent::LinkedText(preview))),
        (MessageKind::Document, Some(media), None),
        (MessageKind::Poll, None, Some(MessageContent::Poll(poll))),
        (MessageKind::Contact, None, Some(MessageContent::Contacts(vec![contact(1)]))),
        (MessageKind::Contact, None, Some(MessageContent::Contacts(vec![contact(2), contact(3)]))),
        (MessageKind::Location, None, Some(MessageContent::Location(place))),
        // As an earlier version stored them.
        (MessageKind::Poll, None, None),
        (MessageKind::Contact, None, None),
    ];
    let text = format!("{}\n*{}*\nhttps://loja.example", hostile("recado"), hostile("forte"));
    for (group, from) in [(None, "5561998124471"), (Some("120363@g.us"), "5561998124472")] {
        for (nth, (kind, media, content)) in kinds.iter().enumerate() {
            let person = fixtures::person(from);
            let message = Inbound {
                peer: if group.is_some() { Peer::default() } else { person.clone() },
                group: group.map(str::to_owned),
                sender: group.is_some().then_some(person),
                kind: *kind,
                content: content.clone(),
                timestamp: chrono::Utc::now(),
                push_name: Some(hostile("cliente")),
                media: media.clone(),
                ..fixtures::text(format!("3EB0{from}{nth:06}"), text.clone())
            };
            app.store.ingest(number).messages(&[message]).await.unwrap();
        }
    }
    let [ana, chefe] = [app.browser(), app.browser()];
    let user_agent = hostile("navegador").replace(['\u{202e}', '\u{301}'], "");
    for (browser, user) in [(&ana, &agent), (&chefe, &admin)] {
        let form = [
            ("email", user.email.as_str()),
            ("password", PASSWORD),
            ("remember", "false"),
            ("next", ""),
        ];
        let login = browser.post("/api/login").form(&form);
        let login = login.add_header(header::USER_AGENT, header_value(&user_agent));
        login.await.assert_status_ok();
    }
    // A login attempt uses an email address that is a formula.
    log_in(&app.browser(), "=cmd|' /C calc'!A0\u{202e}@mal.example", "não é essa").await;

    let chats = viewer.chats(store::ChatsPage { connection: None, before: None, limit: 9 }).await;
    let chats = chats.unwrap();
    assert_eq!(chats.len(), 2);
    let open = chats.iter().map(|chat| format!("/atendente/inbox-pirata/chat/{}", chat.id));
    // A poll that an earlier version stored has neither a card nor a page.
    let is_card = |message: &&model::Message| {
        message.rich.first().is_some_and(|piece| piece.style == model::Style::Poll)
    };
    let mut polls = Vec::new();
    for chat in &chats {
        let messages = viewer.messages(chat.id, None, 50).await.unwrap();
        let addresses = messages.iter().filter(is_card);
        polls.extend(addresses.map(|poll| model::Message::votes_address(poll.id)));
    }
    assert_eq!(polls.len(), 2);
    let person = format!("/admin/atendentes/{}", agent.id);
    let own = format!("/numeros/{number}");
    let both = ["/atendente/inbox-pirata", "/perfil", "/numeros/novo", &own];
    let admins = ["/admin/conexoes", "/admin/atendentes", "/admin/auditoria", &person];
    let mut wrong = Vec::new();
    let marked = ["chefe", "agente", "rótulo", "cliente"];
    let mut all = String::new();
    for address in both.into_iter().map(str::to_owned).chain(open).chain(polls) {
        let html = page(&ana, &address).await;
        wrong.extend(mistakes(&html, &address, &marked));
        all += &html;
    }
    for address in both.into_iter().chain(admins) {
        let html = page(&chefe, address).await;
        wrong.extend(mistakes(&html, address, &marked));
        all += &html;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for (value, why) in [
        ("chefe", "the administrator's name"),
        ("agente", "the agent's"),
        ("rótulo", "the number's"),
        ("cliente", "the customer's"),
        ("recado", "the text"),
        ("notafdp.exe", "the file's name as it is"),
        ("cartão", "the name of a contact"),
        ("lugar", "the name of a place"),
        ("prévia", "the title of a link's preview"),
        ("descrição", "its description"),
        ("opção", "an option of a poll"),
        ("href=\"/nova-conversa?telefone=%2B5511912345671", "the link to a conversation"),
        ("href=\"https://www.google.com/maps?q=-15.790000,-47.880000\"", "the link to a map"),
    ] {
        assert!(all.contains(value), "{why} is on the pages");
    }

    assert!(!all.contains("href=\"javascript:"), "no address of a stranger is a link");

    let csv = chefe.get("/admin/auditoria.csv").await;
    csv.assert_status_ok();
    assert!(!csv.text().contains(|letter| is_control(letter) && letter != '\r'), "{}", csv.text());
    for field in csv.text().split([',', '\n']) {
        let begins = field.trim_start_matches('"');
        assert!(!begins.starts_with(['=', '+', '-', '@']), "{field}");
    }
}

/// The value as a browser sends it: non-ASCII bytes are sent as they are.
fn header_value(text: &str) -> HeaderValue {
    HeaderValue::from_bytes(text.as_bytes()).unwrap()
}
