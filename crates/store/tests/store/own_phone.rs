//! A number belongs to the phone that linked it first, and so do its chats.

use migrations::Migrator;
use model::{
    Access, AuditAction, CallPolicy, Chat, ConnectionId, Delivery, EndReason, FailReason,
    NumberColor, Role,
};
use sea_orm::ConnectionTrait as _;
use sea_orm_migration::MigratorTrait as _;
use store::{ActorContext, ChatsPage, Error, Peer, Scanned, Store, Viewer};

use crate::support::{
    Desk, actions, incoming, number, on_both, on_empty, past_the_store, receive, user, wa,
};

const OWN: &str = "5561998124471";
const OTHER: &str = "5561999990044";

/// Links a number with a phone that scans its code.
async fn scan(store: &Store, number: ConnectionId, phone: &str) -> Scanned {
    store.ingest(number).linked(phone, None, None, None).await.unwrap()
}

async fn unlink(store: &Store, number: ConnectionId) {
    let by = ActorContext::system();
    store.ingest(number).unlinked(EndReason::UnlinkedHere, &by).await.unwrap();
}

async fn chats(viewer: &Viewer) -> Vec<Chat> {
    let all = ChatsPage { connection: None, before: None, limit: 100 };
    viewer.chats(all).await.unwrap()
}

/// Unlinks the phone of a number, and returns its chat with the customer `1`.
async fn unlinked(store: &Store, desk: &Desk) -> Chat {
    assert_eq!(scan(store, desk.number, OWN).await, Scanned::Linked);
    let chat =
        receive(store, &desk.owner, desk.number, incoming(&Peer::pn("1"), "before", 0)).await;
    unlink(store, desk.number).await;
    chat
}

#[tokio::test]
async fn another_phone_in_its_place_is_refused_and_its_own_finds_everything_again() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let chat = unlinked(&store, &desk).await;
        let refused = Scanned::Refused(EndReason::WrongNumber { ends_in: 44 });
        assert_eq!(scan(&store, desk.number, OTHER).await, refused);
        let ingest = store.ingest(desk.number);
        let early = ingest.messages(&[incoming(&Peer::pn("2"), "secret", 1)]).await;
        assert!(matches!(early, Err(Error::Unlinked)));
        assert_eq!(chats(&desk.owner).await, std::slice::from_ref(&chat));
        let row = desk.owner.connection(desk.number).await.unwrap();
        assert_eq!((row.linked, row.phone.as_deref()), (false, Some(OWN)));

        let without_the_ninth_digit = "556198124471";
        assert_eq!(scan(&store, desk.number, without_the_ninth_digit).await, Scanned::Linked);
        let again = receive(&store, &desk.owner, desk.number, incoming(&Peer::pn("1"), "after", 2));
        assert_eq!(again.await.id, chat.id);
    })
    .await;
}

#[tokio::test]
async fn a_phone_is_one_number_and_no_second() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let second = desk.admin.add_connection(number("Suporte")).await.unwrap();
        let refused = Scanned::Refused(EndReason::PhoneInUse { number: desk.number });
        assert_eq!(scan(&store, desk.number, OWN).await, Scanned::Linked);
        assert_eq!(scan(&store, second, OWN).await, refused);
        let early = store.ingest(second).messages(&[incoming(&Peer::pn("1"), "twice", 0)]).await;
        assert!(matches!(early, Err(Error::Unlinked)));
        store
            .ingest(second)
            .unlinked(EndReason::PhoneInUse { number: desk.number }, &ActorContext::system())
            .await
            .unwrap();
        assert_eq!(actions(&store, &desk.proof().await).await[0], AuditAction::PhoneInUse);
        // The phone belongs to that number also while it is not linked.
        unlink(&store, desk.number).await;
        assert_eq!(scan(&store, second, OWN).await, refused);
        let row = desk.admin.connection(second).await.unwrap();
        assert_eq!((row.linked, row.phone), (false, None));
        assert_eq!(scan(&store, second, OTHER).await, Scanned::Linked);
        // The phone of a removed number may link another.
        let third = desk.admin.add_connection(number("Vendas")).await.unwrap();
        let remove = desk.admin.grant_remove(desk.number).await.unwrap();
        store.remove_connection(&remove).await.unwrap();
        assert_eq!(scan(&store, third, OWN).await, Scanned::Linked);
    })
    .await;
}

