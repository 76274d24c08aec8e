//! Groups: their data, their members, the notices about them, and receipts.

use model::content::{GroupEvent, GroupPerson};
use model::{
    Change, ChatFilter, ChatId, Closed, Delivery, EndReason, FailReason, MemberRole, Membership,
    Message, MessageKind,
};
use sea_orm::ConnectionTrait as _;
use store::{
    ActorContext, ChatsPage, Error, FetchedGroup, FetchedMember, GroupUpdate, GroupUpdateKind,
    Inbound, Operation, Participant, Peer,
};

use crate::support::{Talk, at, count, incoming, on_both, on_both_raw, on_sqlite, wa};

const JID: &str = "120363041234567890@g.us";
const GROUPS: ChatsPage = ChatsPage { connection: None, before: None, limit: 10 };

fn ana() -> Peer {
    Peer { pn: Some("5561998124471".into()), ..Peer::lid("100000000000001@lid") }
}

fn bia() -> Peer {
    Peer { pn: Some("5561998124472".into()), ..Peer::lid("100000000000002@lid") }
}

fn fetched(own_role: Option<MemberRole>, members: &[Peer]) -> FetchedGroup {
    let member = |peer: &Peer| FetchedMember { peer: peer.clone(), role: MemberRole::Member };
    FetchedGroup {
        jid: JID.to_owned(),
        subject: "Fornecedores Sul".to_owned(),
        description: Some("Pedidos até quinta".to_owned()),
        created_at: Some(at(-1_000)),
        creator: Some(ana()),
        announce: false,
        locked: false,
        lid: true,
        timer: 0,
        own_role,
        members: members.iter().map(member).collect(),
        asked_at: at(0),
    }
}

fn update(id: &str, seconds: i64, by: Participant, what: GroupUpdateKind) -> GroupUpdate {
    GroupUpdate { jid: JID.to_owned(), id: id.to_owned(), by: Some(by), at: at(seconds), what }
}

fn member(peer: Peer) -> Participant {
    Participant::Contact(peer)
}

/// A number in a group with Ana and Bia.
async fn in_group(store: &store::Store) -> (Talk, ChatId) {
    let talk = Talk::open(store).await;
    let ingest = store.ingest(talk.desk.number);
    let own = ("5561990000000", Some("5561990000000@s.whatsapp.net"), Some("900000000000001@lid"));
    let scanned = ingest.linked(own.0, own.1, own.2, None).await.unwrap();
    assert_eq!(scanned, store::Scanned::Linked);
    ingest.address_book(&[(ana(), Some("Ana Souza".to_owned()))]).await.unwrap();
    ingest.group_fetched(&fetched(Some(MemberRole::Member), &[ana(), bia()])).await.unwrap();
    let groups = talk.desk.owner.filtered_chats(GROUPS, ChatFilter::Groups).await.unwrap();
    let group = groups[0].id;
    (talk, group)
}

async fn messages(talk: &Talk, chat: ChatId) -> Vec<Message> {
    talk.desk.owner.messages(chat, None, 100).await.unwrap()
}

