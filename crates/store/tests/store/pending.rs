//! The changes of a message that WhatsApp has not confirmed, as its bubble shows them.

use fixtures::customer;
use model::{Change, ChatId, FailReason, Message, MessageId, OperationId, PendingChange, bounds};
use sea_orm::{ConnectionTrait as _, DatabaseConnection};
use store::Viewer;

use crate::support::{Desk, incoming, on_both_raw, wa};

/// Queues a change of the first message.
async fn queue(raw: &DatabaseConnection, kind: &str, payload: &str, failed: &str) {
    let sql = format!(
        "INSERT INTO outbox \
         (connection_id, chat_id, kind, message_id, wa_id, payload, attempts, queued_at, failed) \
         VALUES (1, 1, '{kind}', 1, '3EB00000-{kind}', '{payload}', 0, 1, {failed})"
    );
    raw.execute_unprepared(&sql).await.unwrap();
}

async fn message(viewer: &Viewer, id: MessageId) -> Message {
    let messages = viewer.messages(ChatId(1), None, 10).await.unwrap();
    messages.into_iter().find(|message| message.id == id).unwrap()
}

#[tokio::test]
async fn a_message_has_its_unconfirmed_changes_in_order_and_its_sending_is_none() {
    on_both_raw(|store, raw| async move {
        let desk = Desk::open(&store).await;
        store.ingest(desk.number).messages(&[incoming(&customer(), "oi", 0)]).await.unwrap();
        assert_eq!(message(&desk.owner, MessageId(1)).await.pending, []);

        queue(&raw, "react", "👍", "NULL").await;
        queue(&raw, "edit", &"a".repeat(bounds::BUBBLE + 5), "'too_late'").await;
        queue(&raw, "revoke", "", "'not_sent'").await;
        let (grant, _) = desk.owner.write_chat(ChatId(1)).await.unwrap();
        let sent = store.enqueue_text(&grant, ChatId(1), wa("enviada"), "oi", None).await.unwrap();
        assert_eq!(message(&desk.owner, sent.id).await.pending, []);

        let expected = [
            (Change::React { emoji: "👍".to_owned() }, None),
            (Change::Edit { text: "a".repeat(bounds::BUBBLE) }, Some(FailReason::TooLate)),
            (Change::Revoke, Some(FailReason::NotSent)),
        ];
        let expected = expected.into_iter().zip(1..).map(|((change, failed), id)| PendingChange {
            id: OperationId(id),
            change,
            failed,
        });
        let shown = message(&desk.owner, MessageId(1)).await;
        assert_eq!(shown.pending, expected.collect::<Vec<_>>());
        assert_eq!((&*shown.text, shown.edited), ("oi", None), "the old content is shown");
    })
    .await;
}
