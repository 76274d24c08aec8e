//! Places, contacts, polls, calls and notices: their rows, and what pages show of them.

use fixtures::{contacts, customer, place, poll, quote, with_content, written};
use model::content::{Call, CallOutcome, Coordinates, Place, System};
use model::{
    Change, ChatId, LiveEvent, Message, MessageContent, MessageKind, Notice, Piece, bounds,
};
use store::{Inbound, InboundQuote, MessageUpdate, Operation, QuotedAuthor, UpdateOf};

use crate::support::{
    Desk, column, incoming, on_both, on_both_raw, on_sqlite_raw, placeholder, receive, wa,
};

const TARGET: &str = "said";
/// The card of the contact.
const RUI: &str =
    "*Rui Sá*\n[+55 61 99999-0000](/nova-conversa?telefone=%2B5561999990000&numero=1)";
const COLUMNS: &str = "SELECT kind || '|' || text || '|' || COALESCE(content, '') FROM message \
                       WHERE wa_id = '3EB00000-said'";

fn said(content: MessageContent) -> Inbound {
    with_content(incoming(&customer(), TARGET, 0), content)
}

fn update(seconds: i64, what: MessageUpdate) -> Inbound {
    let amends = Some(UpdateOf { target: wa(TARGET).into(), what });
    Inbound { amends, ..incoming(&customer(), &format!("update{seconds}"), seconds) }
}

fn missed(video: Option<bool>) -> Call {
    Call { video, outcome: CallOutcome::Missed }
}

/// The column of [`poll`].
fn poll_column() -> String {
    let secret = "07".repeat(32);
    let options = r#""options":["Segunda","Terça"],"choices":1"#;
    format!(r#"{{"poll":{{"question":"Que dia?",{options},"secret":"{secret}"}}}}"#)
}

async fn only(desk: &Desk) -> Message {
    desk.owner.messages(ChatId(1), None, 10).await.unwrap().remove(0)
}

#[tokio::test]
async fn a_place_is_shown_as_a_card_and_by_its_name_in_the_list() {
    on_both_raw(|store, raw| async move {
        let desk = Desk::open(&store).await;
        let mut events = store.hub().subscribe();
        let chat = receive(&store, &desk.owner, desk.number, said(place())).await;
        let preview = chat.preview.unwrap();
        assert_eq!((preview.kind, &*preview.text), (MessageKind::Location, "Portão 2"));
        let shown = only(&desk).await;
        let map = "[-15.794229, -47.882166](https://www.google.com/maps?q=-15.794229,-47.882166)";
        assert_eq!(written(&shown.rich), format!("*Portão 2*\nSQN 102, Bloco A\n{map}"));
        assert_eq!((&*shown.text, shown.notice, shown.more), ("Portão 2", None, false));
        let event = events.recv().await.unwrap();
        let LiveEvent::Message { message, .. } = &*event.event else { panic!("{event:?}") };
        assert_eq!(message.rich, shown.rich, "pages that are open get the same");
        let stored = r#"location|Portão 2|{"location":{"at":{"latitude":-15794229,"longitude":-47882166},"name":"Portão 2","address":"SQN 102, Bloco A"}}"#;
        assert_eq!(column(&raw, COLUMNS).await, [stored]);
    })
    .await;
}

#[tokio::test]
async fn contacts_and_polls_are_cards_and_nothing_is_flattened_into_their_text() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        receive(&store, &desk.owner, desk.number, said(contacts())).await;
        let shown = only(&desk).await;
        assert_eq!((shown.kind, &*shown.text), (MessageKind::Contact, "Rui Sá"));
        assert_eq!(written(&shown.rich), RUI);

        let asked = with_content(incoming(&customer(), "poll", 1), poll());
        let chat = receive(&store, &desk.owner, desk.number, asked).await;
        assert_eq!(chat.preview.unwrap().text, "Que dia?");
        let shown = desk.owner.messages(ChatId(1), None, 10).await.unwrap().remove(1);
        let option = |words: &str, nth: u8| format!("• [{words}](/enquete/2?opcao={nth}#p0)\n");
        let (first, second) = (option("Segunda", 0), option("Terça", 1));
        assert_eq!(written(&shown.rich), format!("*Que dia?*{first}{second}[](/enquete/2)"));
    })
    .await;
}

#[tokio::test]
async fn the_contacts_that_a_bubble_leaves_out_can_be_read() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let MessageContent::Contacts(one) = contacts() else { panic!() };
        let thirty = MessageContent::Contacts(vec![one[0].clone(); 30]);
        receive(&store, &desk.owner, desk.number, said(thirty)).await;
        let shown = only(&desk).await;
        let numbers = |pieces: &[Piece]| written(pieces).matches("/nova-conversa").count();
        assert!(shown.more && numbers(&shown.rich) < 30);
        let whole = desk.owner.message_text(shown.id).await.unwrap();
        assert_eq!(numbers(&whole.rich), 30);
        assert_eq!(whole.text.lines().count(), 60);
    })
    .await;
}

