use leptos::prelude::*;
use model::{ConnectionId, ConnectionState};

use super::badge::Badge;
use super::disconnect::Disconnect;
use super::{flag, part, text};
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
    let several = flag(move || ids.with(|ids| ids.len() > 1));
    let title = text(move || match several.get() {
        true => t!(locale, rail.conversations).to_owned(),
        false => inbox
            .connections
            .with(|all| all.first().map(|one| one.label.clone()))
            .unwrap_or_else(|| t!(locale, number.default_label).to_owned()),
    });
    view! {
        <header class="numbers">
            <h1>{title}</h1>
            <ul aria-label=t!(locale, number.list)>
                {part(move || {
                    ids.with(Vec::is_empty).then(|| view! { <li><Badge connection=None /></li> }).into_any()
                })}
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
fn NumberLine(id: ConnectionId, labelled: Signal<bool>) -> impl IntoView {
    let inbox = use_inbox();
    let connection = Signal::derive(move || inbox.connection(id));
    let label = text(move || connection.get().map(|one| one.label).unwrap_or_default());
    // While a QR or a code is on show there is nothing to unlink yet. A memo: the dialog must not be
    // made anew, and closed, with every change of the state.
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
            <span
                class=format!("tag hue-{}", id.0.rem_euclid(12))
                hidden=flag(move || !labelled.get())
            >
                {label}
            </span>
            <Badge connection />
            {part(move || can_end.get().then(|| view! { <Disconnect id /> }).into_any())}
        </li>
    }
    .into_any()
}
