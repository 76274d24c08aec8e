//! Views about one message whose code is in the part `actions`.

use leptos::prelude::*;

use super::BubbleKey;

/// A menu, a dialog or the editor of a message. The function is in the part; the core only knows where
/// its view belongs.
#[derive(Clone)]
pub(crate) struct Overlay {
    pub(crate) make: fn(Self) -> AnyView,
    /// The message.
    pub(crate) key: BubbleKey,
    /// The value that it was opened with: the text to edit, the chosen part of a dialog.
    pub(crate) text: String,
}

impl Overlay {
    pub(crate) fn view(self) -> AnyView {
        let make = self.make;
        untrack(|| make(self))
    }
}
