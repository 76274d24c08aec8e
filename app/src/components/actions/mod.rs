//! The actions of a message: their menu, dialogs and editor.
//!
//! ```text
//! browser/later/actions.js ─ "what key of" ─▶ perform ─▶ Inbox ─▶ server functions
//!                                                     └▶ Inbox::overlay, Inbox::editing ─▶ views
//! ```
//! All of it is in the part `actions`, except [`mod@forward`], a part of its own, and [`Actions`], which
//! loads the part and has the place of its views.

mod card_text;
mod editor;
mod emoji;
mod forward;
mod lost_edit;
mod lost_reply;
mod menu;
mod modal;
mod offers;
mod perform;
mod reactors;
mod revoke;
mod versions;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_split::wasm_split;
use model::ChatId;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::Closure;

use super::{bool_signal, erased_view, text_signal};
use crate::i18n::{Locale, use_locale};
use crate::inbox::{Inbox, Open, Overlay, Tail, use_inbox};
use crate::parts::Missing;
use crate::{ApiError, browser};

/// The action that opens the editor of an edit that was left, when its conversation is opened. It also
/// begins to watch if the message of a reply is deleted.
const RESUME: &str = "resume";

type Perform = fn(Inbox, Locale, &str);

/// Returns the function that performs an action. It is in the part `actions`, because a page is read
/// before anything is done with its messages.
#[wasm_split(actions, wasm_split_path = ::leptos::wasm_split, fallible)]
pub(crate) fn actions() -> Result<Perform, Missing> {
    let perform: Perform = perform::perform;
    Ok(perform)
}

/// The place of the menus and dialogs about messages.
#[component]
pub(crate) fn Actions() -> impl IntoView {
    let locale = use_locale();
    let inbox = use_inbox();
    let is_listening = RwSignal::new(false);
    let owner = Owner::current().unwrap_or_default();
    Effect::new(move || {
        let on_action = move |what: JsValue| {
            let Some(what) = what.as_string() else { return };
            spawn_local(async move {
                match actions().await {
                    Ok(perform) => perform(inbox, locale, &what),
                    Err(_) => inbox.notice.set(Some(ApiError::Unreachable)),
                }
            });
        };
        // It lives as long as the document.
        let on_action = Closure::<dyn FnMut(JsValue)>::new(on_action).into_js_value();
        spawn_local(async move {
            match browser::actions(&on_action).await {
                Ok(_) => is_listening.set(true),
                Err(_) => inbox.notice.set(Some(ApiError::Unreachable)),
            }
        });
    });
    // Once for every conversation that is opened, as soon as its messages are there.
    Effect::new(move |before: Option<Option<ChatId>>| {
        let open = inbox.open.with(Open::id);
        let is_ready = inbox.open.with(|open| matches!(open, Open::Ready(_)));
        let resumed = before.flatten().filter(|before| Some(*before) == open);
        let is_loaded = is_ready && inbox.bubbles_tail.get() != Tail::Loading;
        if !is_listening.get() || !is_loaded {
            return resumed;
        }
        if resumed.is_none() {
            let owner = owner.clone();
            spawn_local(async move {
                if let Ok(perform) = actions().await {
                    owner.with(|| perform(inbox, locale, RESUME));
                }
            });
        }
        open
    });
    view! {
        <p class="said" role="status">
            <span hidden=bool_signal(move || inbox.said.with(String::is_empty))>
                {text_signal(move || inbox.said.get())}
            </span>
        </p>
        {erased_view(move || inbox.overlay.get().map_or_else(|| ().into_any(), Overlay::view))}
    }
    .into_any()
}
