//! Browsers in which users have logged in before.

use model::{Role, UserId};
use store::{DeviceToken, LoginOrigin, Store};

use crate::support::{on_both, user};

/// Logs a user in with a browser that has these tokens, and returns its tokens afterwards.
async fn log_in(store: &Store, user: UserId, tokens: &[DeviceToken]) -> Vec<DeviceToken> {
    store.accounts().remember_device(user, tokens.to_vec(), None).await.unwrap()
}

async fn is_known(store: &Store, user: UserId, tokens: &[DeviceToken]) -> bool {
    let origin = store.accounts().known_to(user, tokens, None).await.unwrap();
    matches!(origin, LoginOrigin::KnownDevice(_))
}

#[tokio::test]
async fn a_browser_keeps_the_tokens_that_others_are_known_by_and_no_ended_ones() {
    on_both(|store| async move {
        let ana = user(&store, "ana", Role::Atendente).await;
        let bia = user(&store, "bia", Role::Atendente).await;
        let (ana, bia) = (ana.user().id, bia.user().id);
        let mut shared = log_in(&store, ana, &[]).await;
        shared = log_in(&store, bia, &shared).await;
        assert_eq!(shared.len(), 2);
        assert!(is_known(&store, ana, &shared).await && is_known(&store, bia, &shared).await);

        // A new password or second factor removes all browsers of a user, and invalidates their
        // tokens.
        store.operator().reset_password("bia@example.com", "battery staple").await.unwrap();
        assert!(!is_known(&store, bia, &shared).await);
        for _ in 0..3 {
            shared = log_in(&store, bia, &shared).await;
            store.operator().reset_password("bia@example.com", "battery staple").await.unwrap();
            assert_eq!(shared.len(), 2, "a new one for her, and hers of before is gone");
            assert!(is_known(&store, ana, &shared).await, "nobody's token is pushed out");
        }
    })
    .await;
}
