//! The right of the viewer in the open conversation.

use leptos::prelude::*;

use super::{Inbox, Open};

/// The right of the viewer in a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Right {
    /// Nothing can be written: the viewer may not.
    Read,
    /// Nobody here can write in this group (`model::Closed`). Its messages are still made favourites.
    Closed,
    Write,
    /// The number administers this group, so that it deletes the messages of others for everybody too.
    Administer,
}

impl Right {
    /// Returns true if messages are written, changed and answered.
    pub(crate) fn writes(self) -> bool {
        matches!(self, Self::Write | Self::Administer)
    }
}

impl Inbox {
    /// The right of the viewer in the open conversation.
    pub(crate) fn right_here(self) -> Right {
        self.open.with(|open| match open {
            Open::Ready(chat) if !self.can_write(chat.connection) => Right::Read,
            Open::Ready(chat) if chat.closed.is_some() => Right::Closed,
            Open::Ready(chat) if chat.admin => Right::Administer,
            Open::Ready(_) => Right::Write,
            _ => Right::Read,
        })
    }
}

#[cfg(test)]
mod tests {
    use model::{Chat, ChatFilter, Closed, User, UserId};

    use super::*;
    use crate::api::InboxPage;
    use crate::clock::Clock;

    fn right_in(chat: Chat) -> Right {
        Owner::new().with(|| {
            let page = InboxPage {
                me: User {
                    id: UserId(1),
                    name: "Ana".into(),
                    email: "ana@loja.example".into(),
                    role: model::Role::Atendente,
                },
                seq: 0,
                number: None,
                filter: ChatFilter::All,
                connections: vec![fixtures::connection(1)],
                chats: Vec::new(),
                unread: Vec::new(),
                archived: Vec::new(),
                drafts: Vec::new(),
                open: None,
            };
            let inbox = Inbox::provide(page, None, Clock::provide());
            inbox.open.set(Open::Ready(chat));
            inbox.right_here()
        })
    }

    #[test]
    fn nobody_writes_in_a_closed_group_and_its_administrator_deletes_more() {
        let group = || Chat { group: true, ..fixtures::chat(1) };
        assert_eq!(right_in(group()), Right::Write);
        assert_eq!(right_in(Chat { admin: true, ..group() }), Right::Administer);
        for closed in [Closed::AdminsOnly, Closed::Left, Closed::Removed, Closed::Ended] {
            assert_eq!(right_in(Chat { closed: Some(closed), ..group() }), Right::Closed);
        }
    }
}
