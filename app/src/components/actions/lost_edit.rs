use leptos::prelude::*;
use leptos::task::spawn_local;

use super::super::text_signal;
use super::modal::modal;
use super::perform::say;
use crate::browser;
use crate::i18n::{t, use_locale};
use crate::inbox::{BubbleKey, Inbox, Overlay, use_inbox};

/// Closes the editor of a message that was deleted. A changed text is shown in a dialog, and kept until
/// it is copied or discarded there.
pub(super) fn close_editor(inbox: Inbox, key: BubbleKey) {
    if !inbox.has_edit(&key) {
        return inbox.stop_editing(&key);
    }
    inbox.editing.set(None);
    inbox.overlay.set(Some(Overlay { make: lost_edit, key, text: String::new() }));
}

/// The text that was typed for a message that is deleted by now.
fn lost_edit(overlay: Overlay) -> AnyView {
    let locale = use_locale();
    let inbox = use_inbox();
    let Some(text) = inbox.typed_text(&overlay.key) else { return ().into_any() };
    let key = StoredValue::new(overlay.key.clone());
    let words = StoredValue::new(text.clone());
    let trouble = RwSignal::new(String::new());
    let on_copy = move |_| {
        let (key, words) = (key.get_value(), words.get_value());
        spawn_local(async move {
            if !browser::copy_text(&words).await {
                trouble.try_set(t!(locale, actions.not_copied).to_owned());
                return;
            }
            inbox.stop_editing(&key);
            inbox.overlay.set(None);
            say(inbox, t!(locale, copy.done).to_owned());
            request_animation_frame(move || browser::focus_on(&key.to_string()));
        });
    };
    let on_discard = move |_| key.with_value(|key| inbox.stop_editing(key));
    let content = view! {
        <h2>{t!(locale, actions.lost_edit)}</h2>
        <p>{t!(locale, actions.lost_edit_why)}</p>
        <ol class="versions out">
            <li><p class="version" dir="auto">{text}</p></li>
        </ol>
        <p role="alert">{text_signal(move || trouble.get())}</p>
        <div class="dialog-buttons">
            <button class="button quiet" type="button" data-close="" on:click=on_discard>
                {t!(locale, pending.discard)}
            </button>
            <button class="button" type="button" on:click=on_copy>{t!(locale, actions.copy)}</button>
        </div>
    };
    modal(&overlay.key, "dialog", t!(locale, actions.lost_edit), content.into_any())
}
