use leptos::prelude::*;
use leptos::task::spawn_local;

use super::super::text_signal;
use super::modal::modal;
use super::perform::say;
use crate::i18n::{Locale, t, use_locale};
use crate::inbox::{BubbleKey, Inbox, Open, Overlay, use_inbox};
use crate::{ApiError, browser, labels};

/// Closes the editor of a message that was deleted. A changed text is shown in a dialog, and kept until
/// it is copied or discarded there.
pub(super) fn close_editor(inbox: Inbox, key: BubbleKey) {
    close(inbox, key, deleted, String::new());
}

/// The same for a user who may no longer write in the chat, for a reason from [`refusal`].
pub(super) fn end_editor(inbox: Inbox, locale: Locale, key: BubbleKey, why: ApiError) {
    let sentence = labels::error(locale, &why);
    if !close(inbox, key, refused, sentence) {
        inbox.notice.set(Some(why));
    }
}

/// The reason why nothing can be written in the open conversation; `None` if it can, or if none is open.
pub(super) fn refusal(inbox: Inbox) -> Option<ApiError> {
    let Open::Ready(chat) = inbox.open.get() else { return None };
    let number = inbox.connection(chat.connection)?;
    match number.replaced_by {
        Some(_) => Some(ApiError::Replaced),
        None if !number.can_write => Some(ApiError::Forbidden),
        None => chat.closed.map(ApiError::Closed),
    }
}

/// Closes an editor. Returns true if its text was changed and is shown in a dialog.
fn close(inbox: Inbox, key: BubbleKey, make: fn(Overlay) -> AnyView, text: String) -> bool {
    let is_changed = inbox.has_edit(&key);
    if is_changed {
        inbox.editing.set(None);
        inbox.overlay.set(Some(Overlay { make, key, text }));
    } else {
        inbox.stop_editing(&key);
    }
    is_changed
}

/// The text that was typed for a message that is deleted by now.
fn deleted(overlay: Overlay) -> AnyView {
    let locale = use_locale();
    let why = t!(locale, actions.lost_edit_why).to_owned();
    lost_edit(&overlay, t!(locale, actions.lost_edit), why)
}

/// The text that was typed for a message that the user may no longer edit.
fn refused(overlay: Overlay) -> AnyView {
    let locale = use_locale();
    lost_edit(&overlay, t!(locale, actions.refused_edit), overlay.text.clone())
}

/// The typed text in a dialog, until it is copied or discarded.
fn lost_edit(overlay: &Overlay, title: &'static str, why: String) -> AnyView {
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
        <h2>{title}</h2>
        <p>{why}" "{t!(locale, actions.lost_edit_text)}</p>
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
    modal(&overlay.key, "dialog", title, content.into_any())
}