#[tokio::test]
async fn two_that_had_the_same_phone_before_stay_linked() {
    on_empty(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let desk = Desk::open(&store).await;
        let second = desk.owner.add_connection(number("Suporte")).await.unwrap();
        let raw = past_the_store(&url).await;
        let both = format!("UPDATE connection SET linked = true, phone = '{OWN}'");
        raw.execute_unprepared(&both).await.unwrap();
        for number in [desk.number, second] {
            assert_eq!(scan(&store, number, OWN).await, Scanned::Linked);
        }
        // One of them may be linked again once the other is unlinked.
        let refused = Scanned::Refused(EndReason::PhoneInUse { number: desk.number });
        unlink(&store, second).await;
        assert_eq!(scan(&store, second, OWN).await, refused);
        unlink(&store, desk.number).await;
        assert_eq!(scan(&store, second, OWN).await, Scanned::Linked);
        raw.close().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_changed_phone_is_a_new_number_with_the_same_people() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let admin = desk.proof().await;
        let reader = user(&store, "reader", Role::Atendente).await;
        let writer = user(&store, "writer", Role::Atendente).await;
        for (person, access) in [(&reader, Access::Read), (&writer, Access::Write)] {
            let person = person.user().id;
            store.grant_access(&admin, person, desk.number, access).await.unwrap();
        }
        let manage = desk.owner.grant_manage(desk.number).await.unwrap();
        store.rename_connection(&manage, "Vendas").await.unwrap();
        store.recolor_connection(&manage, Some(NumberColor::Pink)).await.unwrap();
        let policy = CallPolicy { reject: true, answer: "Escreva".to_owned() };
        desk.owner.set_call_policy(desk.number, &policy).await.unwrap();
        assert_eq!(scan(&store, desk.number, OWN).await, Scanned::Linked);
        let refused = store.change_phone(&manage).await;
        assert!(matches!(refused, Err(Error::Linked)), "while it is linked");
        unlink(&store, desk.number).await;
        let old = unlinked(&store, &desk).await;
        let write = writer.grant_write(desk.number).await.unwrap();
        let failed = store.enqueue_text(&write, old.id, wa("waits"), "oi", None).await.unwrap();
        let reason = FailReason::Expired;
        store.outbox(desk.number).failed(&wa("waits"), reason).await.unwrap();

        let new = store.change_phone(&manage).await.unwrap();
        assert_ne!(new, desk.number);
        assert_eq!(store.change_phone(&manage).await.unwrap(), new, "asked twice");
        let row = writer.connection(new).await.unwrap();
        assert_eq!((&*row.label, row.color, row.phone), ("Vendas", NumberColor::Pink, None));
        assert!(row.can_write);
        assert_eq!(desk.owner.call_policy(new).await.unwrap(), policy);
        assert!(!reader.connection(new).await.unwrap().can_write);
        assert_eq!(desk.owner.own_connection().await.unwrap(), new, "the default is handed on");
        let ids =
            |rows: Vec<store::ConnectionRow>| rows.iter().map(|row| row.id).collect::<Vec<_>>();
        assert_eq!(
            ids(writer.connections().await.unwrap()),
            [new, desk.number],
            "the old one last"
        );

        // The same users read the old chat, and nobody can answer in it.
        for person in [&desk.owner, &desk.admin, &reader, &writer] {
            assert_eq!(chats(person).await[0].id, old.id);
            let row = person.connection(desk.number).await.unwrap();
            assert_eq!((row.replaced_by, row.can_write), (Some(new), false));
        }
        let sent = store.enqueue_text(&write, old.id, wa("no"), "oi", None).await;
        assert!(matches!(sent, Err(Error::Replaced)));
        let again = store.retry(&write, failed.id).await;
        assert!(matches!(again, Err(Error::Replaced)));

        // The new phone has a new chat with the same customer.
        assert_eq!(
            scan(&store, new, OWN).await,
            Scanned::Refused(EndReason::PhoneInUse { number: desk.number })
        );
        assert_eq!(scan(&store, new, OTHER).await, Scanned::Linked);
        let begun = receive(&store, &writer, new, incoming(&Peer::pn("1"), "before", 1)).await;
        assert_ne!(begun.id, old.id);
        assert_eq!(writer.messages(begun.id, None, 10).await.unwrap().len(), 1);

        // The old phone may be linked again, and sends again.
        assert_eq!(scan(&store, desk.number, OWN).await, Scanned::Linked);
        let row = writer.connection(desk.number).await.unwrap();
        assert_eq!((row.replaced_by, row.can_write), (None, true));
        let sent = store.retry(&write, failed.id).await.unwrap();
        assert_eq!(sent.delivery, Some(Delivery::Queued));
        assert!(actions(&store, &admin).await.contains(&AuditAction::PhoneChanged));
    })
    .await;
}

