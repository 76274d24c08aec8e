//! Announces messages whose content was changed by an update.

use crate::{live::Change, messages::projection::Changed, write::Writing};

pub(crate) fn announce(writing: &mut Writing, changed: Vec<Changed>) {
    for Changed { connection, chat, message, is_placeholder } in changed {
        writing.announce(connection, Change::Message(chat, message));
        // The count of placeholders is part of the number that pages show.
        if is_placeholder {
            writing.access_changed(connection);
        }
    }
}
