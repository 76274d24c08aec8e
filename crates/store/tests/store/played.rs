//! Voice notes that were played: ours by a customer.

use chrono::Utc;
use model::{Delivery, MessageKind};
use store::{Inbound, InboundMedia, Peer};

use crate::support::{Talk, incoming, on_both, phones_own, picture, wa};

/// A received voice note.
fn voice_note(peer: &Peer, name: &str, seconds: i64) -> Inbound {
    let file = InboundMedia { voice: true, ..fixtures::file("audio/ogg; codecs=opus") };
    let (kind, media) = (MessageKind::Audio, Some(file));
    Inbound { kind, media, text: String::new(), ..incoming(peer, name, seconds) }
}

impl Talk {
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
