//! Previews of links: their rows, and what pages show of them.

use fixtures::{customer, quote, with_preview, written};
use model::content::LinkPreview;
use model::{
    ChatId, Delivery, FailReason, Media, MediaState, Message, MessageContent, MessageKind, Piece,
    Style, bounds,
};
use sea_orm::ConnectionTrait as _;
use store::{
    Inbound, InboundMedia, MediaSource, MessageUpdate, NewLinkPreview, Operation, OutgoingFile,
    QuotedAuthor, UpdateOf,
};

use crate::support::{
    Desk, Talk, column, complete, incoming, on_both, on_both_raw, photo, receive, wa,
};

const TARGET: &str = "linked";
const LINK: &str = "https://loja.example/azul";
const CARD: &str = "*Camiseta azul*100% algodão[loja.example](https://loja.example/azul)";

fn says(id: &str, seconds: i64, text: &str) -> Inbound {
    Inbound { text: text.to_owned(), ..incoming(&customer(), id, seconds) }
}

fn linked() -> Inbound {
    let text = format!("Tem? {LINK}");
    with_preview(says(TARGET, 0, &text), LINK, "Camiseta azul", "100% algodão")
}

async fn messages(desk: &Desk) -> Vec<Message> {
    desk.owner.messages(ChatId(1), None, 10).await.unwrap()
}

#[tokio::test]
async fn a_preview_stands_above_its_text_and_the_message_stays_a_text() {
    on_both_raw(|store, raw| async move {
        let desk = Desk::open(&store).await;
        let chat = receive(&store, &desk.owner, desk.number, linked()).await;
        let in_list = chat.preview.unwrap();
        let text = format!("Tem? {LINK}");
        assert_eq!((in_list.kind, &*in_list.text), (MessageKind::Text, &*text));
        let shown = messages(&desk).await.remove(0);
        assert_eq!((shown.kind, &shown.text, shown.more), (MessageKind::Text, &text, false));
        assert_eq!(written(&shown.rich), format!("{CARD}Tem? [{LINK}]({LINK})"));
        let stored = r#"{"linked_text":{"link":"https://loja.example/azul","title":"Camiseta azul","description":"100% algodão"}}"#;
        assert_eq!(column(&raw, "SELECT content FROM message").await, [stored]);

        // As an earlier version stored it.
        raw.execute_unprepared("UPDATE message SET content = NULL").await.unwrap();
        let before = messages(&desk).await.remove(0);
        assert_eq!(written(&before.rich), format!("Tem? [{LINK}]({LINK})"));
    })
    .await;
}

/// The same message with the picture of its preview.
fn pictured(message: Inbound) -> Inbound {
    let source = MediaSource::default();
    let preview = Some(vec![255, 216, 255]);
    let picture = InboundMedia { name: None, preview, source, ..fixtures::file("image/jpeg") };
    Inbound { media: Some(picture), ..message }
}

#[tokio::test]
async fn its_picture_is_for_readers_and_is_no_file_of_the_message() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let queue = store.media(desk.number);
        receive(&store, &desk.owner, desk.number, pictured(linked())).await;
        assert_eq!(queue.due(10).await.unwrap(), [], "nothing is fetched");
        let shown = messages(&desk).await.remove(0);
        assert_eq!((shown.media, shown.kind), (None, MessageKind::Text));
        let address = Media::preview_address(shown.id);
        let picture = |pieces: &[Piece]| pieces[0].within[0].clone();
        let expected = Piece { style: Style::Picture, text: address, within: vec![] };
        assert_eq!(picture(&shown.rich), expected);
        let whole = desk.owner.message_text(shown.id).await.unwrap();
        assert_eq!(picture(&whole.rich), expected);
        let file = desk.owner.media(shown.id).await.unwrap();
        assert_eq!((file.state, file.preview), (MediaState::Refused, Some(vec![255, 216, 255])));

        let amends = |what| Some(UpdateOf { target: wa(TARGET).into(), what });
        let edit = Inbound {
            amends: amends(MessageUpdate::Edited(LINK.to_owned())),
            ..says("edit", 5, "")
        };
        store.ingest(desk.number).messages(&[edit]).await.unwrap();
        let edited = messages(&desk).await.remove(0);
        assert_eq!((edited.media, written(&edited.rich)), (None, format!("[{LINK}]({LINK})")));
        let revoke = Inbound { amends: amends(MessageUpdate::Revoked), ..says("revoke", 9, "") };
        store.ingest(desk.number).messages(&[revoke]).await.unwrap();
        let gone = desk.owner.media(shown.id).await;
        assert!(matches!(gone, Err(store::Error::NotFound)), "{gone:?}");
    })
    .await;
}

