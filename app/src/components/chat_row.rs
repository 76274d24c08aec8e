use leptos::either::EitherOf3;
use leptos::prelude::*;
use leptos_router::components::A;
use model::ChatId;

use super::Avatar;
use super::moment::Moment;
use super::ticks::Ticks;
use crate::api;
use crate::clock::{short, use_clock};
use crate::i18n::{t, use_locale};
use crate::inbox::use_inbox;
use crate::words;

/// One conversation of the list: a link whose name begins with the contact's.
#[component]
pub(crate) fn ChatRow(id: ChatId) -> impl IntoView {
    let locale = use_locale();
    let inbox = use_inbox();
    let clock = use_clock();
    let chat = RwSignal::from(inbox.chats.cell(&id)?);

    let name = Memo::new(move |_| chat.with(|chat| chat.name.clone()));
    let at = Memo::new(move |_| chat.with(|chat| chat.last_at));
    let unread = Memo::new(move |_| chat.with(|chat| chat.unread));
    let ticks = Memo::new(move |_| chat.with(|chat| chat.preview.as_ref()?.delivery));
    let text = Memo::new(move |_| {
        chat.with(|chat| {
            let preview = chat.preview.as_ref()?;
            let kind = words::kind(locale, preview.kind).filter(|_| preview.text.is_empty());
            Some(kind.map_or_else(|| preview.text.clone(), str::to_owned))
        })
    });
    let typing = Memo::new(move |_| inbox.is_typing(id));
    let today = Memo::new(move |_| clock.today());
    // Which number it came to, where there is more than one.
    let tag = Memo::new(move |_| {
        let several = inbox.connections.with(|all| all.len() > 1);
        let connection = chat.with(|chat| chat.connection);
        several.then(|| inbox.connection(connection)).flatten().map(|one| (one.label, one.id.0))
    });

    let preview = move || match (typing.get(), text.get()) {
        (true, _) => EitherOf3::A(view! { <span class="typing">{t!(locale, chats.typing)}</span> }),
        (false, Some(text)) => EitherOf3::B(view! { <Ticks delivery=ticks /><span>{text}</span> }),
        (false, None) => EitherOf3::C(()),
    };
    let count = move || {
        let n = unread.get();
        (n > 0).then(|| {
            let said = match n {
                1 => t!(locale, chats.unread_one).to_owned(),
                _ => t!(locale, chats.unread, n = n).to_string(),
            };
            view! {
                <span class="count" aria-hidden="true">{n.min(999)}</span>
                <span class="sr">{said}</span>
            }
        })
    };
    let view = view! {
        <li class="row" class:unread=move || unread.get() != 0>
            <A href=format!("{}/chat/{id}", api::INBOX) exact=true>
                <Avatar name seed=id.0 />
                <span class="row-main">
                    <span class="row-name">{name}</span>
                    <span class="row-preview">{preview}</span>
                </span>
                <span class="row-side">
                    <Moment at how=move |at| short(locale, at, today.get()) />
                    <span class="row-marks">
                        {move || tag.get().map(|(label, seed)| view! {
                            <span class=format!("tag hue-{}", seed.rem_euclid(12))>{label}</span>
                        })}
                        {count}
                    </span>
                </span>
            </A>
        </li>
    };
    Some(view.into_any())
}
