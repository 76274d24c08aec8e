//! The state of an open inbox.
//!
//! ```text
//! InboxPage (server) ─┐
//! LiveEvent (stream)  ├─▶ Inbox ─▶ signals ─▶ components
//! answers of api::*  ─┘
//! ```
//! Every value is stored once, by id, with a signal of its own ([`rows`]), so that a tick that
//! turns blue changes one bubble. Applying the same value twice changes nothing.

mod actions;
pub(crate) mod address;
mod apply;
pub(crate) mod attention;
mod bubble;
mod edits;
mod jump;
mod lines;
mod open;
mod overlay;
mod paging;
mod read_on;
mod reply;
mod right;
mod rows;
mod send;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use model::{
    Chat, ChatFilter, ChatId, Connection, ConnectionId, ConnectionState, Draft, Quote, User,
};

pub(crate) use actions::{is_same_emoji, own_reaction};
pub(crate) use address::{FILTERS, Place, asks_for_this_tab};
pub(crate) use bubble::{Bubble, BubbleKey, Unsent, UnsentState};
pub(crate) use edits::Edit;
pub(crate) use jump::Found;
pub(crate) use lines::{Line, lines};
pub(crate) use open::Open;
pub(crate) use overlay::Overlay;
pub(crate) use paging::Tail;
pub(crate) use read_on::Opened;
pub(crate) use right::Right;
pub(crate) use rows::{Row, Rows};

use crate::ApiError;
use crate::api::{CHATS_PAGE, InboxPage};
use crate::clock::Clock;
use crate::i18n::{Locale, t};

/// A number that waits for its phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pairing {
    /// The viewer's own number, which is created when it is first connected: the card must not be
    /// rebuilt then, and lose its input and its errors.
    Own,
    Of(ConnectionId),
}

impl Pairing {
    /// The number in the forms; `None` means the sender's own.
    pub(crate) fn id(self) -> Option<ConnectionId> {
        match self {
            Self::Own => None,
            Self::Of(id) => Some(id),
        }
    }
}

/// The state of one open inbox. It is `Copy`, because it contains only handles to signals.
#[derive(Clone, Copy)]
pub(crate) struct Inbox {
    me: StoredValue<User>,
    clock: Clock,
    pub(crate) connections: RwSignal<Vec<Connection>>,
    /// The number whose chats are listed; `None` for the chats of all.
    pub(crate) number: RwSignal<Option<ConnectionId>>,
    /// The filter of the listed chats.
    pub(crate) filter: RwSignal<ChatFilter>,
    pub(crate) chats: Rows<Chat>,
    pub(crate) chats_tail: RwSignal<Tail>,
    pub(crate) open: RwSignal<Open>,
    /// The messages of the open conversation.
    pub(crate) bubbles: Rows<Bubble>,
    pub(crate) bubbles_tail: RwSignal<Tail>,
    /// The position to which a jump has loaded the open conversation: nothing after it is missing.
    reached: StoredValue<Option<i64>>,
    /// The message that the next text of the open conversation answers.
    pub(crate) reply: RwSignal<Option<Quote>>,
    /// Edits of any message that the server does not have yet.
    edits: RwSignal<Vec<Edit>>,
    /// The editor, in the bubble of its message.
    pub(crate) editing: RwSignal<Option<Overlay>>,
    /// The open menu or dialog about a message.
    pub(crate) overlay: RwSignal<Option<Overlay>>,
    /// A sentence that confirms an action, for some seconds.
    pub(crate) said: RwSignal<String>,
    /// The chats in which the contact is typing, the time until which that is assumed, and whether they
    /// record a voice note.
    typing: RwSignal<HashMap<ChatId, (DateTime<Utc>, bool)>>,
    /// Messages of any chat that the server does not have yet.
    unsent: RwSignal<Vec<Unsent>>,
    /// Messages that are being sent, or wait for earlier ones of their chat.
    outgoing: StoredValue<Vec<Unsent>>,
    /// Unread messages of each number that has any, as the server counts them.
    unread: RwSignal<Vec<(ConnectionId, u32)>>,
    /// Archived chats of each number that has any, as the server counts them.
    archived: RwSignal<Vec<(ConnectionId, u32)>>,
    /// The viewer's unsent texts, from this tab or another.
    drafts: RwSignal<Vec<Draft>>,
    /// The last error, until it is dismissed.
    pub(crate) notice: RwSignal<Option<ApiError>>,
}

