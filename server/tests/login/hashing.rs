//! Checking a password takes 46 MiB for a while: the number of concurrent checks and of waiting
//! ones is bounded, whatever clients do.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use model::Role;
use tower::ServiceExt as _;

use crate::support::{App, PASSWORD, log_in};

fn attempt(nth: usize) -> Request<Body> {
    Request::post("/api/login")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(format!("email=eva{nth}%40mal.example&password=nenhuma+dessas")))
        .unwrap()
}

#[tokio::test]
async fn who_hangs_up_frees_no_place_for_another_hash() {
    let app = App::new().await;
    let ana = app.user("ana", Role::Admin).await;
    let accounts = app.store.accounts();
    let limit = accounts.hashing().limit;
    for wave in 0..8 {
        let tasks: Vec<_> = (0..limit + 20)
            .map(|nth| tokio::spawn(app.router().oneshot(attempt(wave * 100 + nth))))
            .collect();
        while accounts.hashing().running < limit || accounts.hashing().waiting < 10 {
            tokio::task::yield_now().await;
        }
        for task in tasks {
            task.abort();
            // A request whose hash was done in the meantime has its response.
            assert!(task.await.err().is_none_or(|error| error.is_cancelled()));
        }
        let hashing = accounts.hashing();
        assert_eq!(hashing.waiting, 0, "nobody waits for who has gone");
    }
    while accounts.hashing().running > 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(accounts.hashing().most, limit);
    log_in(&app.browser(), &ana.email, PASSWORD).await.assert_status_ok();
}

#[tokio::test]
async fn beyond_the_queue_people_are_told_to_come_back() {
    let app = App::new().await;
    let tasks: Vec<_> =
        (0..200).map(|nth| tokio::spawn(app.router().oneshot(attempt(nth)))).collect();
    let mut refused = 0;
    for task in tasks {
        let answer = task.await.unwrap().unwrap();
        match answer.status() {
            StatusCode::UNAUTHORIZED => {}
            StatusCode::TOO_MANY_REQUESTS => {
                assert_eq!(answer.headers()["retry-after"], "5");
                refused += 1;
            }
            other => panic!("{other}"),
        }
    }
    let hashing = app.store.accounts().hashing();
    assert!(refused > 0, "{hashing:?}");
    assert_eq!((hashing.running, hashing.waiting), (0, 0));
    assert!(hashing.most <= hashing.limit, "{hashing:?}");
}
