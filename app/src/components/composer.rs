use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use model::{ChatId, Connection, ConnectionState};

use super::enter::{enter_sends, excess, submits};
use super::icon::button_html;
use super::quote::Quoted;
use super::{Glyph, Icon, bool_signal, erased_view, text_signal};
use crate::api;
use crate::browser;
use crate::i18n::{Locale, t, use_locale};
use crate::inbox::{Open, use_inbox};
use crate::labels;

/// The composer. Its text stays with its conversation until it is sent, for its author in all their
/// tabs and browsers.
#[component]
pub(crate) fn Composer(
    id: ChatId,
    connection: Signal<Option<Connection>>,
    /// The number has blocked the contact.
    blocked: Memo<bool>,
) -> impl IntoView {
    let locale = use_locale();
    // A memo, because the form must not be rebuilt, and lose its text, when the state changes.
    let may_write =
        Memo::new(move |_| connection.with(|one| one.as_ref().is_none_or(|one| one.can_write)));
    let replaced =
        move || connection.with(|one| one.as_ref().is_some_and(|one| one.replaced_by.is_some()));
    let inbox = use_inbox();
    // The reason why nobody writes in this group, for those who may write by its number.
    let closed = Memo::new(move |_| {
        inbox.open.with(|open| match open {
            Open::Ready(chat) if chat.id == id => chat.closed.filter(|_| may_write.get()),
            _ => None,
        })
    });
    let is_closed = bool_signal(move || closed.get().is_some());
    erased_view(move || match (may_write.get() && !is_closed.get(), blocked.get()) {
        (true, false) => view! { <Form id connection /> }.into_any(),
        (true, true) => view! {
            <div class="blocked" inner_html=unblock_html(locale, id)></div>
        }
        .into_any(),
        (false, _) => view! {
            <p class="composer read-only muted" class:closed=is_closed>
                <Icon of=Glyph::Lock />
                {text_signal(move || match closed.get() {
                    Some(closed) => labels::closed(locale, closed).to_owned(),
                    None if replaced() => t!(locale, composer.replaced).to_owned(),
                    None => t!(locale, composer.read_only).to_owned(),
                })}
            </p>
        }
        .into_any(),
    })
}

/// A button whose listener is in `browser/later/tools.js`. Without scripts the style sheet hides it.
fn tool(attribute: &str, name: &str, glyph: Glyph) -> AnyView {
    view! { <span class="tool" inner_html=button_html(attribute, name, glyph)></span> }.into_any()
}

