use std::collections::BTreeMap;

use wacore::proto_helpers::MessageExt as _;
use wacore_binary::Jid;
use waproto::whatsapp as wa;

use super::{
    ChatMessage, MediaProblem, MessageKind, MessageStatus,
    content::Content,
    update::{Change, Update},
};
use crate::phone::Phone;

/// The metadata in a `<message>` stanza.
#[derive(Debug, Clone)]
pub struct Envelope {
    pub id: String,
    /// The other person, or the group.
    pub chat: Jid,
    /// The author, as any of their devices.
    pub sender: Jid,
    /// Seconds since the epoch.
    pub timestamp: i64,
}

impl Phone {
    /// Records a received message. Edits and revocations change the message they name, if it is
    /// the sender's, once it is there. Returns `false` when nothing visible changed: a repeat, or
    /// peer data.
    pub fn record_incoming(&mut self, envelope: &Envelope, message: &wa::Message) -> bool {
        self.record(envelope, message, MessageStatus::Delivered)
    }

    /// Records a message this account sent, from the phone or from a companion.
    pub fn record_outgoing(
        &mut self,
        envelope: &Envelope,
        message: &wa::Message,
        status: MessageStatus,
    ) -> bool {
        self.record(envelope, message, status)
    }

    /// Records a change that the user made in the name of a message's author, as an admin of a group
    /// does.
    pub(in crate::phone) fn record_in_name_of(
        &mut self,
        author: String,
        envelope: &Envelope,
        message: &wa::Message,
    ) {
        self.record_of(author, envelope, message, MessageStatus::Pending);
    }

    /// Records a message that could not be decrypted. Its retry replaces it.
    pub fn record_undecryptable(&mut self, envelope: &Envelope) -> bool {
        let row = self.row(envelope, MessageKind::Undecryptable, MessageStatus::Delivered);
        let chat = self.addresses.chat_name(&envelope.chat);
        self.chats.entry(&chat).add(row)
    }

    /// Records that the file of a message could not be downloaded.
    pub fn record_media_problem(&mut self, envelope: &Envelope, problem: MediaProblem) {
        let name = self.addresses.chat_name(&envelope.chat);
        let row = self.chats.get_mut(&name).and_then(|chat| chat.message_mut(&envelope.id));
        if let Some(media) = row.and_then(|row| row.media.as_mut()) {
            media.problem = Some(problem);
        }
    }

    fn record(
        &mut self,
        envelope: &Envelope,
        message: &wa::Message,
        status: MessageStatus,
    ) -> bool {
        let author = self.author(&envelope.sender);
        self.record_of(author, envelope, message, status)
    }

