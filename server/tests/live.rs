//! The live stream and browsers that are slow.

mod support;

use model::{LiveEvent, Role};
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
