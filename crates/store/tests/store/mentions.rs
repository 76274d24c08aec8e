//! The people whom texts mention.

use model::{ChatFilter, ChatId, ContactId, MemberRole, Mention, NewText, Piece, Style};
use store::{ChatsPage, FetchedGroup, FetchedMember, Inbound, InboundMentions, Operation, Peer};

use crate::support::{Talk, at, incoming, on_both, wa};

const JID: &str = "120363041234567890@g.us";

fn rute() -> Peer {
    Peer { pn: Some("5561998124472".into()), ..Peer::lid("100000000000002@lid") }
}

/// A number in a group with Rute.
async fn in_group(store: &store::Store) -> (Talk, ChatId) {
    let talk = Talk::open(store).await;
    let ingest = store.ingest(talk.desk.number);
    let own = Some("5561990000000@s.whatsapp.net");
    let scanned =
        ingest.linked("5561990000000", own, Some("900000000000001@lid"), None).await.unwrap();
    assert_eq!(scanned, store::Scanned::Linked);
    ingest.address_book(&[(rute(), Some("Rute Teles".to_owned()))]).await.unwrap();
    let group = FetchedGroup {
        jid: JID.to_owned(),
        subject: "Fornecedores".to_owned(),
        description: None,
        created_at: None,
        creator: None,
        announce: false,
        locked: false,
        lid: true,
        timer: 0,
        own_role: Some(MemberRole::Member),
        members: vec![FetchedMember { peer: rute(), role: MemberRole::Member }],
        asked_at: at(0),
    };
    ingest.group_fetched(&group).await.unwrap();
    let page = ChatsPage { connection: None, before: None, limit: 10 };
    let groups = talk.desk.owner.filtered_chats(page, ChatFilter::Groups).await.unwrap();
    (talk, groups[0].id)
}

fn said(text: &str, mentions: InboundMentions) -> Inbound {
    Inbound {
        group: Some(JID.to_owned()),
        sender: Some(rute()),
        text: text.to_owned(),
        mentions,
        ..incoming(&rute(), "said", 5)
    }
}

#[tokio::test]
async fn a_received_text_names_those_whom_it_mentions() {
    on_both(|store| async move {
        let (talk, id) = in_group(&store).await;
        let mentions = InboundMentions {
            people: vec![
                Peer::lid("900000000000001@lid"),
                Peer::lid("100000000000002@lid"),
                Peer::lid("100000000000009@lid"),
            ],
            ourselves: true,
        };
        let text = "@900000000000001 e *@100000000000002*, falem com @100000000000009";
        store.ingest(talk.desk.number).messages(&[said(text, mentions)]).await.unwrap();
        let message = talk.desk.owner.messages(id, None, 1).await.unwrap().remove(0);
        let label = talk.desk.owner.connection(talk.desk.number).await.unwrap().label;
        let expected = format!("@{label} e *@Rute Teles*, falem com @100000000000009");
        assert_eq!(message.text, expected);
        assert!(message.mentions_us);
        let styles: Vec<Style> = message.rich.iter().map(|piece| piece.style).collect();
        assert_eq!(styles, [Style::OwnMention, Style::Words, Style::Bold, Style::Words]);
        assert_eq!(message.rich[2].within[0].style, Style::Mention);
        assert_eq!(message.rich[2].within[0].within, [Piece::words("@Rute Teles")]);
        let preview = talk.desk.owner.chat(id).await.unwrap().preview.unwrap();
        assert!(preview.text.contains("@Rute Teles"), "{}", preview.text);
        assert_eq!(preview.by.as_deref(), Some("Rute Teles"));
    })
    .await;
}

#[tokio::test]
async fn a_text_from_here_has_the_digits_of_those_whom_it_mentions() {
    on_both(|store| async move {
        let (talk, id) = in_group(&store).await;
        let members = talk.desk.owner.group_members(id, "rute").await.unwrap();
        let rute = Mention { contact: members[0].contact.unwrap(), name: "Rute Teles".to_owned() };
        // Who is no member is not mentioned, and their name is not shown.
        let other = Mention { contact: ContactId(999_999), name: "Ana".to_owned() };
        let new = NewText {
            text: "@Rute Teles subiu, diga à @Ana".to_owned(),
            mentions: vec![other, rute],
        };
        let sent = store.enqueue_text(&talk.grant, id, wa("a"), new, None).await.unwrap();
        assert_eq!(sent.text, "@Rute Teles subiu, diga à @Ana");
        let next = talk.outbox.next(9, &[]).await.unwrap().remove(0).operation;
        let Operation::Send { text, mentions, .. } = next else { panic!("{next:?}") };
        assert_eq!(text, "@100000000000002 subiu, diga à @Ana");
        assert_eq!(mentions, ["100000000000002@lid"]);
        talk.confirm("a").await;

        // An edit keeps those whom the text mentions already.
        let edited = "@Rute Teles subiu 4 %";
        store.enqueue_edit(&talk.grant, sent.id, wa("e"), edited, Some(0)).await.unwrap();
        let next = talk.outbox.next(9, &[]).await.unwrap().remove(0).operation;
        let Operation::Edit { text, mentions, .. } = next else { panic!("{next:?}") };
        assert_eq!((&*text, mentions.len()), ("@100000000000002 subiu 4 %", 1));
        talk.confirm("e").await;
        let message = talk.desk.owner.messages(id, None, 1).await.unwrap().remove(0);
        assert_eq!(message.text, edited);
        let versions = talk.desk.owner.versions(message.id).await.unwrap();
        assert_eq!(versions[0].text, "@Rute Teles subiu, diga à @Ana");
    })
    .await;
}

#[tokio::test]
async fn a_copy_has_the_names_that_people_show_to_everybody() {
    on_both(|store| async move {
        let (talk, id) = in_group(&store).await;
        let people = ["900000000000001@lid", "100000000000002@lid", "100000000000009@lid"];
        let people = people.map(Peer::lid).to_vec();
        let text = "@900000000000001 e *@100000000000002*, falem com @100000000000009";
        let said = said(text, InboundMentions { people, ourselves: true });
        let said = Inbound { push_name: Some("Rutinha".to_owned()), ..said };
        store.ingest(talk.desk.number).messages(&[said]).await.unwrap();
        let source = talk.desk.owner.messages(id, None, 1).await.unwrap().remove(0);
        assert!(source.text.contains("@Rute Teles"), "as the address book has her");
        let copy = store
            .forward(&talk.desk.owner, &talk.grant, talk.chat, wa("copy"), source.id)
            .await
            .unwrap();
        assert_eq!(copy.text, "@+55 61 99000-0000 e *@Rutinha*, falem com @100000000000009");
    })
    .await;
}