impl Inbox {
    /// Creates the state of a page that just loaded and puts it into context for the components
    /// below. `asked` is the conversation in its address.
    pub(crate) fn provide(page: InboxPage, asked: Option<ChatId>, clock: Clock) -> Self {
        let inbox = Self {
            me: StoredValue::new(page.me.clone()),
            clock,
            connections: RwSignal::new(Vec::new()),
            number: RwSignal::new(None),
            filter: RwSignal::new(ChatFilter::All),
            chats: Rows::new(),
            chats_tail: RwSignal::new(Tail::End),
            open: RwSignal::new(Open::Nothing),
            bubbles: Rows::new(),
            bubbles_tail: RwSignal::new(Tail::End),
            reached: StoredValue::new(None),
            reply: RwSignal::new(None),
            edits: RwSignal::new(Vec::new()),
            editing: RwSignal::new(None),
            overlay: RwSignal::new(None),
            said: RwSignal::new(String::new()),
            typing: RwSignal::new(HashMap::new()),
            unsent: RwSignal::new(Vec::new()),
            outgoing: StoredValue::new(Vec::new()),
            unread: RwSignal::new(Vec::new()),
            archived: RwSignal::new(Vec::new()),
            drafts: RwSignal::new(Vec::new()),
            notice: RwSignal::new(None),
        };
        inbox.replace(page, asked);
        provide_context(inbox);
        inbox
    }

    /// Replaces everything with `page`, after a gap in the stream.
    pub(crate) fn replace(self, page: InboxPage, asked: Option<ChatId>) {
        self.connections.set(page.connections);
        self.number.set(page.number);
        self.filter.set(page.filter);
        self.unread.set(page.unread);
        self.archived.set(page.archived);
        self.drafts.set(page.drafts);
        self.chats_tail.set(Tail::after(page.chats.len(), CHATS_PAGE));
        self.chats.replace(page.chats);
        self.show(asked, page.open);
    }

    /// The viewer's own number: the first they got. `None` before they first connected.
    pub(crate) fn own(self) -> Option<Connection> {
        let me = self.me.with_value(|me| me.id);
        self.connections.with(|all| {
            let own = all.iter().filter(|one| one.owner == me && one.replaced_by.is_none());
            own.min_by_key(|one| one.id).cloned()
        })
    }

    pub(crate) fn my_name(self) -> String {
        self.me.with_value(|me| me.name.clone())
    }

    pub(crate) fn connection(self, id: ConnectionId) -> Option<Connection> {
        self.connections.with(|all| all.iter().find(|one| one.id == id).cloned())
    }

    /// Returns true if the viewer may send from this number.
    pub(crate) fn can_write(self, id: ConnectionId) -> bool {
        self.connection(id).is_some_and(|one| one.can_write)
    }

    /// Returns true if the viewer is the owner of this number.
    pub(crate) fn owns(self, id: ConnectionId) -> bool {
        let me = self.me.with_value(|me| me.id);
        self.connections.with(|all| all.iter().any(|one| one.id == id && one.owner == me))
    }

    /// The number to link if no conversation is open: the listed one, else the viewer's own. A
    /// number that only others may link is not offered.
    pub(crate) fn to_pair(self) -> Option<Pairing> {
        let works = |one: &Connection| {
            use ConnectionState::{Connected, Paused, Syncing};
            matches!(one.state, Connected | Syncing | Paused { .. })
        };
        match self.number.get() {
            Some(listed) => {
                let listed = self.connection(listed)?;
                (listed.can_manage && !works(&listed)).then_some(Pairing::Of(listed.id))
            }
            None => match self.own() {
                Some(own) => (!works(&own)).then_some(Pairing::Own),
                // A user who works with numbers of others does not need their own.
                None => {
                    let nothing = self.connections.with(|all| all.iter().all(|one| !works(one)));
                    nothing.then_some(Pairing::Own)
                }
            },
        }
    }

    /// Returns true if chats of more than one number are listed together.
    pub(crate) fn has_several(self) -> bool {
        self.connections.with(|all| all.len() > 1)
    }

    /// Unread messages of a number, or of all, including chats that are not loaded.
    pub(crate) fn unread(self, number: Option<ConnectionId>) -> u32 {
        sum(self.unread, number)
    }

    /// Archived chats of the number whose chats are listed, or of all.
    pub(crate) fn archived(self) -> u32 {
        sum(self.archived, self.number.get())
    }

    /// The viewer's unsent text in a chat.
    pub(crate) fn draft(self, chat: ChatId) -> Option<Draft> {
        self.drafts.with(|all| all.iter().find(|one| one.chat == chat).cloned())
    }

    /// Returns the words for what the contact of a chat types or records right now.
    pub(crate) fn typing(self, locale: Locale, chat: ChatId) -> Option<&'static str> {
        let (until, recording) = self.typing.with(|typing| typing.get(&chat).copied())?;
        let words = match recording {
            true => t!(locale, chats.recording),
            false => t!(locale, chats.typing),
        };
        (self.clock.now.get() < until).then_some(words)
    }

    /// Returns true if the page still exists; responses may come after it was left.
    fn alive(self) -> bool {
        self.open.try_get_untracked().is_some()
    }
}

/// Adds the counts of a number, or of all.
fn sum(counts: RwSignal<Vec<(ConnectionId, u32)>>, number: Option<ConnectionId>) -> u32 {
    let of = |one: ConnectionId| number.is_none_or(|number| number == one);
    counts.with(|all| all.iter().filter(|(one, _)| of(*one)).map(|(_, n)| n).sum())
}

pub(crate) fn use_inbox() -> Inbox {
    expect_context()
}
