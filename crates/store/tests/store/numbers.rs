//! Numbers: several of one user, their labels, the phone that may link them, and their removal.

use model::{AuditAction, EndReason, NumberColor, Role};
use store::{
    Access, AccessChanged, ActorContext, ChatsPage, ConnectionRow, Error, Field, NewNumber, Peer,
    Scanned,
};

use crate::support::{Desk, actions, history, incoming, number, on_both, receive, user};

#[tokio::test]
async fn a_user_has_several_numbers_and_one_default() {
    on_both(|store| async move {
        let ana = user(&store, "ana", Role::Atendente).await;
        let first = ana.add_connection(number("  Vendas ")).await.unwrap();
        let blue = NewNumber { color: Some(NumberColor::Blue), ..number("Suporte") };
        let second = ana.add_connection(blue).await.unwrap();
        assert_eq!(ana.own_connection().await.unwrap(), first, "the first is the default");
        let rows = ana.connections().await.unwrap();
        let brief = |row: &ConnectionRow| (row.id, row.label.clone(), row.color, row.is_default);
        let expected = [
            (first, "Vendas".to_owned(), NumberColor::of(first), true),
            (second, "Suporte".to_owned(), NumberColor::Blue, false),
        ];
        assert_eq!(rows.iter().map(brief).collect::<Vec<_>>(), expected, "the default first");

        for label in ["", " \t ", &"ã".repeat(41)] {
            let refused = ana.add_connection(number(label)).await;
            assert!(matches!(refused, Err(Error::Invalid(Field::Label))), "{label:?}");
        }
        let phone = NewNumber { expected_phone: Some(phone::number("619981")), ..number("a") };
        let refused = ana.add_connection(phone).await;
        assert!(matches!(refused, Err(Error::Invalid(Field::Phone))));
    })
    .await;
}

#[tokio::test]
async fn there_are_fifty_numbers_and_no_more() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        for n in 1..50 {
            desk.owner.add_connection(number(&n.to_string())).await.unwrap();
        }
        let admin = desk.proof().await;
        let refused = desk.owner.add_connection(number("51")).await;
        assert!(matches!(refused, Err(Error::Invalid(Field::TooManyNumbers))));
        let owner = desk.owner.user().id;
        let refused = store.create_connection(&admin, owner, number("51")).await;
        assert!(matches!(refused, Err(Error::Invalid(Field::TooManyNumbers))));
        desk.admin.add_connection(number("another's")).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn an_admin_makes_a_number_for_an_active_user() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let admin = desk.proof().await;
        let ana = user(&store, "ana", Role::Atendente).await;
        let mut changes = store.hub().access_changes();
        let id = store.create_connection(&admin, ana.user().id, number("Vendas")).await.unwrap();
        assert_eq!(changes.try_recv().ok(), Some(AccessChanged::Connection(id)));
        assert_eq!(ana.own_connection().await.unwrap(), id);
        let entry = history(&store, &admin).await.remove(0);
        let expected = (AuditAction::ConnectionCreated, Some(id), Some(ana.user().id));
        assert_eq!((entry.action, entry.connection, entry.subject), expected);

        store.accounts().set_active(&admin, ana.user().id, false).await.unwrap();
        for nobody in [ana.user().id, model::UserId(999_999)] {
            let refused = store.create_connection(&admin, nobody, number("a")).await;
            assert!(matches!(refused, Err(Error::NotFound)));
        }
        let deactivated = ana.add_connection(number("a")).await;
        assert!(matches!(deactivated, Err(Error::NotFound)));
    })
    .await;
}

