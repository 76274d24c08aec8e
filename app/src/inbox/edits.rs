//! Edits that are being typed: in the open editor, or put aside for another one.
//!
//! They are stored for the tab, as unsent messages are, until they are saved or cancelled.

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{Change, Message, PendingChange, WaMessageId};
use serde::{Deserialize, Serialize};

use super::{BubbleKey, Inbox};
use crate::{ApiError, api, browser};

/// Another text of a message that the server does not have yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Edit {
    /// The key of the message as it is written to the page.
    key: String,
    /// The text that the editor was opened with.
    from: String,
    text: String,
    /// The edit of the message that it starts from, 0 for the message as it was sent. `None` if it
    /// replaces any other, because it starts from one that waits.
    #[serde(default)]
    seen: Option<i64>,
    /// The id under which this text was sent last; the same text again is the same edit.
    wa_id: Option<WaMessageId>,
    #[serde(skip)]
    saving: bool,
}

impl Edit {
    /// Returns the edit of a message whose editor opens with `text`.
    pub(crate) fn new(key: &BubbleKey, message: &Message, text: &str) -> Self {
        let (text, seen) = (with_newlines(text), seen(message));
        Self { key: key.to_string(), from: text.clone(), text, seen, wa_id: None, saving: false }
    }

    /// Returns the edit of a message that starts from one that failed, which is a change as it is.
    pub(crate) fn again(key: &BubbleKey, message: &Message, text: &str) -> Self {
        Self { from: String::new(), ..Self::new(key, message, text) }
    }

    fn is_changed(&self) -> bool {
        self.text != self.from
    }

    fn set_text(&mut self, text: String) {
        if self.text != text {
            self.text = text;
            self.wa_id = None;
        }
    }
}

/// Returns the edit that a reader of this message has seen; `None` if another one waits.
fn seen(message: &Message) -> Option<i64> {
    let waits =
        |one: &PendingChange| one.failed.is_none() && matches!(one.change, Change::Edit { .. });
    let is_waiting = message.pending.iter().any(waits);
    (!is_waiting).then(|| message.edited.unwrap_or(0))
}

/// Returns a text as the browser reports it from a field.
fn with_newlines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

impl Inbox {
    /// Returns true if a changed text of this message was typed and is not saved.
    pub(crate) fn has_edit(self, key: &BubbleKey) -> bool {
        self.edit_of(key).is_some_and(|edit| edit.is_changed())
    }

    /// The text that is being typed for a message.
    pub(crate) fn typed_text(self, key: &BubbleKey) -> Option<String> {
        self.edit_of(key).map(|edit| edit.text)
    }

    /// The edit that the text which is being typed for a message starts from.
    pub(crate) fn seen_edit(self, key: &BubbleKey) -> Option<i64> {
        self.edit_of(key).and_then(|edit| edit.seen)
    }

    /// Returns true while the server is asked to save the edit of a message.
    pub(crate) fn is_saving(self, key: &BubbleKey) -> bool {
        let key = key.to_string();
        self.edits.with(|all| all.iter().any(|edit| edit.key == key && edit.saving))
    }

    /// Adds an edit. Others without a change are forgotten.
    pub(crate) fn begin_edit(self, edit: Edit) {
        self.edits.update(|all| {
            all.retain(|one| one.key != edit.key && one.is_changed());
            all.push(edit);
        });
        self.keep_edits();
    }

    /// Changes the text of an edit.
    pub(crate) fn type_edit(self, key: &BubbleKey, text: String) {
        self.change_edit(key, |edit| edit.set_text(text));
    }

    /// Sends an edit with the people whom it mentions (`Unsent::mentions`), and closes the editor once the
    /// server has it. A text that was not changed is not sent.
    pub(crate) fn save_edit(self, key: &BubbleKey, mentions: String) {
        let Some(edit) = self.edit_of(key).filter(|edit| !edit.saving) else { return };
        if !edit.is_changed() {
            self.stop_editing(key);
            return;
        }
        let bubble = self.bubbles.get_untracked(key);
        let Some(message) = bubble.and_then(|bubble| bubble.stored().cloned()) else { return };
        let Edit { text, wa_id, seen, .. } = edit;
        let Some(wa_id) = wa_id.or_else(browser::new_message_id) else { return };
        self.change_edit(key, |edit| {
            edit.wa_id = Some(wa_id.clone());
            edit.saving = true;
        });
        let key = key.clone();
        spawn_local(async move {
            let answer =
                api::edit_message(message.chat, message.id, text, Some(wa_id), seen, mentions);
            match self.settle(message, Box::pin(answer)).await {
                true => self.stop_editing(&key),
                false => {
                    self.change_edit(&key, |edit| edit.saving = false);
                    self.see_other_edit(&key);
                }
            }
        });
    }