#[component]
fn Form(id: ChatId, connection: Signal<Option<Connection>>) -> impl IntoView {
    let locale = use_locale();
    let inbox = use_inbox();
    let draft = untrack(|| inbox.draft(id));
    let (draft, at) = draft.map(|draft| (draft.text, draft.at)).unwrap_or_default();
    // A copy of the field's text, for values that depend on its length. It is never written back:
    // some browsers first report half an emoji, which a Rust string cannot hold.
    let typed = RwSignal::new(draft.clone());
    let area = NodeRef::<html::Textarea>::new();

    Effect::new(move || {
        if let Some(area) = area.get() {
            browser::compose(&area);
            // The user may have typed before this page was hydrated.
            typed.set(area.value());
            area.set_attribute("enterkeyhint", if enter_sends() { "send" } else { "enter" }).ok();
        }
    });
    let over = Signal::derive(move || typed.with(|typed| excess(typed)));
    let submit = StoredValue::new(move || {
        let Some(area) = area.get_untracked() else { return };
        let words = area.value();
        let ready = !words.trim().is_empty() && excess(&words) == 0;
        if ready && inbox.send(words, browser::mentions(&area)) {
            browser::sent();
        }
        area.focus().ok();
    });
    let on_key = move |event: ev::KeyboardEvent| {
        if submits(&event) {
            event.prevent_default();
            submit.with_value(|submit| submit());
        } else if event.key() == "Escape" && !event.is_composing() {
            inbox.set_reply(None);
        }
    };
    // The message that the text answers, above the field.
    let quoted = move || {
        inbox.reply.with(|reply| reply.as_ref().map(|quote| Quoted::of(locale, inbox, quote)))
    };
    let reply = erased_view(move || match quoted() {
        Some(quoted) => {
            let class = quoted.class();
            view! {
                <div class="reply">
                    <div class=class>{quoted.lines()}</div>
                    <button
                        type="button"
                        class="round"
                        title=t!(locale, composer.no_reply)
                        aria-label=t!(locale, composer.no_reply)
                        on:click=move |_| {
                            inbox.set_reply(None);
                            browser::focus_composer();
                        }
                    >
                        <Icon of=Glyph::Close />
                    </button>
                </div>
            }
            .into_any()
        }
        None => ().into_any(),
    });
    let on_submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        submit.with_value(|submit| submit());
    };
    let goes_at_once = bool_signal(move || {
        connection.with(|one| {
            one.as_ref().is_none_or(|one| {
                matches!(one.state, ConnectionState::Connected | ConnectionState::Syncing)
            })
        })
    });
    // The sending number, if it could be another.
    let from = Memo::new(move |_| {
        connection.get().filter(|_| inbox.has_several()).map(|one| (one.label, one.color))
    });
    let from_words = text_signal(move || match from.get() {
        Some((label, _)) => t!(locale, composer.from, number = label).to_string(),
        None => String::new(),
    });
    let from_color = text_signal(move || {
        from.get().map(|(_, color)| color.as_str().to_owned()).unwrap_or_default()
    });
    let too_long = text_signal(move || match over.get() {
        0 => String::new(),
        n => t!(locale, composer.too_long, n = n).to_string(),
    });
    // These rows are for browsers that cannot size the field by its content yet.
    let rows =
        text_signal(move || typed.with(|typed| typed.split('\n').count().clamp(1, 7).to_string()));
    view! {
        <form
            class="composer"
            method="post"
            action=api::SendText::url()
            data-failed=[t!(locale, error.part), ". ", t!(locale, error.part_lead)].concat()
            on:submit=on_submit
        >
            <input type="hidden" name="chat" value=id.to_string() />
            <p class="composer-note" hidden=goes_at_once>
                <Icon of=Glyph::Clock />
                {t!(locale, composer.queued)}
            </p>
            <p class="composer-note bad" role="alert" hidden=bool_signal(move || over.get() == 0)>
                <Icon of=Glyph::Alert />
                {too_long}
            </p>
            <p class="composer-from" data-color=from_color hidden=bool_signal(move || from.get().is_none())>
                {from_words}
            </p>
            <div id="reply">{reply}</div>
            <div class="box">
                {tool("data-attach aria-haspopup=\"menu\"", t!(locale, composer.attach), Glyph::Plus)}
                {tool("data-emojis", t!(locale, composer.emojis), Glyph::Smile)}
                <textarea
                    name="text"
                    dir="auto"
                    rows=rows
                    required
                    aria-label=t!(locale, composer.label)
                    aria-describedby="reply"
                    title=t!(locale, composer.keys)
                    placeholder=t!(locale, composer.placeholder)
                    node_ref=area
                    autocomplete="off"
                    data-chat=id.to_string()
                    data-at=at.to_string()
                    inner_html=labels::field(&draft)
                    on:input:target=move |event| typed.set(event.target().value())
                    on:keydown=on_key
                ></textarea>
                {tool("data-record", t!(locale, composer.record), Glyph::Microphone)}
                <button class="send" aria-label=t!(locale, composer.send) disabled=bool_signal(move || over.get() != 0)>
                    <Icon of=Glyph::Send />
                </button>
            </div>
        </form>
    }
    .into_any()
}

/// The form in place of the field while the contact is blocked.
fn unblock_html(locale: Locale, chat: ChatId) -> String {
    let (words, unblock) = (t!(locale, composer.blocked), t!(locale, composer.unblock));
    format!(
        r#"<form class="read-only blocked muted" method="post" action="{}"><input type="hidden" name="chat" value="{chat}"><input type="hidden" name="blocked" value="false"><p>{words}</p><button class="button quiet">{unblock}</button></form>"#,
        api::BlockContact::url()
    )
}
