//! The recorded uptime of a number.

mod support;

use std::time::{Duration, Instant};

use model::{Role, Uptime};
use store::{Admin, NewUser};
use support::World;

async fn admin(world: &World) -> Admin {
    let new = NewUser { role: Role::Admin, ..fixtures::new_user("Rui") };
    let user = world.store.operator().create(new).await.expect("a user");
    world.store.viewer(user.id).await.expect("a viewer").admin().await.expect("an administrator")
}

/// Returns the last day of the only number.
async fn last_day(world: &World, admin: &Admin) -> Uptime {
    let overview = world.store.connections_overview(admin).await.expect("figures");
    overview[0].1.last_day
}

#[tokio::test]
async fn the_time_connected_is_counted_and_the_time_closed_is_not() {
    let mut world = World::new().await;
    let admin = admin(&world).await;
    let started = Instant::now();
    let (ana, _) = world.connected("ana").await;
    let mut states = world.pool.follow(ana.connection).unwrap();
    states.mark_unchanged();
    // The uptime is counted in seconds.
    let changed = tokio::time::timeout(Duration::from_secs(2), states.changed()).await;
    assert!(changed.is_err(), "it stays connected");
    world.stop().await;
    let at_most = started.elapsed().as_secs() + 1;

    let counted = last_day(&world, &admin).await.up;
    assert!((1..=at_most).contains(&u64::from(counted)), "{counted} of {at_most}");
    world.start_again().await;
    world.stop().await;
    let again = last_day(&world, &admin).await.up;
    assert!(again >= counted, "what was counted stays");
}
