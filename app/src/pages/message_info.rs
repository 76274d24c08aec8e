use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use model::{MemberReceipt, MessageId, MessageInfo};

use super::{Exact, LocalTime, framed, title};
use crate::api;
use crate::components::Avatar;
use crate::i18n::{t, use_locale};

/// `/recibos/{id}`: the members of a group who read a message, those on whose phones it is, and the others.
///
/// The inbox shows the part `#message-info` in a dialog (`browser/later/groups/message-info.js`).
#[component]
pub(crate) fn ReceiptsOf() -> impl IntoView {
    let locale = use_locale();
    let id = use_params_map().with_untracked(|params| params.get("id")?.parse().ok());
    // An id that is no number names nothing; zero is never assigned.
    let id = id.unwrap_or(MessageId(0));
    view! {
        <Title text=title(locale, t!(locale, actions.info)) />
        {framed(api::receipts(id), move |info: MessageInfo| view! {
            <main class="page narrow">
                <header><h1>{t!(locale, actions.info)}</h1></header>
                <section class="panel"><Receipts info id /></section>
                <p><a class="button outline" href=api::INBOX>{t!(locale, chat.back)}</a></p>
            </main>
        }
        .into_any())}
    }
}

#[component]
fn Receipts(info: MessageInfo, id: MessageId) -> impl IntoView {
    let locale = use_locale();
    let MessageInfo { read, delivered, pending } = info;
    let all = read.len() + delivered.len() + pending.len();
    let seen = read.len();
    view! {
        <div
            id="message-info"
            class="message-info"
            data-title=t!(locale, actions.info)
            data-close-name=t!(locale, actions.close)
            data-message=id.to_string()
        >
            <p class="muted">{t!(locale, group.read_of, seen = seen, of = all).to_string()}</p>
            <progress max=all.max(1).to_string() value=seen.to_string() aria-hidden="true"></progress>
            <Part id="info-read" name=t!(locale, group.read) receipts=read />
            <Part id="info-delivered" name=t!(locale, group.delivered) receipts=delivered />
            <Part id="info-waiting" name=t!(locale, group.waiting) receipts=pending />
        </div>
    }
    .into_any()
}

/// The members of one state; nothing if there are none.
#[component]
fn Part(id: &'static str, name: &'static str, receipts: Vec<MemberReceipt>) -> impl IntoView {
    let heading = format!("{name} · {}", receipts.len());
    (!receipts.is_empty()).then(|| {
        view! {
            <section aria-labelledby=id>
                <h3 id=id>{heading}</h3>
                <ul class="people" aria-labelledby=id>
                    {receipts.into_iter().map(|receipt| view! { <One receipt /> }).collect_view()}
                </ul>
            </section>
        }
        .into_any()
    })
}

#[component]
fn One(receipt: MemberReceipt) -> impl IntoView {
    let locale = use_locale();
    let MemberReceipt { contact, name, at, played } = receipt;
    view! {
        <li>
            <Avatar name=name.clone() seed=contact.0 small=true />
            <div class="who">
                <strong dir="auto">{name}</strong>
                {played.then(|| view! { <span class="muted">{t!(locale, delivery.played)}</span> })}
            </div>
            <span class="muted">{at.map(|at| view! { <LocalTime at to=Exact::Minute /> })}</span>
        </li>
    }
    .into_any()
}