    /// Records a message. `author` is who changes another message by it.
    fn record_of(
        &mut self,
        author: String,
        envelope: &Envelope,
        message: &wa::Message,
        status: MessageStatus,
    ) -> bool {
        let name = self.addresses.chat_name(&envelope.chat);
        self.keep_recent(&name, envelope, message);
        let update = |target, change, at: Option<i64>| Update {
            id: envelope.id.clone(),
            target,
            author,
            at: at.unwrap_or(envelope.timestamp * 1000),
            change,
        };
        match Content::of(message) {
            Content::Row {
                kind,
                text,
                quoted,
                media,
                forwarded,
                view_once,
                expiration,
                options,
                link_preview,
                location,
                contacts,
                album,
                announces,
            } => {
                let row = self.row(envelope, kind, status);
                let row = ChatMessage {
                    text,
                    quoted,
                    media,
                    forwarded,
                    view_once,
                    expiration,
                    options,
                    link_preview,
                    location,
                    contacts,
                    album,
                    announces,
                    ..row
                };
                let is_new = self.chats.entry(&name).add(row);
                if is_new && kind == MessageKind::Poll {
                    self.open_early_votes(&name, envelope);
                }
                is_new
            }
            Content::Vote { target, at } => {
                let chosen =
                    self.open_vote(envelope, &message.get_base_message().poll_update_message);
                let row = self.row(envelope, MessageKind::PollVote, status);
                let row = ChatMessage {
                    text: chosen.as_ref().map(|options| options.join(", ")),
                    quoted: Some(target.clone()),
                    options: chosen.clone().unwrap_or_default(),
                    ..row
                };
                let vote = chosen.map(|options| update(target, Change::Vote(options), at));
                let chat = self.chats.entry(&name);
                let is_new = chat.add(row);
                if let Some(vote) = vote.filter(|_| is_new) {
                    chat.update(vote);
                }
                is_new
            }
            Content::Timer { seconds, at } => {
                let chat = self.chats.entry(&name);
                chat.remove_undecryptable(&envelope.id);
                chat.set_timer(seconds, at.unwrap_or(envelope.timestamp))
            }
            Content::Reaction { target, emoji, at } => {
                let row = self.row(envelope, MessageKind::Reaction, status);
                let row =
                    ChatMessage { text: Some(emoji.clone()), quoted: Some(target.clone()), ..row };
                let update = update(target, Change::Reaction(emoji), at);
                let chat = self.chats.entry(&name);
                let is_new = chat.add(row);
                if is_new {
                    chat.update(update);
                }
                is_new
            }
            Content::Update { target, change, at } => {
                let update = update(target, change, at);
                let chat = self.chats.entry(&name);
                chat.remove_undecryptable(&envelope.id);
                chat.update(update)
            }
            Content::Invisible => false,
        }
    }

    /// Counts the votes in a poll of the conversation `name` that came before it.
    fn open_early_votes(&mut self, name: &str, poll: &Envelope) {
        let is_early = |row: &&ChatMessage| {
            row.kind == MessageKind::PollVote
                && row.text.is_none()
                && row.quoted.as_ref() == Some(&poll.id)
        };
        let early: Vec<ChatMessage> =
            self.chats.messages(name).iter().filter(is_early).cloned().collect();
        for row in early {
            let Some(message) = self.recent_content(&row.id) else { continue };
            let sender = match row.from.contains('@') {
                true => row.from.parse::<Jid>().ok(),
                false => Some(Jid::pn(row.from.as_str())),
            };
            let Some(sender) = sender else { continue };
            let vote = &message.get_base_message().poll_update_message;
            let envelope =
                Envelope { id: row.id, chat: poll.chat.clone(), sender, timestamp: row.timestamp };
            let Some(options) = self.open_vote(&envelope, vote) else { continue };
            let chat = self.chats.entry(name);
            if let Some(row) = chat.message_mut(&envelope.id) {
                row.text = Some(options.join(", "));
                row.options.clone_from(&options);
            }
            chat.update(Update {
                id: envelope.id,
                target: poll.id.clone(),
                author: row.from,
                at: vote.sender_timestamp_ms.unwrap_or(row.timestamp * 1000),
                change: Change::Vote(options),
            });
        }
    }

    fn row(&self, envelope: &Envelope, kind: MessageKind, status: MessageStatus) -> ChatMessage {
        ChatMessage {
            id: envelope.id.clone(),
            from: self.author(&envelope.sender),
            from_me: self.owns(&envelope.sender),
            kind,
            text: None,
            quoted: None,
            status,
            timestamp: envelope.timestamp,
            copies: u32::from(kind != MessageKind::Undecryptable),
            media: None,
            forwarded: 0,
            starred: false,
            view_once: false,
            expiration: None,
            options: Vec::new(),
            link_preview: None,
            location: None,
            contacts: Vec::new(),
            album: None,
            announces: None,
            votes: Vec::new(),
            edited: false,
            reactions: Vec::new(),
            receipts: BTreeMap::new(),
            updates: Vec::new(),
        }
    }

    fn author(&self, sender: &Jid) -> String {
        self.addresses.chat_name(sender)
    }
}
