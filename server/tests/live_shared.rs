//! What the streams of several tabs and users share: reads of the database, serialized events, and
//! the task that follows the changes for a user.

mod support;

use std::time::Duration;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use model::{Access, ConnectionId, LiveEvent, Role, User};
use support::{App, Live, cookie_of};

/// Messages of one measurement.
const MESSAGES: usize = 30;
/// Less than the queue of a browser holds, by the longest event.
const NEARLY_FULL: f64 = 100_000.0;
/// Events that wait for a stream whose queue is full. Fewer than make it read the database.
const WAITING: usize = 30;
/// Long messages that a browser has missed: more than a read of a replay returns, and fewer than make
/// the page load again.
const MISSED: usize = 80;
/// Timeout, longer than any step here takes.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Another customer.
const SECOND_CUSTOMER: &str = "5561998124472";

fn metric(handle: &PrometheusHandle, name: &str) -> f64 {
    let text = handle.render();
    let line = text.lines().find(|line| line.starts_with(name) && !line.starts_with('#'));
    line.and_then(|line| line.rsplit(' ').next()?.parse().ok()).unwrap_or(0.0)
}

/// Opens streams of a user, which miss nothing from now on.
async fn open(app: &App, user: &User, count: usize) -> Vec<Live> {
    let cookie = cookie_of(app, user).await;
    let viewer = app.store.viewer(user.id).await.expect("a viewer");
    let begin = viewer.last_seq().await.expect("a place");
    let mut tabs = Vec::new();
    for _ in 0..count {
        let mut tab = app.live(&cookie, begin).await;
        // Every stream begins with the totals.
        while !matches!(tab.next().await, LiveEvent::Unread { .. }) {}
        tabs.push(tab);
    }
    tabs
}

/// The text of the next message.
async fn next_text(tab: &mut Live) -> String {
    loop {
        if let LiveEvent::Message { message, .. } = tab.next().await {
            return message.text;
        }
    }
}

async fn until_resync(tab: &mut Live) {
    while tab.next().await != LiveEvent::Resync {}
}

async fn grant(app: &App, admin: &User, user: &User, number: ConnectionId) {
    let viewer = app.store.viewer(admin.id).await.expect("a viewer");
    let proof = viewer.admin().await.expect("an admin");
    app.store.grant_access(&proof, user.id, number, Access::Read).await.expect("a grant");
}

async fn revoke(app: &App, admin: &User, user: &User, number: ConnectionId) {
    let viewer = app.store.viewer(admin.id).await.expect("a viewer");
    let proof = viewer.admin().await.expect("an admin");
    app.store.revoke_access(&proof, user.id, number).await.expect("it is taken");
}

/// A customer writes, and every tab shows it before the next message. Returns the reads of the
/// database and the serialized events.
async fn cost(
    app: &App,
    number: ConnectionId,
    tabs: &mut [Live],
    handle: &PrometheusHandle,
) -> [f64; 2] {
    let now = || ["inbox_live_reads", "inbox_live_serialized"].map(|name| metric(handle, name));
    let before = now();
    for _ in 0..MESSAGES {
        let text = app.customer_writes_once(number).await;
        for tab in &mut *tabs {
            assert_eq!(next_text(tab).await, text);
        }
    }
    let after = now();
    [after[0] - before[0], after[1] - before[1]]
}

#[tokio::test]
async fn ten_tabs_of_a_user_cost_as_many_reads_and_serializations_as_one() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let _recording = metrics::set_default_local_recorder(&recorder);
    let handle = recorder.handle();
    let app = App::with_flags(&["--live-recheck", "1h"]).await;
    let ana = app.user("ana", Role::Atendente).await;
    let number = app.own_connection(&ana).await;
    app.customer_writes_once(number).await;

    let mut tabs = open(&app, &ana, 1).await;
    let of_one = cost(&app, number, &mut tabs, &handle).await;
    tabs.extend(open(&app, &ana, 9).await);
    let of_ten = cost(&app, number, &mut tabs, &handle).await;
    assert!(of_one.iter().all(|cost| *cost >= MESSAGES as f64), "{of_one:?}");
    // The totals are counted after some time, so a count more or less may fall into this one.
    for (ten, one) in of_ten.into_iter().zip(of_one) {
        assert!(ten <= one * 1.5 + 2.0, "{of_ten:?} instead of {of_one:?}");
    }
}

#[tokio::test]
async fn users_share_the_serialized_events_that_both_may_see_and_no_others() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let _recording = metrics::set_default_local_recorder(&recorder);
    let handle = recorder.handle();
    let app = App::with_flags(&["--live-recheck", "1h"]).await;
    let admin = app.user("adm", Role::Admin).await;
    let dona = app.user("dona", Role::Atendente).await;
    let ana = app.user("ana", Role::Atendente).await;
    let number = app.own_connection(&dona).await;
    app.customer_writes(number, "oi").await;
    let chat = app.chat_of(&dona).await;

    // A number that is granted while the stream is open is followed at once.
    let mut of_ana = open(&app, &ana, 1).await.remove(0);
    grant(&app, &admin, &ana, number).await;
    until_resync(&mut of_ana).await;
    let mut of_dona = open(&app, &dona, 1).await.remove(0);
    let before = metric(&handle, "inbox_live_serialized");
    for _ in 0..MESSAGES {
        let text = app.customer_writes_once(number).await;
        assert_eq!(
            [next_text(&mut of_ana).await, next_text(&mut of_dona).await],
            [text.clone(), text]
        );
    }
    let serialized = metric(&handle, "inbox_live_serialized") - before;
    // The totals, which come more rarely, are each user's own.
    assert!(serialized >= MESSAGES as f64, "{serialized}");
    assert!(serialized < 2.0 * MESSAGES as f64, "{serialized}");

    // Only its owner sees a private chat.
    let viewer = app.store.viewer(dona.id).await.expect("dona");
    viewer.set_chat_private(chat, true).await.expect("it is private");
    until_resync(&mut of_ana).await;
    until_resync(&mut of_dona).await;
    let private = app.customer_writes_once(number).await;
    app.writes_from(SECOND_CUSTOMER, number).await;
    assert_eq!(next_text(&mut of_dona).await, private);
    assert_eq!(next_text(&mut of_dona).await, "oi");
    assert_eq!(next_text(&mut of_ana).await, "oi", "of the other customer");
}