#[tokio::test]
async fn the_whole_of_a_long_text_has_the_preview_too() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let text = format!("{LINK} {}fim", "a ".repeat(bounds::BUBBLE));
        let long = with_preview(says(TARGET, 0, &text), LINK, "Camiseta azul", "100% algodão");
        receive(&store, &desk.owner, desk.number, long).await;
        let shown = messages(&desk).await.remove(0);
        assert!(shown.more && written(&shown.rich).starts_with(CARD));
        let whole = desk.owner.message_text(shown.id).await.unwrap();
        assert_eq!(whole.text, text);
        assert!(written(&whole.rich).starts_with(CARD));
    })
    .await;
}

#[tokio::test]
async fn an_edit_replaces_it_and_a_deletion_removes_it() {
    on_both_raw(|store, raw| async move {
        let desk = Desk::open(&store).await;
        let update = |seconds: i64, what: MessageUpdate| {
            let amends = Some(UpdateOf { target: wa(TARGET).into(), what });
            Inbound { amends, ..incoming(&customer(), &format!("update{seconds}"), seconds) }
        };
        let edit = update(5, MessageUpdate::Edited(format!("Vi em {LINK}")));
        store.ingest(desk.number).messages(&[linked(), edit]).await.unwrap();
        let shown = messages(&desk).await.remove(0);
        assert_eq!(written(&shown.rich), format!("Vi em [{LINK}]({LINK})"));
        store.ingest(desk.number).messages(&[update(9, MessageUpdate::Revoked)]).await.unwrap();
        assert_eq!(messages(&desk).await.remove(0).rich, []);
        let left = "SELECT kind || COALESCE(content, '') FROM message";
        assert_eq!(column(&raw, left).await, ["revoked"]);
    })
    .await;
}

#[tokio::test]
async fn a_copy_and_a_quote_have_none() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let text = format!("Tem? {LINK}");
        let quoted = quote(QuotedAuthor::Contact(customer()), wa(TARGET), &*text);
        let answer = Inbound { reply_to: Some(quoted), ..says("answer", 1, "E este?") };
        store.ingest(desk.number).messages(&[linked(), answer]).await.unwrap();
        let stored = messages(&desk).await;
        assert_eq!(stored[1].reply_to.as_ref().unwrap().excerpt, text);
        assert_eq!(stored[1].rich, []);

        let (grant, _) = desk.owner.write_chat(ChatId(1)).await.unwrap();
        let copy =
            store.forward(&desk.owner, &grant, ChatId(1), wa("copy"), stored[0].id).await.unwrap();
        assert_eq!(written(&copy.rich), format!("Tem? [{LINK}]({LINK})"));
        let sent = store.outbox(desk.number).next(1, &[]).await.unwrap().remove(0).operation;
        assert!(matches!(sent, Operation::Send { text: sent, .. } if sent == text));
    })
    .await;
}

#[tokio::test]
async fn a_hostile_preview_leads_only_where_the_text_leads() {
    on_both_raw(|store, raw| async move {
        let desk = Desk::open(&store).await;
        let long = "\u{202e}<b onclick=alert(1)>'\"".repeat(500);
        let elsewhere = "https://banco.example";
        let text = format!("Tem? {LINK}");
        let of = |nth: i64, link: &str, title: &str, description: &str| {
            let message = says(&format!("hostile{nth}"), nth, &text);
            with_preview(message, link, title, description)
        };
        let script = "javascript:alert(1)";
        store
            .ingest(desk.number)
            .messages(&[
                of(0, elsewhere, "Banco", "Entre"),
                of(1, &format!("{LINK}?{}", "x".repeat(10_000)), "Loja", "Camisetas"),
                of(2, script, script, script),
                of(3, LINK, elsewhere, "Entre"),
                of(4, LINK, &long, &long),
            ])
            .await
            .unwrap();
        let alone = format!("Tem? [{LINK}]({LINK})");
        let shown = messages(&desk).await;
        for message in &shown[..3] {
            assert_eq!(written(&message.rich), alone);
        }
        let card = format!("*{elsewhere}*Entre[loja.example]({LINK})");
        assert_eq!(written(&shown[3].rich), format!("{card}{alone}"), "the title leads nowhere");
        let card = written(&shown[4].rich);
        assert!(card.starts_with("*<b onclick=alert(1)>'\"<b "), "{card}");
        assert!(!card.contains('\u{202e}') && card.ends_with(&format!("({LINK}){alone}")));
        assert_eq!(shown[4].rich[0].style, Style::Preview);
        let stored = column(&raw, "SELECT content FROM message WHERE wa_id LIKE '%hostile4'").await;
        let Ok(MessageContent::LinkedText(kept)) = serde_json::from_str(&stored[0]) else {
            panic!("{stored:?}")
        };
        assert_eq!(kept.title.chars().count(), bounds::LINK_TITLE);
        assert_eq!(kept.description.chars().count(), bounds::LINK_DESCRIPTION);
    })
    .await;
}