#[tokio::test]
async fn a_number_is_called_something_else() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let grant = desk.owner.grant_manage(desk.number).await.unwrap();
        let mut changes = store.hub().access_changes();
        store.rename_connection(&grant, " Vendas ").await.unwrap();
        store.rename_connection(&grant, "Vendas").await.unwrap();
        assert_eq!(changes.try_recv().ok(), Some(AccessChanged::Connection(desk.number)));
        assert!(changes.try_recv().is_err(), "the same again is no change");
        store.recolor_connection(&grant, Some(NumberColor::Pink)).await.unwrap();
        let row = desk.owner.connection(desk.number).await.unwrap();
        assert_eq!((&*row.label, row.color), ("Vendas", NumberColor::Pink));
        store.recolor_connection(&grant, None).await.unwrap();
        let row = desk.owner.connection(desk.number).await.unwrap();
        assert_eq!(row.color, NumberColor::of(desk.number));
        let refused = store.rename_connection(&grant, "").await;
        assert!(matches!(refused, Err(Error::Invalid(Field::Label))));
        let written = actions(&store, &desk.proof().await).await;
        let changed = AuditAction::ConnectionChanged;
        assert_eq!(written[..3], [changed, changed, AuditAction::ConnectionRenamed]);
    })
    .await;
}

#[tokio::test]
async fn another_phone_than_the_declared_one_leaves_nothing() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        let grant = desk.owner.grant_manage(desk.number).await.unwrap();
        store.expect_phone(&grant, Some(&phone::number("5561998124471"))).await.unwrap();

        let wrong = EndReason::WrongNumber { ends_in: 71 };
        let scanned = ingest
            .linked("14155550071", Some("a@s.whatsapp.net"), None, Some("Eve"))
            .await
            .unwrap();
        assert_eq!(scanned, Scanned::Refused(wrong));
        let early = ingest.messages(&[incoming(&Peer::pn("1"), "a", 0)]).await;
        assert!(matches!(early, Err(Error::Unlinked)));
        ingest.unlinked(wrong, &ActorContext::system()).await.unwrap();
        let row = desk.owner.connection(desk.number).await.unwrap();
        assert_eq!((row.linked, row.phone, row.last_end), (false, None, Some(wrong)));
        let all = ChatsPage { connection: None, before: None, limit: 10 };
        assert_eq!(desk.owner.chats(all).await.unwrap(), []);
        let entry = history(&store, &desk.proof().await).await.remove(0);
        assert_eq!((entry.action, &*entry.detail["ends_in"]), (AuditAction::WrongNumber, "0071"));

        // Without the ninth digit it is the same phone.
        let scanned = ingest.linked("556198124471", None, None, None).await.unwrap();
        assert_eq!(scanned, Scanned::Linked);
        receive(&store, &desk.owner, desk.number, incoming(&Peer::pn("1"), "a", 0)).await;
        let row = desk.owner.connection(desk.number).await.unwrap();
        assert_eq!((row.linked, row.last_end), (true, None));
        let late = store.expect_phone(&grant, None).await;
        assert!(matches!(late, Err(Error::Linked)), "too late to say otherwise");
    })
    .await;
}

#[tokio::test]
async fn a_number_is_assigned_to_its_owner_and_to_users_with_a_grant_and_not_to_admins() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let ana = user(&store, "ana", Role::Atendente).await;
        let assigned =
            async |viewer: &store::Viewer| viewer.connection(desk.number).await.unwrap().assigned;
        assert!(assigned(&desk.owner).await && !assigned(&desk.admin).await);
        let admin = desk.proof().await;
        for agent in [ana.user().id, desk.admin.user().id] {
            store.grant_access(&admin, agent, desk.number, Access::Read).await.unwrap();
        }
        assert!(assigned(&ana).await && assigned(&desk.admin).await);
    })
    .await;
}

