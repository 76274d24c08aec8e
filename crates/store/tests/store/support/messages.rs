//! Messages as WhatsApp delivers them.

use chrono::{DateTime, Utc};
use fixtures::at;
use model::{Chat, ChatId, ConnectionId, MessageKind, WaMessageId};
use store::{
    ChatsPage, Inbound, InboundMedia, MediaSource, Operation, Outgoing, Peer, Store, Viewer,
};

/// Returns a valid id that ends in `name`.
pub(crate) fn wa(name: &str) -> WaMessageId {
    WaMessageId::parse(&format!("3EB00000-{name}")).unwrap()
}

/// Returns a text message of `peer`; its id and text are `name`.
pub(crate) fn incoming(peer: &Peer, name: &str, seconds: i64) -> Inbound {
    Inbound { text: name.to_owned(), timestamp: at(seconds), ..fixtures::inbound(peer, wa(name)) }
}

/// Returns a placeholder of a message of `peer` that could not be decrypted.
pub(crate) fn placeholder(peer: &Peer, name: &str, timestamp: DateTime<Utc>) -> Inbound {
    let (kind, text) = (MessageKind::Undecryptable, String::new());
    Inbound { kind, text, timestamp, ..incoming(peer, name, 0) }
}

/// Returns a picture of `peer` with its file.
pub(crate) fn picture(peer: &Peer, name: &str, seconds: i64) -> Inbound {
    Inbound {
        kind: MessageKind::Image,
        media: Some(file_of_nine_bytes()),
        ..incoming(peer, name, seconds)
    }
}

pub(crate) fn file_of_nine_bytes() -> InboundMedia {
    InboundMedia { name: Some("nota\0.jpg".into()), ..fixtures::file("image/jpeg") }
}

/// Returns a text message that was written on the number's own phone.
pub(crate) fn phones_own(peer: &Peer, name: &str, seconds: i64) -> Inbound {
    Inbound { from_me: true, ..incoming(peer, name, seconds) }
}

/// Stores a received message and returns its chat as `viewer` sees it.
pub(crate) async fn receive(
    store: &Store,
    viewer: &Viewer,
    number: ConnectionId,
    inbound: Inbound,
) -> Chat {
    store.ingest(number).messages(&[inbound]).await.unwrap();
    let page = ChatsPage { connection: Some(number), before: None, limit: 1 };
    viewer.chats(page).await.unwrap().remove(0)
}

/// Returns the text of an operation that sends a message.
pub(crate) fn sent_text(outgoing: &Outgoing) -> &str {
    match &outgoing.operation {
        Operation::Send { text, .. } => text,
        other => panic!("{other:?}"),
    }
}

/// Returns the texts of a chat from top to bottom.
pub(crate) async fn texts(viewer: &Viewer, chat: ChatId) -> Vec<String> {
    let messages = viewer.messages(chat, None, 1000).await.unwrap();
    messages.into_iter().map(|message| message.text).collect()
}

/// A received voice note.
pub(crate) fn voice_note(peer: &Peer, name: &str, seconds: i64) -> Inbound {
    let file = InboundMedia { voice: true, ..fixtures::file("audio/ogg; codecs=opus") };
    let (kind, media) = (MessageKind::Audio, Some(file));
    Inbound { kind, media, text: String::new(), ..incoming(peer, name, seconds) }
}

/// A received sticker; each `content` is another file.
pub(crate) fn sticker(peer: &Peer, name: &str, seconds: i64, content: u8) -> Inbound {
    let file = fixtures::file("image/webp");
    let source = MediaSource { file_hash: vec![content; 32], ..file.source };
    let media = Some(InboundMedia { source, name: None, ..file });
    Inbound {
        kind: MessageKind::Sticker,
        media,
        text: String::new(),
        ..incoming(peer, name, seconds)
    }
}