#[tokio::test]
async fn a_group_has_a_chat_with_its_subject_and_its_members() {
    on_both(|store| async move {
        let (talk, id) = in_group(&store).await;
        let chat = talk.desk.owner.chat(id).await.unwrap();
        assert_eq!((&*chat.name, chat.members, chat.closed), ("Fornecedores Sul", 3, None));
        assert_eq!(chat.unread, 0);
        let group = talk.desk.owner.group(id).await.unwrap();
        assert_eq!(group.description, "Pedidos até quinta");
        assert_eq!(group.created_by.as_deref(), Some("Ana Souza"));
        assert!(group.known);
        let names: Vec<_> = group.members.iter().map(|one| (&*one.name, one.unsaved)).collect();
        let expected = [("WhatsApp", false), ("+55 61 99812-4472", true), ("Ana Souza", false)];
        assert_eq!(names[1..], expected[1..]);
        assert_eq!(group.members[0].contact, None, "the number itself is the first");
        // Only Ana has a chat with the number.
        let chats: Vec<_> = group.members.iter().map(|one| one.chat).collect();
        assert_eq!(chats, [None, None, Some(talk.chat)]);
        let found = talk.desk.owner.group_members(id, "souza").await.unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(talk.desk.owner.group_members(id, "").await.unwrap().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_list_of_members_replaces_the_one_before_but_not_what_is_newer() {
    on_both(|store| async move {
        let (talk, id) = in_group(&store).await;
        let ingest = store.ingest(talk.desk.number);
        let caio = Peer::pn("5561998124473");
        let added = GroupUpdateKind::Added { people: vec![member(caio)], by_link: false };
        ingest.group_update(&update("GROUP.1.0", 50, member(ana()), added)).await.unwrap();
        // It was asked for before Caio came, and Bia is not in it.
        let late = FetchedGroup { asked_at: at(40), ..fetched(Some(MemberRole::Admin), &[ana()]) };
        ingest.group_fetched(&late).await.unwrap();
        let group = talk.desk.owner.group(id).await.unwrap();
        let phones: Vec<_> = group
            .members
            .iter()
            .filter_map(|one| one.phone.clone())
            .map(|one| one.digits())
            .collect();
        assert_eq!(group.membership, Membership::Admin);
        assert_eq!(phones, ["5561990000000", "5561998124473", "5561998124471"]);
        assert!(talk.desk.owner.chat(id).await.unwrap().admin);
        // Nothing is asked again.
        assert_eq!(ingest.unknown_groups(10).await.unwrap(), [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn a_notice_is_one_row_that_nobody_has_to_read() {
    on_both(|store| async move {
        let (talk, id) = in_group(&store).await;
        let ingest = store.ingest(talk.desk.number);
        let people = vec![member(bia())];
        let removed = update("GROUP.2.0", 60, member(ana()), GroupUpdateKind::Removed { people });
        for _ in 0..2 {
            ingest.group_update(&removed).await.unwrap();
        }
        let rows = messages(&talk, id).await;
        let [row] = &rows[..] else { panic!("{rows:#?}") };
        assert_eq!((row.kind, row.notice, row.delivery), (MessageKind::System, None, None));
        let change = row.change.clone().unwrap();
        let name = |person: &GroupPerson| match person {
            GroupPerson::Ourselves => "us".to_owned(),
            GroupPerson::Member { name, .. } => name.clone(),
        };
        assert_eq!(change.by.as_ref().map(name).as_deref(), Some("Ana Souza"));
        assert!(matches!(change.what, GroupEvent::Removed(_)));
        let named: Vec<_> = change.people().map(name).collect();
        assert_eq!(named, ["Ana Souza", "+55 61 99812-4472"]);
        let chat = talk.desk.owner.chat(id).await.unwrap();
        assert_eq!((chat.unread, chat.members), (0, 2));
        assert_eq!(chat.preview.unwrap().change, row.change);
        // A name that becomes known later is shown in older rows.
        ingest.address_book(&[(bia(), Some("Bia Lima".to_owned()))]).await.unwrap();
        let change = messages(&talk, id).await.remove(0).change.unwrap();
        assert_eq!(change.people().map(name).last().as_deref(), Some("Bia Lima"));
    })
    .await;
}

#[tokio::test]
async fn who_leaves_is_one_person_under_one_address_and_under_two() {
    on_both(|store| async move {
        let (talk, id) = in_group(&store).await;
        let people = vec![member(ana())];
        let by = member(Peer::pn("5561998124471"));
        let left = update("GROUP.1.0", 60, by, GroupUpdateKind::Removed { people });
        store.ingest(talk.desk.number).group_update(&left).await.unwrap();
        let change = messages(&talk, id).await.remove(0).change.unwrap();
        assert!(matches!(change.what, GroupEvent::Left(_)), "{change:?}");
    })
    .await;
}

#[tokio::test]
async fn what_a_notice_says_is_known_of_the_group() {
    on_both(|store| async move {
        let (talk, id) = in_group(&store).await;
        let ingest = store.ingest(talk.desk.number);
        let ours = || vec![Participant::Ourselves];
        let kinds = [
            GroupUpdateKind::Subject("Fornecedores".to_owned()),
            GroupUpdateKind::Description(None),
            GroupUpdateKind::Locked(true),
            GroupUpdateKind::Timer { seconds: 86_400 },
            GroupUpdateKind::Picture { removed: false },
            GroupUpdateKind::Promoted { people: ours() },
            GroupUpdateKind::Announce(true),
        ];
        for (nth, what) in kinds.into_iter().enumerate() {
            let seconds = 60 + i64::try_from(nth).unwrap();
            let update = update(&format!("GROUP.{nth}.0"), seconds, member(ana()), what);
            ingest.group_update(&update).await.unwrap();
        }
        let (group, chat) =
            (talk.desk.owner.group(id).await.unwrap(), talk.desk.owner.chat(id).await.unwrap());
        assert_eq!((&*group.subject, &*group.description), ("Fornecedores", ""));
        assert_eq!((group.announce, group.locked, chat.timer), (true, true, 86_400));
        assert_eq!((group.membership, chat.closed), (Membership::Admin, None));
        assert_eq!(messages(&talk, id).await.len(), 7);
        // Who is demoted does not write any more.
        let demoted = GroupUpdateKind::Demoted { people: ours() };
        ingest.group_update(&update("GROUP.8.0", 80, member(ana()), demoted)).await.unwrap();
        let chat = talk.desk.owner.chat(id).await.unwrap();
        assert_eq!(chat.closed, Some(Closed::AdminsOnly));
        let sent = store.enqueue_text(&talk.grant, id, wa("a"), "a", None).await;
        assert!(matches!(sent, Err(Error::Closed(Closed::AdminsOnly))), "{sent:?}");
    })
    .await;
}

#[tokio::test]
async fn a_group_that_is_over_stays_readable_and_takes_nothing() {
    on_both(|store| async move {
        let (talk, id) = in_group(&store).await;
        let ingest = store.ingest(talk.desk.number);
        store.enqueue_text(&talk.grant, id, wa("a"), "Bom dia", None).await.unwrap();
        talk.confirm("a").await;
        let own = messages(&talk, id).await.remove(0).id;
        let us = vec![Participant::Ourselves];
        let removed = GroupUpdateKind::Removed { people: us };
        for (id_of, by, what, closed) in [
            ("GROUP.1.0", member(ana()), removed, Closed::Removed),
            ("GROUP.2.0", member(ana()), GroupUpdateKind::Ended, Closed::Ended),
        ] {
            ingest.group_update(&update(id_of, 90, by, what)).await.unwrap();
            assert_eq!(talk.desk.owner.chat(id).await.unwrap().closed, Some(closed));
            let sent = store.enqueue_text(&talk.grant, id, wa("b"), "a", None).await;
            assert!(matches!(sent, Err(Error::Closed(_))), "{sent:?}");
            let revoked = talk.change(own, "c", Change::Revoke).await;
            assert!(matches!(revoked, Err(Error::Closed(_))), "{revoked:?}");
            let left = store.enqueue_leave(&talk.grant, id, wa("d")).await;
            assert!(matches!(left, Err(Error::Closed(_))), "{left:?}");
        }
        assert!(messages(&talk, id).await.iter().any(|message| message.text == "Bom dia"));
        assert_eq!(talk.desk.owner.group(id).await.unwrap().members.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn leaving_is_one_notice_and_takes_effect_when_whatsapp_has_it() {
    on_both(|store| async move {
        let (talk, id) = in_group(&store).await;
        let notice = store.enqueue_leave(&talk.grant, id, wa("leave")).await.unwrap();
        let again = store.enqueue_leave(&talk.grant, id, wa("leave")).await.unwrap();
        assert_eq!((again.id, notice.delivery), (notice.id, Some(Delivery::Queued)));
        assert_eq!(talk.next().await, ["leave"]);
        assert_eq!(talk.desk.owner.chat(id).await.unwrap().closed, None);
        // The notice of WhatsApp's server comes before its answer, or after it.
        let left = GroupUpdateKind::Removed { people: vec![Participant::Ourselves] };
        let left = update("GROUP.1.0", 60, Participant::Ourselves, left);
        store.ingest(talk.desk.number).group_update(&left).await.unwrap();
        talk.confirm("leave").await;
        store.ingest(talk.desk.number).group_update(&left).await.unwrap();
        assert_eq!(talk.desk.owner.chat(id).await.unwrap().closed, Some(Closed::Left));
        assert_eq!(messages(&talk, id).await.len(), 1);
        assert_eq!(talk.next().await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn a_number_that_is_out_has_left_although_no_answer_came() {
    on_both(|store| async move {
        let (talk, id) = in_group(&store).await;
        store.enqueue_leave(&talk.grant, id, wa("leave")).await.unwrap();
        let what = GroupUpdateKind::Removed { people: vec![Participant::Ourselves] };
        let left = update("GROUP.1.0", 60, Participant::Ourselves, what);
        let left = GroupUpdate { at: chrono::Utc::now(), ..left };
        store.ingest(talk.desk.number).group_update(&left).await.unwrap();
        assert_eq!(talk.next().await, [""; 0], "WhatsApp would refuse it");
        assert_eq!(talk.desk.owner.chat(id).await.unwrap().closed, Some(Closed::Left));
        let rows = messages(&talk, id).await;
        assert_eq!((rows.len(), rows[0].delivery), (1, Some(Delivery::Sent)));
    })
    .await;
}

#[tokio::test]
async fn the_ticks_are_those_that_all_members_have_reached() {
    on_both(|store| async move {
        let (talk, id) = in_group(&store).await;
        let ingest = store.ingest(talk.desk.number);
        let sent = store.enqueue_text(&talk.grant, id, wa("a"), "Bom dia", None).await.unwrap();
        talk.confirm("a").await;
        let ids = [wa("a").as_str().to_owned()];
        let delivery = async || messages(&talk, id).await.remove(0).delivery;
        for (peer, receipt, expected) in [
            (ana(), Delivery::Read, Delivery::Sent),
            (bia(), Delivery::Delivered, Delivery::Delivered),
            (Peer::pn("5561998124479"), Delivery::Read, Delivery::Delivered),
            (bia(), Delivery::Read, Delivery::Read),
        ] {
            ingest.receipt(&peer, &ids, receipt, at(10)).await.unwrap();
            assert_eq!(delivery().await, Some(expected), "{peer:?} {receipt:?}");
            if expected == Delivery::Sent {
                let info = talk.desk.owner.message_info(sent.id).await.unwrap();
                let names = |list: &[model::MemberReceipt]| {
                    list.iter().map(|one| one.name.clone()).collect::<Vec<_>>()
                };
                assert_eq!(names(&info.read), ["Ana Souza"]);
                assert_eq!(names(&info.pending), ["+55 61 99812-4472"]);
                assert!(info.delivered.is_empty());
            }
        }
        assert_eq!(messages(&talk, id).await[0].read_by, 2);
        let question = talk.question().await;
        let none = talk.desk.owner.message_info(question).await;
        assert!(matches!(none, Err(Error::NotFound)), "it is no message of the number");
    })
    .await;
}

#[tokio::test]
async fn the_ticks_wait_until_all_members_are_known() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let ingest = store.ingest(talk.desk.number);
        let said = Inbound {
            group: Some(JID.to_owned()),
            sender: Some(ana()),
            ..incoming(&ana(), "oi", 5)
        };
        ingest.messages(&[said]).await.unwrap();
        let groups = talk.desk.owner.filtered_chats(GROUPS, ChatFilter::Groups).await.unwrap();
        let id = groups[0].id;
        let added = GroupUpdateKind::Added { people: vec![member(bia())], by_link: false };
        ingest.group_update(&update("GROUP.1.0", 50, member(ana()), added)).await.unwrap();
        store.enqueue_text(&talk.grant, id, wa("a"), "Bom dia", None).await.unwrap();
        talk.confirm("a").await;
        let ids = [wa("a").as_str().to_owned()];
        let delivery = async || messages(&talk, id).await.pop().unwrap().delivery;
        ingest.receipt(&bia(), &ids, Delivery::Read, at(60)).await.unwrap();
        assert_eq!(delivery().await, Some(Delivery::Sent), "there may be others");
        ingest.group_fetched(&fetched(Some(MemberRole::Member), &[ana(), bia()])).await.unwrap();
        ingest.receipt(&ana(), &ids, Delivery::Read, at(61)).await.unwrap();
        assert_eq!(delivery().await, Some(Delivery::Read));
    })
    .await;
}

#[tokio::test]
async fn a_number_leaves_also_where_only_administrators_write_at_the_second_try() {
    on_both(|store| async move {
        let (talk, id) = in_group(&store).await;
        let ingest = store.ingest(talk.desk.number);
        let announce = GroupUpdateKind::Announce(true);
        ingest.group_update(&update("GROUP.1.0", 50, member(ana()), announce)).await.unwrap();
        let notice = store.enqueue_leave(&talk.grant, id, wa("leave")).await.unwrap();
        talk.fail("leave", FailReason::Refused).await;
        assert_eq!(talk.next().await, [""; 0]);
        store.retry(&talk.grant, notice.id).await.unwrap();
        assert_eq!(talk.next().await, ["leave"]);
    })
    .await;
}

#[tokio::test]
async fn receipts_go_with_the_age_of_their_message_and_its_ticks_stay() {
    on_both_raw(|store, raw| async move {
        let (talk, id) = in_group(&store).await;
        let ingest = store.ingest(talk.desk.number);
        for name in ["a", "b"] {
            store.enqueue_text(&talk.grant, id, wa(name), name, None).await.unwrap();
            talk.confirm(name).await;
            let ids = [wa(name).as_str().to_owned()];
            for peer in [ana(), bia()] {
                ingest.receipt(&peer, &ids, Delivery::Read, at(10)).await.unwrap();
            }
        }
        let receipts = async || count(&raw, "SELECT message_id FROM group_receipt").await;
        store.prune().await.unwrap();
        assert_eq!(receipts().await, 4);
        raw.execute_unprepared("UPDATE message SET sent_at = 5 WHERE text = 'a'").await.unwrap();
        store.prune().await.unwrap();
        assert_eq!(receipts().await, 2);
        let read = messages(&talk, id).await;
        assert!(read.iter().all(|one| one.delivery == Some(Delivery::Read)));
    })
    .await;
}

#[tokio::test]
async fn an_administrator_deletes_what_others_wrote() {
    on_both(|store| async move {
        let (talk, id) = in_group(&store).await;
        let ingest = store.ingest(talk.desk.number);
        let said = Inbound {
            group: Some(JID.to_owned()),
            sender: Some(bia()),
            timestamp: chrono::Utc::now(),
            ..incoming(&bia(), "spam", 0)
        };
        ingest.messages(&[said]).await.unwrap();
        let spam = messages(&talk, id).await.remove(0);
        assert!(spam.sender.is_some());
        let refused = talk.change(spam.id, "d", Change::Revoke).await;
        assert!(matches!(refused, Err(Error::Unchangeable)), "{refused:?}");
        ingest.group_fetched(&fetched(Some(MemberRole::Admin), &[ana(), bia()])).await.unwrap();
        talk.change(spam.id, "d", Change::Revoke).await.unwrap();
        let next = talk.outbox.next(9, &[]).await.unwrap().remove(0).operation;
        let Operation::Revoke { participant, .. } = next else { panic!("{next:?}") };
        assert_eq!(participant.as_deref(), Some("100000000000002@lid"));
        talk.confirm("d").await;
        assert_eq!(messages(&talk, id).await[0].kind, MessageKind::Revoked);
    })
    .await;
}

#[tokio::test]
async fn a_full_group_takes_those_who_came_in_place_of_others() {
    on_sqlite(|store| async move {
        let (talk, id) = in_group(&store).await;
        let ingest = store.ingest(talk.desk.number);
        let hidden = |nth: usize| Peer::lid(format!("2000000000{nth:05}@lid"));
        let full = |from: usize| -> Vec<Peer> { (from..from + 1_023).map(hidden).collect() };
        for (from, seconds) in [(0, 10), (23, 20)] {
            let list = fetched(Some(MemberRole::Member), &full(from));
            let list = FetchedGroup { asked_at: at(seconds), ..list };
            ingest.group_fetched(&list).await.unwrap();
            assert_eq!(talk.desk.owner.chat(id).await.unwrap().members, 1_024);
        }
    })
    .await;
}

#[tokio::test]
async fn one_member_under_two_addresses_is_one() {
    on_both(|store| async move {
        let (talk, id) = in_group(&store).await;
        let ingest = store.ingest(talk.desk.number);
        let hidden = Peer::lid("100000000000003@lid");
        let known = Peer::pn("5561998124473");
        let members = [ana(), hidden.clone(), known.clone()];
        ingest.group_fetched(&fetched(Some(MemberRole::Member), &members)).await.unwrap();
        assert_eq!(talk.desk.owner.chat(id).await.unwrap().members, 5, "Bia is not asked about");
        ingest.link_identity("100000000000003", "5561998124473").await.unwrap();
        assert_eq!(talk.desk.owner.chat(id).await.unwrap().members, 4);
    })
    .await;
}

#[tokio::test]
async fn a_list_that_makes_one_of_two_contacts_is_stored() {
    on_both(|store| async move {
        let (talk, id) = in_group(&store).await;
        let ingest = store.ingest(talk.desk.number);
        let number = Peer::pn("5561998124473");
        let hidden = Peer::lid("100000000000003@lid");
        ingest.address_book(&[(number, None), (hidden.clone(), None)]).await.unwrap();
        // The first entry is known, and the second shows that its contact is that of the number.
        let both = Peer { pn: Some("5561998124473".into()), ..hidden.clone() };
        let members = [ana(), bia(), hidden, both];
        ingest.group_fetched(&fetched(Some(MemberRole::Member), &members)).await.unwrap();
        assert_eq!(talk.desk.owner.chat(id).await.unwrap().members, 4);

        let number = Peer::pn("5561998124474");
        let hidden = Peer::lid("100000000000004@lid");
        ingest.address_book(&[(hidden.clone(), None), (number.clone(), None)]).await.unwrap();
        let both = Peer { pn: Some("5561998124474".into()), ..hidden };
        let joined = GroupUpdateKind::Added { people: vec![member(both)], by_link: false };
        ingest.group_update(&update("GROUP.1.0", 50, member(number), joined)).await.unwrap();
        assert_eq!(talk.desk.owner.chat(id).await.unwrap().members, 5);
        let notice = messages(&talk, id).await.remove(0).change.unwrap();
        assert!(matches!(notice.what, GroupEvent::Joined(_)), "{notice:?}");
    })
    .await;
}

#[tokio::test]
async fn groups_are_asked_for_once_a_day_and_those_that_are_gone_are_closed() {
    on_both(|store| async move {
        let (talk, id) = in_group(&store).await;
        let ingest = store.ingest(talk.desk.number);
        assert!(ingest.are_groups_due().await.unwrap());
        let now = chrono::Utc::now();
        ingest.groups_fetched(&[JID.to_owned()].into(), now).await.unwrap();
        assert!(!ingest.are_groups_due().await.unwrap());
        assert_eq!(talk.desk.owner.chat(id).await.unwrap().closed, None);
        ingest.groups_fetched(&[].into(), now).await.unwrap();
        assert_eq!(talk.desk.owner.chat(id).await.unwrap().closed, Some(Closed::Removed));

        for is_due in [false, true] {
            let scanned = ingest.linked("5561990000000", None, None, None).await.unwrap();
            assert_eq!(scanned, store::Scanned::Linked);
            assert_eq!(
                ingest.are_groups_due().await.unwrap(),
                is_due,
                "a new device was told of none"
            );
            let end = EndReason::UnlinkedByPhone;
            ingest.unlinked(end, &ActorContext::system()).await.unwrap();
        }
    })
    .await;
}
