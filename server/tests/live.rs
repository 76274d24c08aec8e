//! The live stream: whose it is, what it tells beside messages, and browsers that are slow.

mod support;

use axum_test::TestServer;
use model::{LiveEvent, Role, User};
use support::{App, PASSWORD};

/// More than the stream, the hub and a replay together hold.
const WRITTEN: usize = 3_000;

#[tokio::test]
async fn a_browser_that_does_not_read_slows_nobody_and_is_told_to_load_again() {
    let app = App::new().await;
    let ana = app.user("ana", Role::Atendente).await;
    let number = app.own_connection(&ana).await;
    app.customer_writes(number, "oi").await;
    let viewer = app.store.viewer(ana.id).await.expect("ana");
    let answer = support::log_in(&app.browser(), &ana.email, PASSWORD).await;
    let cookies: Vec<_> =
        answer.iter_cookies().map(|cookie| cookie.stripped().to_string()).collect();
    let begin = viewer.last_seq().await.expect("a place");
    let mut live = app.live(&cookies.join("; "), begin).await;

    // Nothing of it is read meanwhile, and all of it is stored.
    for nth in 0..WRITTEN {
        app.customer_writes(number, &format!("n.º {nth}")).await;
    }
    let mut read = 0;
    while live.next().await != LiveEvent::Resync {
        read += 1;
    }
    assert!(read < WRITTEN, "what was kept for it is bounded: {read}");
    // From there it misses nothing.
    app.customer_writes(number, "e agora?").await;
    loop {
        if let LiveEvent::Message { message, .. } = live.next().await {
            assert_eq!(message.text, "e agora?");
            break;
        }
    }
}

/// Somebody with a browser, and what it sends to be known.
async fn enter(app: &App, user: &User) -> (TestServer, String) {
    let browser = app.browser();
    let answer = support::log_in(&browser, &user.email, PASSWORD).await;
    let cookies = answer.iter_cookies().map(|cookie| cookie.stripped().to_string());
    let cookies = cookies.collect::<Vec<_>>().join("; ");
    (browser, cookies)
}

#[tokio::test]
async fn the_page_of_one_user_gets_no_stream_of_another_in_the_same_browser() {
    let app = App::new().await;
    let ana = app.user("ana", Role::Atendente).await;
    let bia = app.user("bia", Role::Atendente).await;
    let (browser, _) = enter(&app, &bia).await;
    browser.get(&format!("/live?after=0&user={}", ana.id)).await.assert_status_unauthorized();
    app.customer_writes(app.own_connection(&bia).await, "oi").await;
    let chat = app.chat_of(&bia).await;
    let of = |user: &User| format!("chat={chat}&text=oi&at=1&user={}", user.id);
    let save = |body: String| {
        browser.post("/api/save_draft").text(body).content_type("application/x-www-form-urlencoded")
    };
    save(of(&ana)).await.assert_status_unauthorized();
    let viewer = app.store.viewer(bia.id).await.expect("bia");
    assert!(viewer.drafts().await.expect("drafts").is_empty());
    save(of(&bia)).await.assert_status_ok();
}

#[tokio::test]
async fn a_logout_ends_the_streams_of_its_login_at_once() {
    let app = App::new().await;
    let ana = app.user("ana", Role::Atendente).await;
    let (browser, cookie) = enter(&app, &ana).await;
    let mut live = app.live(&cookie, 0).await;
    live.next().await;
    browser.post("/api/logout").await;
    let soon = std::time::Duration::from_secs(5);
    tokio::time::timeout(soon, live.end()).await.expect("it ends before anybody looks again");
}

#[tokio::test]
async fn every_page_of_a_user_is_told_totals_and_drafts() {
    let app = App::new().await;
    let ana = app.user("ana", Role::Atendente).await;
    let number = app.own_connection(&ana).await;
    let (browser, cookie) = enter(&app, &ana).await;
    let mut live = app.live(&cookie, 0).await;
    let mut totals = async || loop {
        if let LiveEvent::Unread { numbers } = live.next().await {
            return numbers;
        }
    };
    assert_eq!(totals().await, []);
    app.customer_writes(number, "oi").await;
    assert_eq!(totals().await, [(number, 1)]);
    let chat = app.chat_of(&ana).await.to_string();
    browser.post("/api/mark_read").form(&[("chat", &chat)]).await.assert_status_ok();
    assert_eq!(totals().await, []);

    let form = [("chat", &*chat), ("text", "bom dia"), ("at", "1")];
    browser.post("/api/save_draft").form(&form).await.assert_status_ok();
    loop {
        if let LiveEvent::Drafts { drafts, all: false } = live.next().await {
            assert_eq!(drafts[0].text, "bom dia");
            break;
        }
    }
    // A page that comes back is told all of them.
    let mut later = app.live(&cookie, 0).await;
    loop {
        if let LiveEvent::Drafts { drafts, all: true } = later.next().await {
            assert_eq!(drafts.len(), 1);
            break;
        }
    }
}
