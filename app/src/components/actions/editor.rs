use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use model::MessageKind;

use super::super::enter::{excess, submits};
use super::super::{bool_signal, text_signal};
use super::lost_edit::{close_editor, end_editor, refusal};
use super::offers::newer;
use crate::i18n::{t, use_locale};
use crate::inbox::{Overlay, use_inbox};
use crate::{browser, labels};

/// The editor of a text, in its bubble. The composer keeps its draft.
pub(super) fn editor(overlay: Overlay) -> AnyView {
    let locale = use_locale();
    let inbox = use_inbox();
    let Some(cell) = inbox.bubbles.cell(&overlay.key) else { return ().into_any() };
    let cell = RwSignal::from(cell);
    let key = StoredValue::new(overlay.key);
    let Some(text) = key.with_value(|key| inbox.typed_text(key)) else { return ().into_any() };
    let seen = key.with_value(|key| inbox.seen_edit(key));
    // A copy of the field's text, for values that depend on its length.
    let typed = RwSignal::new(text.clone());
    let saving = bool_signal(move || key.with_value(|key| inbox.is_saving(key)));
    let area = NodeRef::<html::Textarea>::new();
    Effect::new(move || {
        if let Some(area) = area.get() {
            browser::enter_editor(&area);
        }
    });
    // Another dialog is not replaced while it is open.
    Effect::new(move || {
        // Ending the editor changes what is read here, so this runs once more.
        let is_over = || key.with_value(|key| !inbox.is_editing(key));
        let is_revoked = cell.with(|bubble| bubble.kind() == MessageKind::Revoked);
        let refusal = refusal(inbox).filter(|_| !saving.get());
        if inbox.overlay.with(Option::is_some) || is_over() {
            return;
        }
        if is_revoked {
            close_editor(inbox, key.get_value());
        } else if let Some(why) = refusal {
            end_editor(inbox, locale, key.get_value(), why);
        }
    });
    // The current text of the message, if somebody else edited it. While this text is being saved, the
    // newest edit is this one.
    let other = text_signal(move || match saving.get() {
        true => String::new(),
        false => cell.with(|bubble| {
            let other = bubble.stored().and_then(|message| newer(message, seen));
            other.unwrap_or_default().to_owned()
        }),
    });
    let over = Signal::derive(move || typed.with(|typed| excess(typed)));
    let too_long = text_signal(move || match over.get() {
        0 => String::new(),
        n => t!(locale, composer.too_long, n = n).to_string(),
    });
    let rows =
        text_signal(move || typed.with(|typed| typed.split('\n').count().clamp(1, 7).to_string()));
    let close = move || {
        if !saving.get_untracked() {
            key.with_value(|key| inbox.stop_editing(key));
        }
    };
    let save = move || {
        let Some(area) = area.get_untracked() else { return };
        let words = area.value();
        if words.trim().is_empty() || excess(&words) > 0 || saving.get_untracked() {
            return;
        }
        let key = key.get_value();
        inbox.type_edit(&key, words);
        inbox.save_edit(&key, browser::mentions(&area));
    };
    let on_input = move |words: String| {
        key.with_value(|key| inbox.type_edit(key, words.clone()));
        typed.set(words);
    };
    let on_key = move |event: ev::KeyboardEvent| {
        if submits(&event) {
            event.prevent_default();
            save();
        } else if event.key() == "Escape" && !event.is_composing() {
            event.stop_propagation();
            close();
        }
    };
    let on_submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        save();
    };
    view! {
        <form class="edit" on:submit=on_submit>
            <div role="status">
                <p class="other" hidden=bool_signal(move || other.with(String::is_empty))>
                    {t!(locale, actions.edited_by_other)}
                    <span dir="auto">{other}</span>
                </p>
            </div>
            <textarea
                dir="auto"
                rows=rows
                required
                readonly=saving
                aria-label=t!(locale, actions.edit_label)
                autocomplete="off"
                node_ref=area
                inner_html=labels::field(&text)
                on:input:target=move |event| on_input(event.target().value())
                on:keydown=on_key
            ></textarea>
            <p class="composer-note bad" role="alert" hidden=bool_signal(move || over.get() == 0)>
                {too_long}
            </p>
            <div class="dialog-buttons">
                <button class="button quiet" type="button" disabled=saving on:click=move |_| close()>
                    {t!(locale, actions.edit_cancel)}
                </button>
                <button class="button" disabled=bool_signal(move || saving.get() || over.get() > 0)>
                    {t!(locale, actions.edit_save)}
                </button>
            </div>
        </form>
    }
    .into_any()
}
