//! Edits that are being typed: in the open editor, or put aside for another one.
//!
//! They are stored for the tab, as unsent messages are, until they are saved or cancelled.

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::WaMessageId;
use serde::{Deserialize, Serialize};

use super::{BubbleKey, Inbox};
use crate::{api, browser};

/// Another text of a message that the server does not have yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Edit {
    /// The key of the message as it is written to the page.
    key: String,
    /// The text that the editor was opened with.
    from: String,
    text: String,
    /// The id under which this text was sent last; the same text again is the same edit.
    wa_id: Option<WaMessageId>,
    #[serde(skip)]
    saving: bool,
}

impl Edit {
    /// Returns the edit of a message whose editor opens with `text`.
    pub(crate) fn new(key: &BubbleKey, text: &str) -> Self {
        let text = with_newlines(text);
        Self { key: key.to_string(), from: text.clone(), text, wa_id: None, saving: false }
    }

    /// Returns the edit of a message that starts from one that failed, which is a change as it is.
    pub(crate) fn again(key: &BubbleKey, text: &str) -> Self {
        Self { from: String::new(), ..Self::new(key, text) }
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

    /// Sends an edit, and closes the editor once the server has it. A text that was not changed is
    /// not sent.
    pub(crate) fn save_edit(self, key: &BubbleKey) {
        let Some(edit) = self.edit_of(key).filter(|edit| !edit.saving) else { return };
        if !edit.is_changed() {
            self.stop_editing(key);
            return;
        }
        let bubble = self.bubbles.get_untracked(key);
        let Some(message) = bubble.and_then(|bubble| bubble.stored().cloned()) else { return };
        let Edit { text, wa_id, .. } = edit;
        let Some(wa_id) = wa_id.or_else(browser::new_message_id) else { return };
        self.change_edit(key, |edit| {
            edit.wa_id = Some(wa_id.clone());
            edit.saving = true;
        });
        let key = key.clone();
        spawn_local(async move {
            let answer = api::edit_message(message.chat, message.id, text, Some(wa_id));
            match self.settle(message, Box::pin(answer)).await {
                true => self.stop_editing(&key),
                false => self.change_edit(&key, |edit| edit.saving = false),
            }
        });
    }

    /// Forgets the edit of a message, and closes its editor if it is open. The focus goes back to
    /// the message, unless the user is elsewhere by now.
    pub(crate) fn stop_editing(self, key: &BubbleKey) {
        let name = key.to_string();
        self.edits.update(|all| all.retain(|edit| edit.key != name));
        self.keep_edits();
        if self
            .editing
            .with_untracked(|editing| editing.as_ref().is_some_and(|one| one.key == *key))
        {
            self.editing.set(None);
            request_animation_frame(move || browser::focus_on(&name));
        }
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

    #[test]
    fn only_another_text_is_a_change() {
        let mut edit = Edit::new(&key(), "um\r\ndois");
        edit.set_text("um\ndois".to_owned());
        assert!(!edit.is_changed(), "a field has no carriage returns");
        edit.set_text("um".to_owned());
        assert!(edit.is_changed());
        assert!(Edit::again(&key(), "um").is_changed());
    }

    #[test]
    fn the_same_text_again_is_the_same_edit() {
        let mut edit = Edit { wa_id: Some(id()), ..Edit::new(&key(), "um") };
        edit.set_text("um".to_owned());
        assert_eq!(edit.wa_id, Some(id()));
        edit.set_text("dois".to_owned());
        assert_eq!(edit.wa_id, None);
    }

    #[test]
    fn a_kept_edit_is_not_being_saved() {
        let saving = Edit { wa_id: Some(id()), saving: true, ..Edit::new(&key(), "um") };
        let kept = serde_json::to_string(&[&saving]).unwrap();
        let edits: Vec<Edit> = serde_json::from_str(&kept).unwrap();
        assert_eq!(edits, [Edit { saving: false, ..saving }]);
    }
}
