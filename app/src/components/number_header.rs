use leptos::prelude::*;
use model::{ConnectionId, ConnectionState};

use super::badge::Badge;
use super::disconnect::Disconnect;
use crate::i18n::{t, use_locale};
use crate::inbox::use_inbox;

/// The head of the list: which number it is and how it is. With several numbers, one line each.
#[component]
pub(crate) fn NumberHeader() -> impl IntoView {
    let locale = use_locale();
    let inbox = use_inbox();
    let ids = Memo::new(move |_| {
        inbox.connections.with(|all| all.iter().map(|one| one.id).collect::<Vec<_>>())
    });
    let several = Memo::new(move |_| ids.with(|ids| ids.len() > 1));
    let title = move || match several.get() {
        true => t!(locale, rail.conversations).to_owned(),
        false => inbox
            .connections
            .with(|all| all.first().map(|one| one.label.clone()))
            .unwrap_or_else(|| t!(locale, number.default_label).to_owned()),
    };
    view! {
        <header class="numbers">
            <h1>{title}</h1>
            <ul aria-label=t!(locale, number.list)>
                {move || ids.with(Vec::is_empty).then(|| view! { <li><Badge connection=None /></li> })}
                <For
                    each=move || ids.get()
                    key=|id| *id
                    children=move |id| view! { <NumberLine id labelled=several /> }
                />
            </ul>
        </header>
    }
    .into_any()
}

#[component]
fn NumberLine(id: ConnectionId, labelled: Memo<bool>) -> impl IntoView {
    let inbox = use_inbox();
    let connection = Memo::new(move |_| inbox.connection(id));
    let label = move || {
        labelled.get().then(|| connection.get()).flatten().map(|one| {
            view! { <span class=format!("tag hue-{}", id.0.rem_euclid(12))>{one.label}</span> }
        })
    };
    // While a QR or a code is on show there is nothing to unlink yet.
    let can_end = Memo::new(move |_| {
        connection.get().is_some_and(|one| {
            one.can_manage
                && match one.state {
                    ConnectionState::Connected | ConnectionState::Syncing => true,
                    ConnectionState::Connecting { .. } => one.phone.is_some(),
                    _ => false,
                }
        })
    });
    view! {
        <li>
            {label}
            <Badge connection />
            {move || can_end.get().then(|| view! { <Disconnect id /> })}
        </li>
    }
}