#[tokio::test]
async fn a_content_that_is_deleted_is_gone_from_the_row_and_one_that_is_edited_is_a_text() {
    on_both_raw(|store, raw| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        ingest
            .messages(&[said(poll()), update(5, MessageUpdate::Edited("Esquece".into()))])
            .await
            .unwrap();
        let shown = only(&desk).await;
        assert_eq!((shown.rich, &*shown.text), (vec![], "Esquece"));
        ingest.messages(&[update(9, MessageUpdate::Revoked)]).await.unwrap();
        assert_eq!(column(&raw, COLUMNS).await, ["revoked||"]);
        assert_eq!(only(&desk).await.rich, []);
        let first = "SELECT said_content FROM amendment WHERE kind = 'said'";
        assert_eq!(column(&raw, first).await, [poll_column()], "what was said is kept");
    })
    .await;
}

#[tokio::test]
async fn a_placeholder_gets_its_content_also_if_it_was_deleted_meanwhile() {
    on_both_raw(|store, raw| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        let unread = placeholder(&customer(), TARGET, fixtures::at(0));
        ingest.messages(std::slice::from_ref(&unread)).await.unwrap();
        ingest.messages(&[said(place())]).await.unwrap();
        assert!(written(&only(&desk).await.rich).starts_with("*Portão 2*"));

        let other = Inbound { wa_id: wa("other").into(), ..unread };
        let target = other.wa_id.clone();
        let amends = Some(UpdateOf { target, what: MessageUpdate::Revoked });
        let revoke = Inbound { amends, ..incoming(&customer(), "x", 5) };
        ingest.messages(&[other, revoke]).await.unwrap();
        let content = with_content(incoming(&customer(), "other", 0), contacts());
        ingest.messages(&[content]).await.unwrap();
        let first = "SELECT said_kind || said_content FROM amendment WHERE kind = 'said'";
        let expected = r#"contact{"contacts":[{"name":"Rui Sá","phones":["+5561999990000"]}]}"#;
        assert_eq!(column(&raw, first).await, [expected]);
    })
    .await;
}

#[tokio::test]
async fn whatever_order_they_come_in_the_result_is_the_same() {
    let events = [
        said(poll()),
        placeholder(&customer(), TARGET, fixtures::at(0)),
        update(5, MessageUpdate::Edited("Esquece".into())),
        update(9, MessageUpdate::Revoked),
    ];
    for nth in 0..24 {
        // One of the permutations.
        let (mut left, mut order, mut rest) = (events.to_vec(), Vec::new(), nth);
        while !left.is_empty() {
            order.push(left.remove(rest % left.len()));
            rest /= left.len() + 1;
        }
        on_sqlite_raw(&move |store, raw| {
            let order = order.clone();
            async move {
                let desk = Desk::open(&store).await;
                let ingest = store.ingest(desk.number);
                ingest.messages(&[incoming(&customer(), "antes", 0)]).await.unwrap();
                for event in order {
                    ingest.messages(&[event]).await.unwrap();
                }
                assert_eq!(column(&raw, COLUMNS).await, ["revoked||"]);
                let first = "SELECT said_kind || value || said_content FROM amendment \
                             WHERE kind = 'said'";
                let expected = format!("pollQue dia?{}", poll_column());
                assert_eq!(column(&raw, first).await, [expected]);
            }
        })
        .await;
    }
}

#[tokio::test]
async fn a_missed_call_is_one_unread_row_and_no_message_to_whatsapp() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        let _ = ingest.linked("5561990000000", None, None, None).await.unwrap();
        let call = said(MessageContent::Call(missed(Some(true))));
        ingest.messages(&[incoming(&customer(), "oi", 0)]).await.unwrap();
        assert_eq!(ingest.messages(std::slice::from_ref(&call)).await.unwrap().stored, 1);
        assert_eq!(ingest.messages(std::slice::from_ref(&call)).await.unwrap().duplicates, 1);
        let chat = desk.owner.chat(ChatId(1)).await.unwrap();
        let notice = Some(Notice::Call(missed(Some(true))));
        let preview = chat.preview.unwrap();
        assert_eq!((chat.unread, preview.kind, preview.notice), (2, MessageKind::Call, notice));
        let shown = desk.owner.messages(ChatId(1), None, 10).await.unwrap().remove(1);
        assert_eq!((shown.notice, shown.rich, &*shown.text), (notice, vec![], ""));

        assert!(desk.mark_read(&store, ChatId(1)).await.unwrap());
        let receipts = store.outbox(desk.number).next_reads(100).await.unwrap();
        let ids: Vec<_> = receipts.into_iter().flat_map(|receipt| receipt.wa_ids).collect();
        assert_eq!(ids, [wa("oi").to_string()]);
        // Nobody reacts to it either.
        let (grant, _) = desk.owner.write_chat(ChatId(1)).await.unwrap();
        let react = Change::React { emoji: "👍".into() };
        let reacted = store.enqueue_change(&grant, shown.id, wa("reaction"), react).await;
        assert!(matches!(reacted, Err(store::Error::Unchangeable)), "{reacted:?}");
    })
    .await;
}

