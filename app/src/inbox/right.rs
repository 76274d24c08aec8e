//! The right of the viewer in the open conversation.

use leptos::prelude::*;

use super::{Inbox, Open};

/// The right of the viewer in a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Right {
    Read,
    /// Messages of a group are not answered, edited or reacted to from here.
    WriteInGroup,
    Write,
}

impl Inbox {
    /// The right of the viewer in the open conversation.
    pub(crate) fn right_here(self) -> Right {
        self.open.with(|open| match open {
            Open::Ready(chat) if !self.can_write(chat.connection) => Right::Read,
            Open::Ready(chat) if chat.group => Right::WriteInGroup,
            Open::Ready(_) => Right::Write,
            _ => Right::Read,
        })
    }
}