#[tokio::test]
async fn events_that_wait_for_a_slow_browser_are_not_sent_after_a_right_is_taken_away() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let _recording = metrics::set_default_local_recorder(&recorder);
    let handle = recorder.handle();
    let app = App::with_flags(&["--live-stall", "10m", "--live-recheck", "1h"]).await;
    let admin = app.user("adm", Role::Admin).await;
    let dona = app.user("dona", Role::Atendente).await;
    let ana = app.user("ana", Role::Atendente).await;
    let (number, own) = (app.own_connection(&dona).await, app.own_connection(&ana).await);
    grant(&app, &admin, &ana, number).await;
    let mut slow = open(&app, &ana, 1).await.remove(0);

    // The browser does not read meanwhile.
    let long = "bom dia ".repeat(1_000);
    let mut written = 0;
    while metric(&handle, "inbox_live_queued_bytes") < NEARLY_FULL {
        app.customer_writes(number, &long).await;
        written += 1;
    }
    for _ in 0..WAITING {
        app.customer_writes(number, &long).await;
        written += 1;
    }
    revoke(&app, &admin, &ana, number).await;
    app.customer_writes(own, "oi").await;

    let mut received = 0;
    loop {
        match slow.next().await {
            LiveEvent::Message { chat, .. } if chat.connection == number => received += 1,
            LiveEvent::Resync => break,
            _ => {}
        }
    }
    assert!(received > 0, "the queue was sent before the right was taken");
    assert!(received < written, "{received} of {written} were sent");
    app.customer_writes(number, "segredo").await;
    app.customer_writes(own, "fim").await;
    loop {
        let text = next_text(&mut slow).await;
        assert!(["oi", "fim"].contains(&&*text), "{text}");
        if text == "fim" {
            break;
        }
    }
}

#[tokio::test]
async fn a_right_that_is_taken_away_during_a_replay_is_noticed() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let _recording = metrics::set_default_local_recorder(&recorder);
    let handle = recorder.handle();
    let app = App::with_flags(&["--live-stall", "10m", "--live-recheck", "1h"]).await;
    let admin = app.user("adm", Role::Admin).await;
    let dona = app.user("dona", Role::Atendente).await;
    let ana = app.user("ana", Role::Atendente).await;
    let (number, own) = (app.own_connection(&dona).await, app.own_connection(&ana).await);
    app.customer_writes(number, "oi").await;
    grant(&app, &admin, &ana, number).await;
    let cookie = cookie_of(&app, &ana).await;
    let seen = app.store.viewer(ana.id).await.expect("ana").last_seq().await.expect("a place");
    // More than a queue holds, and more than are read from the database at once.
    let long = "bom dia ".repeat(1_000);
    for _ in 0..MISSED {
        app.customer_writes(own, &long).await;
    }

    // The browser comes back and reads nothing for a while.
    let mut slow = app.live_again(&cookie, seen).await;
    let filling = async {
        while metric(&handle, "inbox_live_queued_bytes") < NEARLY_FULL {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(TIMEOUT, filling).await.expect("the replay begins");
    let mut other = open(&app, &ana, 1).await.remove(0);
    revoke(&app, &admin, &ana, number).await;
    until_resync(&mut other).await;
    // This event has a higher number than the change of rights, and belongs to the same replay.
    app.customer_writes(own, "depois").await;
    tokio::time::timeout(TIMEOUT, until_resync(&mut slow)).await.expect("the page loads again");
    app.customer_writes(own, "fim").await;
    assert_eq!(next_text(&mut slow).await, "fim");
}

#[tokio::test]
async fn the_task_of_a_user_ends_with_their_last_stream() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let _recording = metrics::set_default_local_recorder(&recorder);
    let handle = recorder.handle();
    let app = App::new().await;
    let ana = app.user("ana", Role::Atendente).await;
    let bia = app.user("bia", Role::Atendente).await;
    let number = app.own_connection(&ana).await;
    let mut of_ana = open(&app, &ana, 2).await;
    let of_bia = open(&app, &bia, 1).await;
    let users = || metric(&handle, "inbox_live_users") as usize;
    let until = async |count| {
        let waiting = async {
            while users() != count {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), waiting).await.expect("the tasks end");
    };
    assert_eq!(users(), 2);
    drop(of_bia);
    until(1).await;
    of_ana.pop();
    app.customer_writes(number, "oi").await;
    assert_eq!(next_text(&mut of_ana[0]).await, "oi", "the other tab goes on");
    assert_eq!(users(), 1);
    drop(of_ana);
    until(0).await;

    let mut again = open(&app, &ana, 1).await;
    app.customer_writes(number, "voltou?").await;
    assert_eq!(next_text(&mut again[0]).await, "voltou?");
}
