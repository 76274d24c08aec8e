use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use model::message::MAX_TEXT;
use model::{ChatId, Connection, ConnectionState};

use super::{Glyph, Icon};
use crate::browser;
use crate::i18n::{t, use_locale};
use crate::inbox::use_inbox;

/// Where one answers. What is typed stays with its conversation until it is sent.
#[component]
pub(crate) fn Composer(id: ChatId, connection: Memo<Option<Connection>>) -> impl IntoView {
    let locale = use_locale();
    let may_write =
        Memo::new(move |_| connection.with(|one| one.as_ref().is_none_or(|one| one.can_write)));
    move || match may_write.get() {
        true => view! { <Form id connection /> }.into_any(),
        false => view! {
            <p class="composer read-only muted">
                <Icon of=Glyph::Lock />
                {t!(locale, composer.read_only)}
            </p>
        }
        .into_any(),
    }
}

#[component]
fn Form(id: ChatId, connection: Memo<Option<Connection>>) -> impl IntoView {
    let locale = use_locale();
    let inbox = use_inbox();
    let draft = format!("draft-{id}");
    let text = RwSignal::new(String::new());
    let area = NodeRef::<html::Textarea>::new();

    Effect::new({
        let draft = draft.clone();
        move || {
            if let Some(kept) = browser::recall(&draft) {
                text.set(kept);
            }
        }
    });
    let on_input = {
        let draft = draft.clone();
        move |typed: String| {
            browser::keep(&draft, &typed);
            text.set(typed);
        }
    };
    let over = Memo::new(move |_| text.with(|text| excess(text)));
    let submit = StoredValue::new(move || {
        let typed = text.get_untracked();
        let ready = !typed.trim().is_empty() && excess(&typed) == 0;
        if ready && inbox.send(typed) {
            text.set(String::new());
            browser::forget(&draft);
        }
        if let Some(area) = area.get_untracked() {
            area.focus().ok();
        }
    });
    let on_key = move |event: ev::KeyboardEvent| {
        // Enter that ends the composition of an accented letter is not meant for us.
        if event.key() == "Enter" && !event.shift_key() && !event.is_composing() {
            event.prevent_default();
            submit.with_value(|submit| submit());
        }
    };
    let on_submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        submit.with_value(|submit| submit());
    };
    let waits = Memo::new(move |_| {
        connection.with(|one| {
            one.as_ref().is_some_and(|one| {
                !matches!(one.state, ConnectionState::Connected | ConnectionState::Syncing)
            })
        })
    });
    // Where the browser cannot size the field by its content yet.
    let rows = Memo::new(move |_| text.with(|text| text.split('\n').count().clamp(1, 7)));
    view! {
        <form class="composer" method="post" action="/api/send_text" on:submit=on_submit>
            <input type="hidden" name="chat" value=id.to_string() />
            {move || waits.get().then(|| view! {
                <p class="composer-note">
                    <Icon of=Glyph::Clock />
                    {t!(locale, composer.queued)}
                </p>
            })}
            {move || (over.get() > 0).then(|| view! {
                <p class="composer-note bad" role="alert">
                    <Icon of=Glyph::Alert />
                    {t!(locale, composer.too_long, n = over.get()).to_string()}
                </p>
            })}
            <div class="box">
                <textarea
                    name="text"
                    rows=move || rows.get().to_string()
                    required
                    aria-label=t!(locale, composer.label)
                    title=t!(locale, composer.keys)
                    placeholder=t!(locale, composer.placeholder)
                    node_ref=area
                    prop:value=text
                    on:input:target=move |event| on_input(event.target().value())
                    on:keydown=on_key
                ></textarea>
                <button class="send" aria-label=t!(locale, composer.send) disabled=move || over.get() != 0>
                    <Icon of=Glyph::Send />
                </button>
            </div>
        </form>
    }
    .into_any()
}

/// How many characters a text has beyond what WhatsApp takes.
fn excess(text: &str) -> usize {
    // A text has at least as many bytes as characters.
    match text.len() <= MAX_TEXT {
        true => 0,
        false => text.chars().count().saturating_sub(MAX_TEXT),
    }
}