#[tokio::test]
async fn a_removed_number_takes_everything_of_it_and_nothing_else() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let admin = desk.proof().await;
        let kept = desk.owner.add_connection(number("Suporte")).await.unwrap();
        let newer = desk.owner.add_connection(number("Vendas")).await.unwrap();
        let ana = user(&store, "ana", Role::Atendente).await;
        store.grant_access(&admin, ana.user().id, desk.number, Access::Read).await.unwrap();
        let _ = store.ingest(desk.number).linked("5561998124471", None, None, None).await.unwrap();
        let (one, two) = (Peer::pn("1"), Peer::pn("2"));
        let secret = receive(&store, &desk.owner, desk.number, incoming(&one, "a", 0)).await.id;
        receive(&store, &desk.owner, desk.number, incoming(&two, "b", 1)).await;
        receive(&store, &desk.owner, desk.number, incoming(&two, "c", 2)).await;
        let other = receive(&store, &desk.owner, kept, incoming(&one, "a", 0)).await;
        desk.owner.set_chat_private(secret, true).await.unwrap();

        let grant = desk.owner.grant_remove(desk.number).await.unwrap();
        let said = store.removal(&grant).await.unwrap();
        let linked = said.linked_phone.map(|phone| phone.digits());
        assert_eq!((&*said.label, linked.as_deref()), ("WhatsApp", Some("5561998124471")));
        assert_eq!((said.chats, said.messages, said.agents), (2, 3, vec!["ana".into()]));
        let to_admin = desk.admin.grant_remove(desk.number).await.unwrap();
        let said = store.removal(&to_admin).await.unwrap();
        assert_eq!((said.chats, said.messages), (1, 2), "private ones are not told of");

        let mut changes = store.hub().access_changes();
        store.remove_connection(&grant).await.unwrap();
        assert_eq!(changes.try_recv().ok(), Some(AccessChanged::Connection(desk.number)));
        let again = store.remove_connection(&to_admin).await;
        assert!(matches!(again, Err(Error::NotFound)));
        let entry = history(&store, &admin).await.remove(0);
        let expected = (AuditAction::ConnectionRemoved, Some("WhatsApp".to_owned()));
        assert_eq!((entry.action, entry.connection_label), expected, "by the name it had");
        assert_eq!(ana.connections().await.unwrap(), []);
        let rows = desk.owner.connections().await.unwrap();
        let rows: Vec<_> = rows.iter().map(|row| (row.id, row.is_default)).collect();
        assert_eq!(rows, [(kept, true), (newer, false)], "the oldest is the default now");
        let all = ChatsPage { connection: None, before: None, limit: 10 };
        assert_eq!(desk.owner.chats(all).await.unwrap(), [other]);
        // Late events of the number's session are refused.
        let late = store.ingest(desk.number).messages(&[incoming(&one, "d", 3)]).await;
        assert!(matches!(late, Err(Error::NotFound)));
    })
    .await;
}

#[tokio::test]
async fn the_overview_counts_what_an_admin_may_see() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let admin = desk.proof().await;
        let bia = user(&store, "bia", Role::Atendente).await.user().id;
        let ana = user(&store, "ana", Role::Atendente).await.user().id;
        let gone = user(&store, "gone", Role::Atendente).await.user().id;
        for agent in [bia, ana, gone] {
            store.grant_access(&admin, agent, desk.number, Access::Write).await.unwrap();
        }
        store.accounts().set_active(&admin, gone, false).await.unwrap();
        let empty = desk.admin.add_connection(number("Vazio")).await.unwrap();
        let (one, two) = (Peer::pn("1"), Peer::pn("2"));
        receive(&store, &desk.owner, desk.number, incoming(&one, "a", 0)).await;
        let open = receive(&store, &desk.owner, desk.number, incoming(&one, "b", 1)).await;
        let secret = receive(&store, &desk.owner, desk.number, incoming(&two, "c", 9)).await;

        let figures = || async {
            let overview = store.connections_overview(&admin).await.unwrap();
            assert_eq!(
                overview.iter().map(|(row, _)| row.id).collect::<Vec<_>>(),
                [empty, desk.number]
            );
            let [(_, empty), (_, figures)] = overview.try_into().unwrap();
            assert_eq!((empty.chats, empty.unread, empty.last_at), (0, 0, None));
            assert_eq!(figures.owner_name, "owner");
            assert_eq!(figures.agents, ["ana", "bia"]);
            (figures.chats, figures.unread, figures.last_at)
        };
        assert_eq!(figures().await, (2, 3, Some(secret.last_at)));
        desk.owner.set_chat_private(secret.id, true).await.unwrap();
        assert_eq!(figures().await, (1, 2, Some(open.last_at)));
    })
    .await;
}
