//! The uptime of numbers.

use model::{ConnectionId, Figures};
use sea_orm::{ConnectionTrait as _, DatabaseConnection};
use store::{Admin, Store};

use crate::support::{Desk, number, on_both_raw};

const HOUR: i64 = 3_600;

/// Moves all times into the past, since a test cannot wait for days.
async fn age(raw: &DatabaseConnection, seconds: i64) {
    let by = seconds * 1_000_000;
    for statement in [
        format!("UPDATE connection SET created_at = created_at - {by}"),
        format!("UPDATE connection_up SET up_at = up_at - {by}, seen_at = seen_at - {by}"),
    ] {
        raw.execute_unprepared(&statement).await.unwrap();
    }
}

async fn figures(store: &Store, admin: &Admin, number: ConnectionId) -> Figures {
    let overview = store.connections_overview(admin).await.unwrap();
    overview.into_iter().find(|(row, _)| row.id == number).unwrap().1
}

/// Rounds to whole hours, since the seconds of the test itself count too.
fn hours(seconds: u32) -> u32 {
    (seconds + 1800) / 3600
}

#[tokio::test]
async fn a_kill_costs_what_was_not_seen_and_nothing_more() {
    on_both_raw(|store, raw| async move {
        let desk = Desk::open(&store).await;
        let admin = desk.proof().await;
        let other = desk.owner.add_connection(number("Suporte")).await.unwrap();
        let ingest = store.ingest(desk.number);
        ingest.down().await.unwrap();
        ingest.up().await.unwrap();
        age(&raw, 2 * HOUR).await;
        store.still_up(&[desk.number, other]).await.unwrap();
        // The process is killed here: three hours pass, and the number is connected again for one.
        age(&raw, 3 * HOUR).await;
        ingest.up().await.unwrap();
        age(&raw, HOUR).await;
        let killed = figures(&store, &admin, desk.number).await.last_day;
        assert_eq!((hours(killed.up), hours(killed.of)), (2, 6), "not known to be up since");
        ingest.down().await.unwrap();
        let day = figures(&store, &admin, desk.number).await.last_day;
        assert_eq!((hours(day.up), hours(day.of)), (3, 6));
        store.still_up(&[desk.number]).await.unwrap();
        age(&raw, 2 * HOUR).await;
        store.still_up(&[desk.number]).await.unwrap();
        let day = figures(&store, &admin, desk.number).await.last_day;
        assert_eq!((hours(day.up), hours(day.of)), (3, 8), "down is down");
        let never = figures(&store, &admin, other).await;
        assert_eq!((never.last_day.up, hours(never.last_day.of)), (0, 8));
    })
    .await;
}

#[tokio::test]
async fn a_day_and_a_month_are_counted_and_older_is_forgotten() {
    on_both_raw(|store, raw| async move {
        let desk = Desk::open(&store).await;
        let admin = desk.proof().await;
        let ingest = store.ingest(desk.number);
        ingest.up().await.unwrap();
        age(&raw, 48 * HOUR).await;
        ingest.down().await.unwrap();
        // Half of the two days is older than a day, and later all of it is.
        age(&raw, 12 * HOUR).await;
        let both = figures(&store, &admin, desk.number).await;
        assert_eq!((hours(both.last_day.up), hours(both.last_day.of)), (12, 24));
        assert_eq!((hours(both.last_month.up), hours(both.last_month.of)), (48, 60));
        age(&raw, 29 * 24 * HOUR).await;
        store.prune().await.unwrap();
        let month = figures(&store, &admin, desk.number).await.last_month;
        assert_eq!((hours(month.up), hours(month.of)), (12, 720));
        age(&raw, 3 * 24 * HOUR).await;
        store.prune().await.unwrap();
        let left = raw.query_one_raw(sea_orm::Statement::from_string(
            raw.get_database_backend(),
            "SELECT COUNT(*) AS n FROM connection_up",
        ));
        assert_eq!(left.await.unwrap().unwrap().try_get::<i64>("", "n").unwrap(), 0);
    })
    .await;
}