const JPEG: [u8; 3] = [255, 216, 255];

impl Talk {
    /// Queues a text with a preview; its id is the same.
    async fn queue_linked(&self, id: &str, picture: Option<Vec<u8>>) -> Message {
        let text = format!("Tem? {LINK}");
        let new = NewLinkPreview { preview: described(), picture };
        let sent = self.store.enqueue_linked_text(&self.grant, self.chat, wa(id), &text, None, new);
        sent.await.unwrap()
    }

    /// Returns the content of the next operation, and the file beside it.
    async fn next_content(&self) -> (Option<MessageContent>, Option<OutgoingFile>) {
        match self.outbox.next(1, &[]).await.unwrap().remove(0).operation {
            Operation::Send { content, file, .. } => (content, file),
            other => panic!("{other:?}"),
        }
    }
}

fn described() -> LinkPreview {
    LinkPreview {
        link: LINK.to_owned(),
        title: "Camiseta azul".to_owned(),
        description: "100% algodão".to_owned(),
    }
}

#[tokio::test]
async fn a_text_of_ours_goes_out_with_its_preview_and_shows_it() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let sent = talk.queue_linked("linked", Some(JPEG.to_vec())).await;
        assert_eq!((sent.kind, sent.delivery), (MessageKind::Text, Some(Delivery::Queued)));
        assert_eq!(written(&sent.rich), format!("{CARD}Tem? [{LINK}]({LINK})"));
        assert_eq!(sent.rich[0].within[0].text, Media::preview_address(sent.id));
        assert_eq!(sent.media, None, "its picture is no file of the message");
        assert_eq!(talk.queue_linked("linked", None).await, sent, "a repeated request");

        let (content, file) = talk.next_content().await;
        assert_eq!(content, Some(MessageContent::LinkedText(described())));
        assert_eq!(file.and_then(|file| file.preview), Some(JPEG.to_vec()));
        talk.confirm("linked").await;
        talk.queue_linked("bare", None).await;
        let (content, file) = talk.next_content().await;
        assert_eq!((content, file), (Some(MessageContent::LinkedText(described())), None));
    })
    .await;
}

#[tokio::test]
async fn one_that_failed_is_sent_again_and_its_picture_is_not_uploaded() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let sent = talk.queue_linked("linked", Some(JPEG.to_vec())).await.id;
        talk.fail("linked", FailReason::Refused).await;
        assert_eq!(talk.next().await, [""; 0]);
        let again = store.retry(&talk.grant, sent).await.unwrap();
        assert_eq!(again.delivery, Some(Delivery::Queued));
        let (content, file) = talk.next_content().await;
        assert_eq!(content, Some(MessageContent::LinkedText(described())));
        assert_eq!(file.and_then(|file| file.preview), Some(JPEG.to_vec()));
    })
    .await;
}

#[tokio::test]
async fn an_edit_of_ours_has_no_preview_and_what_is_sent_before_it_does() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let sent = talk.queue_linked("linked", Some(JPEG.to_vec())).await.id;
        let edit = store.enqueue_edit(&talk.grant, sent, wa("edit"), LINK.to_owned(), Some(0));
        edit.await.unwrap();
        let (content, _) = talk.next_content().await;
        assert_eq!(content, Some(MessageContent::LinkedText(described())));
        talk.confirm("linked").await;
        assert_eq!(talk.next().await, [format!("edit linked: {LINK}")]);
        talk.confirm("edit").await;
        assert_eq!(written(&talk.message(sent).await.rich), format!("[{LINK}]({LINK})"));
    })
    .await;
}

#[tokio::test]
async fn a_text_with_a_picture_waits_for_no_file() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let (grant, chat) = (&talk.grant, talk.chat);
        let file = store.begin_upload(grant, chat, wa("file"), photo("foto")).await.unwrap();
        store.finish_upload(grant, file.id, complete(1)).await.unwrap();
        talk.queue_linked("linked", Some(JPEG.to_vec())).await;
        assert_eq!(talk.next().await, [format!("send Tem? {LINK}")]);
    })
    .await;
}
