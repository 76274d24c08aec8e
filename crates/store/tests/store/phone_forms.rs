//! One phone with the two forms of number that some countries have.

use store::Scanned;

use crate::support::{Desk, number, on_both};

#[tokio::test]
async fn the_declared_phone_is_recognised_in_its_other_form() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        for (declared, scans, is_it) in [
            ("525512345678", "5215512345678", true),
            ("5215512345678", "525512345678", true),
            ("541123456789", "5491123456789", true),
            ("5491123456789", "541123456789", true),
            ("525512345678", "5215512345679", false),
            ("541123456789", "5491123456788", false),
        ] {
            let id = desk.owner.add_connection(number("Loja")).await.unwrap();
            let grant = desk.owner.grant_manage(id).await.unwrap();
            store.expect_phone(&grant, Some(&phone::number(declared))).await.unwrap();
            let ingest = store.ingest(id);
            let scanned = ingest.linked(scans, None, None, None).await.unwrap();
            assert_eq!(scanned == Scanned::Linked, is_it, "{declared} {scans}");
            // Its phone may link the next number.
            let grant = desk.owner.grant_remove(id).await.unwrap();
            store.remove_connection(&grant).await.unwrap();
        }
    })
    .await;
}
