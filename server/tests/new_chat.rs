//! Starting a conversation over HTTP, without WhatsApp.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use app::ApiError;
use app::error::{Field, Problem};
use axum::http::StatusCode;
use axum_test::{TestResponse, TestServer};
use model::{Access, ConnectionId, EndReason, Role, User};
use store::ActorContext;
use support::App;

/// Asks for a chat as a script does.
async fn ask(browser: &TestServer, number: ConnectionId, phone: &str) -> TestResponse {
    let form = [("connection", &*number.to_string()), ("phone", phone)];
    browser.post("/api/start_chat").form(&form).await
}

/// Sends the form of the page at this address as a browser does, and returns the address that it leads to.
async fn send(browser: &TestServer, page: &str, number: ConnectionId, phone: &str) -> String {
    let answer = browser
        .post("/api/start_chat")
        .form(&[("connection", &*number.to_string()), ("phone", phone)])
        .add_header("accept", "text/html")
        .add_header("referer", format!("http://inbox.lan{page}"))
        .await;
    assert_eq!(answer.status_code(), StatusCode::FOUND);
    let back = answer.header("location").to_str().unwrap().to_owned();
    back.strip_prefix("http://inbox.lan").unwrap_or(&back).to_owned()
}

/// Sends the form of the page of a number, and returns the page that it leads to.
async fn submit(browser: &TestServer, number: ConnectionId, phone: &str) -> TestResponse {
    let page = format!("/nova-conversa?numero={number}");
    browser.get(&send(browser, &page, number, phone).await).await
}

/// Returns the beginning of the option of a number that is chosen.
fn chosen(number: ConnectionId) -> String {
    format!("<option value=\"{number}\" selected")
}

/// A number of somebody else, which this user may use like this.
async fn shared(app: &App, user: &User, access: Access) -> ConnectionId {
    let admin = app.user("adm", Role::Admin).await;
    let powers = app.store.viewer(admin.id).await.unwrap().admin().await.unwrap();
    let number = app.own_connection(&app.user("bia", Role::Atendente).await).await;
    app.store.grant_access(&powers, user.id, number, access).await.unwrap();
    number
}

#[tokio::test]
async fn what_was_typed_is_a_phone_or_not() {
    let app = App::new().await;
    let (browser, ana) = app.logged_in("ana", Role::Atendente).await;
    let number = app.own_connection(&ana).await;
    for (typed, problem) in [
        ("", Problem::Empty),
        ("99812-4471", Problem::TooShort),
        ("a loja", Problem::Malformed),
        ("https://wa.me/message/ABC", Problem::Malformed),
        ("+99 9999 9999", Problem::Impossible),
    ] {
        let answer = ask(&browser, number, typed).await;
        assert_eq!(answer.status_code(), StatusCode::UNPROCESSABLE_ENTITY, "{typed}");
        let expected = ApiError::Invalid { field: Field::Phone, problem };
        assert_eq!(answer.json::<ApiError>(), expected, "{typed}");
    }
    let answer = ask(&browser, number, "34912345678").await;
    assert!(matches!(answer.json::<ApiError>(), ApiError::AmbiguousPhone { .. }));
    for typed in ["61 99812-4471", "https://wa.me/34912345678", "+34 912 34 56 78"] {
        let answer = ask(&browser, number, typed).await;
        assert_eq!(answer.status_code(), StatusCode::CONFLICT, "{typed}");
        assert_eq!(answer.json::<ApiError>(), ApiError::NotConnected, "{typed}");
    }
}

#[tokio::test]
async fn a_chat_that_exists_is_opened_without_whatsapp() {
    let app = App::new().await;
    let (browser, ana) = app.logged_in("ana", Role::Atendente).await;
    let number = app.own_connection(&ana).await;
    app.customer_writes(number, "oi").await;
    let chat = app.chat_of(&ana).await;
    // The customer's phone without the ninth digit.
    let answer = ask(&browser, number, "61 9812-4471").await;
    answer.assert_status_ok();
    assert_eq!(answer.header("location"), format!("/atendente/inbox-pirata/chat/{chat}"));
}

#[tokio::test]
async fn look_ups_that_were_not_made_are_not_counted() {
    let app = App::new().await;
    let (browser, ana) = app.logged_in("ana", Role::Atendente).await;
    let number = app.own_connection(&ana).await;
    for _ in 0..30 {
        let answer = ask(&browser, number, "61 99812-4471").await;
        assert_eq!(answer.status_code(), StatusCode::CONFLICT);
    }
}

#[tokio::test]
async fn the_page_says_why_no_conversation_starts() {
    let app = App::new().await;
    let (browser, ana) = app.logged_in("ana", Role::Atendente).await;
    let number = app.own_connection(&ana).await;
    let page = submit(&browser, number, "61 99812-4471").await;
    page.assert_text_contains("Este número não está conectado");
    page.assert_text_contains(format!("href=\"/atendente/inbox-pirata?numero={number}\""));

    let page = submit(&browser, number, "34912345678").await;
    page.assert_text_contains("Brasil: +55 34 91234-5678");
    page.assert_text_contains("Espanha: +34 912 34 56 78");
    page.assert_text_contains("value=\"34912345678\"");
}