#[tokio::test]
async fn a_private_number_stays_private_with_another_phone() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        desk.owner.set_private_by_default(desk.number, true).await.unwrap();
        let old = unlinked(&store, &desk).await;
        let manage = desk.admin.grant_manage(desk.number).await.unwrap();
        let new = store.change_phone(&manage).await.unwrap();
        assert_eq!(scan(&store, new, OTHER).await, Scanned::Linked);
        let begun = receive(&store, &desk.owner, new, incoming(&Peer::pn("1"), "a", 1)).await;
        assert_eq!(chats(&desk.admin).await, []);
        let mut own: Vec<_> = chats(&desk.owner).await.iter().map(|chat| chat.id).collect();
        own.sort();
        assert_eq!(own, [old.id, begun.id]);
    })
    .await;
}

#[tokio::test]
async fn a_number_that_was_never_linked_only_forgets_which_phone_it_expects() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let manage = desk.owner.grant_manage(desk.number).await.unwrap();
        store.expect_phone(&manage, Some(&phone::number(OWN))).await.unwrap();
        assert_eq!(store.change_phone(&manage).await.unwrap(), desk.number);
        assert_eq!(scan(&store, desk.number, OTHER).await, Scanned::Linked);
        unlink(&store, desk.number).await;
        let late = store.expect_phone(&manage, Some(&phone::number(OWN))).await;
        assert!(matches!(late, Err(Error::Linked)), "it belongs to a phone");
    })
    .await;
}

#[tokio::test]
async fn what_took_a_removed_numbers_place_gives_it_back() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        unlinked(&store, &desk).await;
        let manage = desk.owner.grant_manage(desk.number).await.unwrap();
        let new = store.change_phone(&manage).await.unwrap();
        let remove = desk.owner.grant_remove(new).await.unwrap();
        store.remove_connection(&remove).await.unwrap();
        let row = desk.owner.connection(desk.number).await.unwrap();
        assert_eq!((row.replaced_by, row.is_default), (None, true));

        // A number is removed from the middle of a chain without making its predecessor current.
        let middle = store.change_phone(&manage).await.unwrap();
        assert_eq!(scan(&store, middle, OTHER).await, Scanned::Linked);
        unlink(&store, middle).await;
        let manage_middle = desk.owner.grant_manage(middle).await.unwrap();
        let last = store.change_phone(&manage_middle).await.unwrap();
        let remove = desk.owner.grant_remove(middle).await.unwrap();
        store.remove_connection(&remove).await.unwrap();
        let row = desk.owner.connection(desk.number).await.unwrap();
        assert_eq!((row.replaced_by, row.can_write), (Some(last), false));
    })
    .await;
}

#[tokio::test]
async fn who_owns_fifty_may_change_a_phone() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        unlinked(&store, &desk).await;
        for n in 1..50 {
            desk.owner.add_connection(number(&n.to_string())).await.unwrap();
        }
        let manage = desk.owner.grant_manage(desk.number).await.unwrap();
        store.change_phone(&manage).await.unwrap();
        assert!(desk.owner.add_connection(number("51")).await.is_err());
    })
    .await;
}

/// Tests numbers of versions in which any phone could be linked.
#[tokio::test]
async fn entries_that_were_linked_again_before_say_that_their_history_may_be_mixed() {
    on_empty(|url| async move {
        let raw = past_the_store(&url).await;
        Migrator::up(&raw, Some(7)).await.unwrap();
        for statement in [
            "INSERT INTO \"user\" (name, email, password_hash, role, active, created_at) \
             VALUES ('Ana', 'ana@example.com', 'x', 'admin', true, 1)",
            "INSERT INTO connection (owner_id, label, linked, phone, expected_phone, created_at) \
             VALUES (1, 'once', true, '1', '2', 1), (1, 'unlinked', false, '2', NULL, 1), \
                    (1, 'again', true, '3', NULL, 1), (1, 'never', false, NULL, '4', 1)",
            "INSERT INTO audit (at, actor, action, connection_id, detail) VALUES \
             (1, 'system', 'paired', 1, '{}'), (2, 'system', 'paired', 2, '{}'), \
             (3, 'system', 'unlinked', 2, '{}'), (4, 'system', 'unlinked', 3, '{}'), \
             (5, 'system', 'paired', 3, '{}')",
        ] {
            raw.execute_unprepared(statement).await.unwrap();
        }
        let store = Store::open(&url).await.unwrap();
        let ana = store.operator().list().await.unwrap().remove(0);
        let ana = store.viewer(ana.id).await.unwrap();
        let rows = ana.connections().await.unwrap();
        let told: Vec<_> = rows
            .iter()
            .map(|row| (&*row.label, row.maybe_mixed, row.expected_phone.as_deref()))
            .collect();
        assert_eq!(
            told,
            [
                ("again", true, None),
                ("never", false, Some("4")),
                ("once", false, None),
                ("unlinked", false, None)
            ]
        );
        raw.close().await.unwrap();
    })
    .await;
}