    /// After the refusal of a text because of another edit, the next attempt replaces the text that
    /// the page shows now.
    fn see_other_edit(self, key: &BubbleKey) {
        let is_edited = |notice: &Option<ApiError>| *notice == Some(ApiError::Edited);
        if self.notice.try_with_untracked(is_edited) != Some(true) {
            return;
        }
        let bubble = self.bubbles.get_untracked(key);
        if let Some(message) = bubble.as_ref().and_then(|bubble| bubble.stored()) {
            self.change_edit(key, |edit| edit.seen = seen(message));
        }
    }

    /// Forgets the edit of a message, and closes its editor if it is open. The focus goes back to
    /// the message, unless the user is elsewhere by now.
    pub(crate) fn stop_editing(self, key: &BubbleKey) {
        let name = key.to_string();
        self.edits.update(|all| all.retain(|edit| edit.key != name));
        self.keep_edits();
        if self.is_editing(key) {
            self.editing.set(None);
            request_animation_frame(move || browser::focus_on(&name));
        }
    }

    /// Returns true if the editor of this message is open.
    pub(crate) fn is_editing(self, key: &BubbleKey) -> bool {
        self.editing.with_untracked(|editing| editing.as_ref().is_some_and(|one| one.key == *key))
    }

    /// Restores the edits that this tab had not saved when it was reloaded.
    pub(crate) fn recall_edits(self) {
        if self.edits.with_untracked(Vec::is_empty) {
            self.edits.set(browser::recall(&self.edits_key()).unwrap_or_default());
        }
    }

    fn edit_of(self, key: &BubbleKey) -> Option<Edit> {
        let key = key.to_string();
        self.edits.with_untracked(|all| all.iter().find(|edit| edit.key == key).cloned())
    }

    fn change_edit(self, key: &BubbleKey, change: impl FnOnce(&mut Edit)) {
        let key = key.to_string();
        let changed = self.edits.try_update(|all| {
            if let Some(edit) = all.iter_mut().find(|edit| edit.key == key) {
                change(edit);
            }
        });
        // The page may be left by now.
        if changed.is_some() {
            self.keep_edits();
        }
    }

    fn keep_edits(self) {
        self.edits.with_untracked(|all| {
            let changed: Vec<_> = all.iter().filter(|edit| edit.is_changed()).collect();
            match changed.is_empty() {
                true => browser::forget(&self.edits_key()),
                false => browser::keep(&self.edits_key(), &changed),
            }
        });
    }

    /// The key under which the tab stores edits; like that of unsent messages it contains the user.
    fn edits_key(self) -> String {
        format!("edits-{}", self.me.with_value(|me| me.id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> BubbleKey {
        BubbleKey::Out(id())
    }

    fn id() -> WaMessageId {
        WaMessageId::from_random([7; 9])
    }

    /// Returns an edit of a message that nobody has edited.
    fn edit(text: &str) -> Edit {
        Edit::new(&key(), &fixtures::message(1), text)
    }

    #[test]
    fn only_another_text_is_a_change() {
        let mut edit = edit("um\r\ndois");
        edit.set_text("um\ndois".to_owned());
        assert!(!edit.is_changed(), "a field has no carriage returns");
        edit.set_text("um".to_owned());
        assert!(edit.is_changed());
        assert!(Edit::again(&key(), &fixtures::message(1), "um").is_changed());
    }

    #[test]
    fn the_same_text_again_is_the_same_edit() {
        let mut edit = Edit { wa_id: Some(id()), ..edit("um") };
        edit.set_text("um".to_owned());
        assert_eq!(edit.wa_id, Some(id()));
        edit.set_text("dois".to_owned());
        assert_eq!(edit.wa_id, None);
    }

    #[test]
    fn an_edit_starts_from_the_text_that_the_page_shows() {
        let change = Change::Edit { text: "dois".to_owned() };
        let id = model::OperationId(1);
        let with = |edited, failed| Message {
            edited,
            pending: vec![PendingChange { id, change: change.clone(), failed }],
            ..fixtures::message(1)
        };
        let refused = Some(model::FailReason::Refused);
        assert_eq!(seen(&fixtures::message(1)), Some(0));
        assert_eq!(seen(&with(Some(7), refused)), Some(7));
        assert_eq!(seen(&with(Some(7), None)), None, "it replaces the one that waits");
    }

    #[test]
    fn a_kept_edit_is_not_being_saved() {
        let saving = Edit { wa_id: Some(id()), saving: true, ..edit("um") };
        let kept = serde_json::to_string(&[&saving]).unwrap();
        let edits: Vec<Edit> = serde_json::from_str(&kept).unwrap();
        assert_eq!(edits, [Edit { saving: false, ..saving }]);
    }
}
