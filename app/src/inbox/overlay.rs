//! Views about one message whose code is in the part `actions`.

use leptos::prelude::*;

use super::{BubbleKey, Inbox};

/// A menu, a dialog or the editor of a message. The function is in the part; the core only knows where
/// its view belongs.
#[derive(Clone)]
pub(crate) struct Overlay {
    pub(crate) make: fn(Self) -> AnyView,
    /// The message.
    pub(crate) key: BubbleKey,
    /// The value that it was opened with: the chosen part of a dialog.
    pub(crate) text: String,
}

impl Overlay {
    pub(crate) fn view(self) -> AnyView {
        let make = self.make;
        untrack(|| make(self))
    }
}

impl Inbox {
    /// Closes the editor and the dialog of a message that is no longer shown.
    pub(super) fn close_orphans(self) {
        for place in [self.editing, self.overlay] {
            let is_orphan = place.with_untracked(|one| {
                one.as_ref().is_some_and(|one| self.bubbles.cell(&one.key).is_none())
            });
            if is_orphan {
                place.set(None);
            }
        }
    }
}