#[tokio::test]
async fn a_timer_is_a_notice_that_nobody_has_to_read() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let timer = System::Timer { seconds: 604_800 };
        let row = said(MessageContent::System(timer));
        let chat = receive(&store, &desk.owner, desk.number, row).await;
        assert_eq!(chat.unread, 0);
        assert_eq!(chat.preview.unwrap().notice, Some(Notice::System(timer)));
        let shown = only(&desk).await;
        assert_eq!((shown.kind, shown.notice), (MessageKind::System, Some(Notice::System(timer))));
    })
    .await;
}

#[tokio::test]
async fn nobody_answers_a_notice() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let timer = MessageContent::System(System::Timer { seconds: 604_800 });
        let call = with_content(
            incoming(&customer(), "call", 1),
            MessageContent::Call(missed(Some(false))),
        );
        receive(&store, &desk.owner, desk.number, said(timer)).await;
        receive(&store, &desk.owner, desk.number, call).await;
        let (grant, chat) = desk.owner.write_chat(ChatId(1)).await.unwrap();
        let notices = desk.owner.messages(chat.id, None, 10).await.unwrap();
        assert_eq!(notices.len(), 2);
        for notice in notices {
            let answer =
                store.enqueue_text(&grant, chat.id, wa("answer"), "oi", Some(notice.id)).await;
            assert!(matches!(answer, Err(store::Error::NotFound)), "{answer:?}");
        }
        assert!(store.outbox(desk.number).next(10, &[]).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn the_words_of_a_card_turn_nothing_in_quotes_and_copies() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let name = "Loja\u{202e}\n2\u{2066}".to_owned();
        let place = MessageContent::Location(Place { name: name.clone(), ..Place::default() });
        let quoted = InboundQuote {
            kind: MessageKind::Location,
            ..quote(QuotedAuthor::Contact(customer()), wa(TARGET), name)
        };
        let answer = Inbound { reply_to: Some(quoted), ..incoming(&customer(), "answer", 1) };
        store.ingest(desk.number).messages(&[said(place), answer]).await.unwrap();
        let messages = desk.owner.messages(ChatId(1), None, 10).await.unwrap();
        assert_eq!(messages[0].text, "Loja 2");
        assert_eq!(messages[1].reply_to.as_ref().unwrap().excerpt, "Loja 2");

        let (grant, _) = desk.owner.write_chat(ChatId(1)).await.unwrap();
        let own =
            store.enqueue_text(&grant, ChatId(1), wa("own"), "oi", Some(messages[0].id)).await;
        assert_eq!(own.unwrap().reply_to.unwrap().excerpt, "Loja 2");
        let Operation::Send { reply_to: Some(sent), .. } =
            store.outbox(desk.number).next(1, &[]).await.unwrap().remove(0).operation
        else {
            panic!("an answer")
        };
        assert_eq!((sent.kind, &*sent.text), (MessageKind::Location, "Loja 2"));
    })
    .await;
}

#[tokio::test]
async fn a_content_beyond_its_bounds_is_stored_within_them() {
    on_both_raw(|store, raw| async move {
        let desk = Desk::open(&store).await;
        let long = "\u{202e}<b>'\"".repeat(2_000);
        let endless = MessageContent::Location(Place {
            at: Coordinates::of_degrees(1.0, 2.0),
            name: long.clone(),
            address: long,
            report: None,
        });
        receive(&store, &desk.owner, desk.number, said(endless)).await;
        let stored = column(&raw, "SELECT content FROM message").await.remove(0);
        let MessageContent::Location(place) = serde_json::from_str(&stored).unwrap() else {
            panic!("{stored}")
        };
        assert_eq!(place.name.chars().count(), bounds::PLACE);
        let card = written(&only(&desk).await.rich);
        assert!(card.starts_with("*<b>'\"<b>") && !card.contains('\u{202e}'), "{card}");
    })
    .await;
}

#[tokio::test]
async fn a_content_that_is_not_understood_is_shown_by_kind_and_text() {
    on_both_raw(|store, raw| async move {
        use sea_orm::ConnectionTrait as _;
        let desk = Desk::open(&store).await;
        receive(&store, &desk.owner, desk.number, said(place())).await;
        raw.execute_unprepared("UPDATE message SET content = '{\"hologram\":{}}'").await.unwrap();
        let shown = only(&desk).await;
        let expected = (MessageKind::Location, vec![], "Portão 2");
        assert_eq!((shown.kind, shown.rich, &*shown.text), expected);
    })
    .await;
}