#[tokio::test]
async fn each_error_is_the_last_one_and_stands_beside_what_was_typed() {
    let app = App::new().await;
    let (browser, ana) = app.logged_in("ana", Role::Atendente).await;
    app.own_connection(&ana).await;
    let other = shared(&app, &ana, Access::Write).await;

    let mut address = "/nova-conversa".to_owned();
    for (typed, sentence) in [
        ("123 45", "faltam dígitos"),
        ("a loja", "Confira o número: DDD e número"),
        ("34 91234 5678", "Pode ser um destes dois números"),
        ("61 99812-4471", "Este número não está conectado"),
    ] {
        address = send(&browser, &address, other, typed).await;
        assert!(address.starts_with("/nova-conversa?__path="), "{address}");
        assert_eq!(address.matches("__err=").count(), 1, "{address}");
        let page = browser.get(&address).await;
        page.assert_text_contains(sentence);
        page.assert_text_contains(format!("value=\"{typed}\""));
        page.assert_text_contains(chosen(other));
    }
    // They are shown once, and only beside an error.
    let page = browser.get(&address).await.text();
    assert!(!page.contains("value=\"61 99812-4471\""), "{page}");
    send(&browser, "/nova-conversa", other, "123 45").await;
    let page = browser.get("/nova-conversa").await.text();
    assert!(!page.contains("value=\"123 45\""), "{page}");
}

#[tokio::test]
async fn a_number_whose_phone_changed_stands_for_the_one_that_replaced_it() {
    let app = App::new().await;
    let admin = app.user("adm", Role::Admin).await;
    let powers = app.store.viewer(admin.id).await.unwrap().admin().await.unwrap();
    let (browser, ana) = app.logged_in("ana", Role::Atendente).await;
    app.own_connection(&ana).await;
    let bia = app.user("bia", Role::Atendente).await;
    let old = app.own_connection(&bia).await;
    app.store.grant_access(&powers, ana.id, old, Access::Write).await.unwrap();
    let ingest = app.store.ingest(old);
    let scanned = ingest.linked("5561998124471", None, None, None).await.unwrap();
    assert!(matches!(scanned, store::Scanned::Linked));
    ingest.unlinked(EndReason::UnlinkedHere, &ActorContext::system()).await.unwrap();
    let manage = app.store.viewer(bia.id).await.unwrap().grant_manage(old).await.unwrap();
    let new = app.store.change_phone(&manage).await.unwrap();
    assert_ne!(new, old);

    for number in [old, new] {
        let page = browser.get(&format!("/nova-conversa?numero={number}")).await;
        page.assert_text_contains(chosen(new));
    }
}

#[tokio::test]
async fn the_page_offers_the_numbers_that_one_may_write_from() {
    let app = App::new().await;
    let admin = app.user("adm", Role::Admin).await;
    let powers = app.store.viewer(admin.id).await.unwrap().admin().await.unwrap();
    let (browser, ana) = app.logged_in("ana", Role::Atendente).await;
    let own = app.own_connection(&ana).await;
    let page = browser.get("/nova-conversa?telefone=%2B55%2061%2099812-4471").await;
    page.assert_text_contains(format!("type=\"hidden\" name=\"connection\" value=\"{own}\""));
    page.assert_text_contains("value=\"+55 61 99812-4471\"");

    let other = app.own_connection(&app.user("bia", Role::Atendente).await).await;
    for (access, is_offered) in [(Access::Read, false), (Access::Write, true)] {
        app.store.grant_access(&powers, ana.id, other, access).await.unwrap();
        let page = browser.get(&format!("/nova-conversa?numero={other}")).await.text();
        assert_eq!(page.contains(&format!("<option value=\"{other}\"")), is_offered, "{access:?}");
        // Where another number was listed, the one that is written from is named.
        assert!(page.contains(&chosen(if is_offered { other } else { own })), "{access:?}");
    }
}

#[tokio::test]
async fn the_page_says_that_one_may_not_write_from_a_number() {
    let app = App::new().await;
    let (browser, ana) = app.logged_in("ana", Role::Atendente).await;
    app.own_connection(&ana).await;
    // A number that may only be read is not told apart from one that does not exist.
    let other = shared(&app, &ana, Access::Read).await;
    for number in [other, ConnectionId(999)] {
        let answer = ask(&browser, number, "61 99812-4471").await;
        assert_eq!(answer.status_code(), StatusCode::NOT_FOUND);
        assert_eq!(answer.json::<ApiError>(), ApiError::NotYours);
        let page = submit(&browser, number, "61 99812-4471").await;
        page.assert_text_contains("Você não pode mais escrever por este número");
    }
}
