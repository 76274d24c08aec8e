//! Voice notes that were played: ours by a customer, and received ones here or on the own phone.

use chrono::Utc;
use model::{Delivery, EndReason, MessageId, Role};
use store::{ActorContext, Error, Inbound, Peer, Scanned};

use crate::support::{
    Talk, count, incoming, on_both, on_both_raw, phones_own, picture, user, voice_note, wa,
};

const RECEIPTS: &str = "SELECT id FROM outbox WHERE kind = 'played'";

impl Talk {
    async fn receive(&self, message: Inbound) -> MessageId {
        let wa_id = message.wa_id.clone();
        self.store.ingest(self.desk.number).messages(&[message]).await.unwrap();
        let messages = self.desk.owner.messages(self.chat, None, 100).await.unwrap();
        messages.iter().find(|one| one.wa_id.as_str() == wa_id).unwrap().id
    }

    async fn link(&self) {
        let ingest = self.store.ingest(self.desk.number);
        let scanned = ingest.linked("5561990000000", None, None, None).await.unwrap();
        assert_eq!(scanned, Scanned::Linked);
    }

    async fn play(&self, message: MessageId) -> bool {
        self.store.mark_played(&self.grant, message).await.unwrap()
    }

    async fn is_unplayed(&self, message: MessageId) -> bool {
        self.message(message).await.media.unwrap().unplayed
    }

    /// The deliveries of these messages.
    async fn deliveries<const N: usize>(&self, names: [&str; N]) -> [Option<Delivery>; N] {
        let messages = self.desk.owner.messages(self.chat, None, 100).await.unwrap();
        names.map(|name| messages.iter().find(|one| one.wa_id == wa(name)).unwrap().delivery)
    }
}

#[tokio::test]
async fn a_voice_note_that_the_customer_plays_is_more_than_read_and_nothing_else_is() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let ingest = store.ingest(talk.desk.number);
        let sent = [
            Inbound { from_me: true, ..voice_note(&talk.peer, "note", 1) },
            Inbound { from_me: true, ..picture(&talk.peer, "once", 2) },
            phones_own(&talk.peer, "text", 3),
        ];
        ingest.messages(&sent).await.unwrap();
        let names = ["note", "once", "text"];
        let tell = async |peer: &Peer, delivery| {
            let ids = names.map(|name| String::from(wa(name)));
            ingest.receipt(peer, &ids, delivery, Utc::now()).await.unwrap();
        };
        store.ingest(talk.desk.number).messages(&[incoming(&Peer::pn("1"), "x", 4)]).await.unwrap();
        tell(&Peer::pn("1"), Delivery::Played).await;
        assert_eq!(talk.deliveries(names).await, [Some(Delivery::Sent); 3], "of somebody else");

        tell(&talk.peer, Delivery::Played).await;
        let expected = [Delivery::Played, Delivery::Read, Delivery::Read].map(Some);
        assert_eq!(talk.deliveries(names).await, expected);
        tell(&talk.peer, Delivery::Read).await;
        assert_eq!(talk.deliveries(names).await, expected, "it does not go back");
    })
    .await;
}

#[tokio::test]
async fn a_voice_note_is_played_once_and_its_sender_is_told_once() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        talk.link().await;
        let note = talk.receive(voice_note(&talk.peer, "note", 1)).await;
        let later = talk.receive(voice_note(&talk.peer, "later", 2)).await;
        let photo = talk.receive(picture(&talk.peer, "photo", 3)).await;
        assert!(talk.is_unplayed(note).await && !talk.is_unplayed(photo).await);
        let unread = talk.desk.owner.chat(talk.chat).await.unwrap().unread;

        assert!(talk.play(note).await);
        assert!(!talk.play(note).await && !talk.play(photo).await);
        assert!(!talk.is_unplayed(note).await && talk.is_unplayed(later).await);
        assert_eq!(talk.desk.owner.chat(talk.chat).await.unwrap().unread, unread);
        let receipts = talk.outbox.next_reads(10).await.unwrap();
        let [receipt] = &receipts[..] else { panic!("{receipts:?}") };
        assert!(receipt.was_played);
        assert_eq!(receipt.wa_ids, [String::from(wa("note"))]);
        assert_eq!(receipt.to_jid, "5561998124471@s.whatsapp.net");

        // It holds nothing up, and is no change of the message.
        talk.queue("heard").await;
        assert_eq!(talk.outbox.next(10, &[]).await.unwrap().len(), 1);
        assert!(talk.message(note).await.pending.is_empty());
        // Receipts of reading go before it, and each is known as what it is.
        assert!(store.mark_read(&talk.grant, talk.chat).await.unwrap());
        let receipts = talk.outbox.next_reads(10).await.unwrap();
        let played: Vec<_> = receipts.iter().map(|receipt| receipt.was_played).collect();
        assert_eq!(played, [false, true]);
        assert_eq!(talk.outbox.next_reads(1).await.unwrap().len(), 1);
        let ids: Vec<_> = receipts.iter().map(|receipt| receipt.id).collect();
        talk.outbox.reads_sent(&ids).await.unwrap();
        assert_eq!(talk.outbox.next_reads(10).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn what_is_played_without_a_linked_phone_or_by_others_tells_nobody() {
    on_both_raw(|store, raw| async move {
        let talk = Talk::open(&store).await;
        let before = talk.receive(voice_note(&talk.peer, "before", 1)).await;
        assert!(talk.play(before).await);
        assert_eq!(count(&raw, RECEIPTS).await, 0);

        talk.link().await;
        let note = talk.receive(voice_note(&talk.peer, "note", 2)).await;
        let ours = Inbound { from_me: true, ..voice_note(&talk.peer, "ours", 3) };
        let ours = talk.receive(ours).await;
        assert!(!talk.is_unplayed(ours).await && !talk.play(ours).await);
        let stranger = user(&store, "stranger", Role::Atendente).await;
        let own = stranger.own_connection().await.unwrap();
        let grant = stranger.grant_write(own).await.unwrap();
        for message in [note, MessageId(999_999)] {
            let played = store.mark_played(&grant, message).await;
            assert!(matches!(played, Err(Error::NotFound)));
        }
        assert_eq!(count(&raw, RECEIPTS).await, 0);

        // Receipts end with the link.
        assert!(talk.play(note).await);
        assert_eq!(count(&raw, RECEIPTS).await, 1);
        let ingest = store.ingest(talk.desk.number);
        ingest.unlinked(EndReason::UnlinkedHere, &ActorContext::system()).await.unwrap();
        assert_eq!(count(&raw, RECEIPTS).await, 0);
        assert!(!talk.is_unplayed(note).await);
    })
    .await;
}

#[tokio::test]
async fn what_the_own_phone_plays_is_played_here_and_read_up_to_there() {
    on_both_raw(|store, raw| async move {
        let talk = Talk::open(&store).await;
        talk.link().await;
        let note = talk.receive(voice_note(&talk.peer, "note", 1)).await;
        let later = talk.receive(voice_note(&talk.peer, "later", 2)).await;
        let ids = ["note", "unknown"].map(|name| String::from(wa(name)));
        store.ingest(talk.desk.number).played_elsewhere(&talk.peer, &ids).await.unwrap();
        assert!(!talk.is_unplayed(note).await && talk.is_unplayed(later).await);
        assert_eq!(talk.desk.owner.chat(talk.chat).await.unwrap().unread, 1);
        assert_eq!(count(&raw, RECEIPTS).await, 0, "the phone told it");
        assert!(!talk.play(note).await);
    })
    .await;
}
