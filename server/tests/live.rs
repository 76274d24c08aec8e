//! The live stream: its access, its events other than messages, and slow browsers.

mod support;

use model::{LiveEvent, Role, User};
use support::{App, cookie_of, enter};

/// More messages than the stream, the hub and a replay together hold.
const WRITTEN: usize = 3_000;

#[tokio::test]
async fn a_browser_that_does_not_read_slows_nobody_and_is_told_to_load_again() {
    // The stall limit is long, so that slow writing here does not end the stream.
    let app = App::with_flags(&["--live-stall", "10m"]).await;
    let ana = app.user("ana", Role::Atendente).await;
    let number = app.own_connection(&ana).await;
    app.customer_writes(number, "oi").await;
    let viewer = app.store.viewer(ana.id).await.expect("ana");
    let cookie = cookie_of(&app, &ana).await;
    let begin = viewer.last_seq().await.expect("a place");
    let mut live = app.live(&cookie, begin).await;

    // Nothing is read meanwhile, and every message is stored.
    for nth in 0..WRITTEN {
        app.customer_writes(number, &format!("n.º {nth}")).await;
    }
    let mut read = 0;
    while live.next().await != LiveEvent::Resync {
        read += 1;
    }
    assert!(read < WRITTEN, "what was kept for it is bounded: {read}");
    // After the resync it misses nothing.
    app.customer_writes(number, "e agora?").await;
    loop {
        if let LiveEvent::Message { message, .. } = live.next().await {
            assert_eq!(message.text, "e agora?");
            break;
        }
    }
}

/// A stream checks its numbers again and again, since nothing reports some of their changes.
#[tokio::test]
async fn a_number_is_sent_again_only_if_it_changed() {
    let app = App::with_flags(&["--live-recheck", "100ms"]).await;
    let ana = app.user("ana", Role::Atendente).await;
    let number = app.own_connection(&ana).await;
    let viewer = app.store.viewer(ana.id).await.expect("ana");
    let (_, cookies) = enter(&app, &ana).await;
    let mut live = app.live(&cookies, viewer.last_seq().await.expect("a place")).await;
    let label = |event: &LiveEvent| match event {
        LiveEvent::Connection { connection } => Some(connection.label.clone()),
        _ => None,
    };
    while label(&live.next().await).is_none() {}
    for nth in 0..60 {
        app.customer_writes(number, &format!("n.º {nth}")).await;
        loop {
            let event = live.next().await;
            assert_eq!(label(&event), None, "nothing of the number changed");
            if matches!(event, LiveEvent::Message { .. }) {
                break;
            }
        }
    }
    let grant = viewer.grant_manage(number).await.expect("the right");
    app.store.rename_connection(&grant, "Vendas").await.expect("a name");
    loop {
        if let Some(label) = label(&live.next().await) {
            assert_eq!(label, "Vendas");
            break;
        }
    }
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
        if let LiveEvent::Unread { numbers, .. } = live.next().await {
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
    // A page that reconnects gets all of them.
    let mut later = app.live(&cookie, 0).await;
    loop {
        if let LiveEvent::Drafts { drafts, all: true } = later.next().await {
            assert_eq!(drafts.len(), 1);
            break;
        }
    }
}

/// The first numbered event, or the resync, that a reconnecting page gets.
async fn first_numbered_event(live: &mut support::Live) -> LiveEvent {
    loop {
        let event = live.next().await;
        if matches!(event, LiveEvent::Message { .. } | LiveEvent::Chat { .. } | LiveEvent::Resync) {
            return event;
        }
    }
}

#[tokio::test]
async fn access_that_is_taken_away_while_a_stream_reconnects_is_noticed_when_it_is_back() {
    let app = App::new().await;
    let admin = app.user("adm", Role::Admin).await;
    let dona = app.user("dona", Role::Atendente).await;
    let ana = app.user("ana", Role::Atendente).await;
    let number = app.own_connection(&dona).await;
    app.customer_writes(number, "oi").await;
    let chat = app.chat_of(&dona).await;
    let viewer = async |user: &User| app.store.viewer(user.id).await.expect("a viewer");
    let proof = viewer(&admin).await.admin().await.expect("an admin");
    let read = model::Access::Read;
    app.store.grant_access(&proof, ana.id, number, read).await.expect("a grant");
    let (_, of_ana) = enter(&app, &ana).await;
    let (_, of_adm) = enter(&app, &admin).await;

    // Both are disconnected here, and each loses access to something.
    let seen = viewer(&ana).await.last_seq().await.expect("a place");
    drop(app.live_again(&of_ana, seen).await);
    app.store.revoke_access(&proof, ana.id, number).await.expect("it is taken");
    assert_eq!(
        first_numbered_event(&mut app.live_again(&of_ana, seen).await).await,
        LiveEvent::Resync
    );
    let dona_views = viewer(&dona).await;
    dona_views.set_chat_private(chat, true).await.expect("it is private");
    assert_eq!(
        first_numbered_event(&mut app.live_again(&of_adm, seen).await).await,
        LiveEvent::Resync
    );

    // A page loaded since continues as before, with new events and nothing else.
    let (_, of_dona) = enter(&app, &dona).await;
    let seen = dona_views.last_seq().await.expect("a place");
    app.customer_writes(number, "ainda aí?").await;
    let event = first_numbered_event(&mut app.live_again(&of_dona, seen).await).await;
    assert!(matches!(event, LiveEvent::Message { message, .. } if message.text == "ainda aí?"));

    // A removed number also disappears from a page that was disconnected.
    let seen = dona_views.last_seq().await.expect("a place");
    let grant = dona_views.grant_remove(number).await.expect("it is hers");
    app.store.remove_connection(&grant).await.expect("it is removed");
    assert_eq!(
        first_numbered_event(&mut app.live_again(&of_adm, seen).await).await,
        LiveEvent::Resync
    );
}

#[tokio::test]
async fn of_too_many_streams_of_one_user_the_oldest_ends_and_is_asked_to_come_back_later() {
    const OF_USER: usize = 64;
    let app = App::new().await;
    let ana = app.user("ana", Role::Atendente).await;
    let bia = app.user("bia", Role::Atendente).await;
    let number = app.own_connection(&ana).await;
    let number_of_bia = app.own_connection(&bia).await;
    let (_, of_ana) = enter(&app, &ana).await;
    let (_, of_bia) = enter(&app, &bia).await;
    let begin = app.store.viewer(ana.id).await.expect("ana").last_seq().await.expect("a place");
    let mut other = app.live(&of_bia, begin).await;
    let mut streams = Vec::new();
    for _ in 0..=OF_USER {
        streams.push(app.live(&of_ana, begin).await);
    }
    let oldest = streams.remove(0).rest().await;
    assert!(oldest.trim_end().ends_with("retry: 30000"), "{oldest}");
    app.customer_writes(number, "oi").await;
    for live in &mut streams {
        let event = first_numbered_event(live).await;
        assert!(matches!(event, LiveEvent::Chat { .. }), "{event:?}");
    }
    // The streams of other users do not end.
    app.customer_writes(number_of_bia, "oi").await;
    let event = first_numbered_event(&mut other).await;
    assert!(matches!(event, LiveEvent::Chat { .. }), "{event:?}");
}
