use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos::wasm_split::wasm_split;
use model::{Connection, ConnectionId, ConnectionState, EndReason, PhoneNumber};

use super::code_form::CodeForm;
use super::other_phone::OtherPhone;
use super::pairing_code::Code;
use super::passkey::Passkey;
use super::qr::Qr;
use super::steps::Steps;
use super::{FormError, NumberField, Sending, bool_signal, erased_view, later, text_signal};
use crate::api;
use crate::clock::use_clock;
use crate::i18n::{t, use_locale};
use crate::labels;
use crate::parts::{self, Missing};

/// The stage of pairing. It does not contain the codes, so that a new code changes the picture and
/// nothing around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Start(Option<EndReason>),
    Waiting,
    Scan,
    Type,
    Hidden,
}

type Make = fn(Option<ConnectionId>, Memo<Option<Connection>>) -> AnyView;

/// Returns the function that renders the card. It is in the part `pairing`, because most visits connect
/// nothing.
#[wasm_split(pairing, wasm_split_path = ::leptos::wasm_split, fallible)]
pub(crate) fn pairing() -> Result<Make, Missing> {
    let make: Make = |id, connection| view! { <Card id connection /> }.into_any();
    Ok(make)
}

/// The card that connects a number: part of the page, not a modal.
#[component]
pub(crate) fn ConnectCard(
    /// The number in the forms; `None` means the viewer's own.
    id: Option<ConnectionId>,
    /// The current state of the number, once there is one.
    connection: Memo<Option<Connection>>,
) -> impl IntoView {
    later(parts::PAIRING, pairing(), move |make| make(id, connection))
}

#[component]
fn Card(id: Option<ConnectionId>, connection: Memo<Option<Connection>>) -> impl IntoView {
    let state = Memo::new(move |_| {
        let none = ConnectionState::Disconnected { reason: None };
        connection.with(|one| one.as_ref().map_or(none, |one| one.state.clone()))
    });
    let own = Memo::new(move |_| connection.with(|one| one.as_ref()?.own_phone().cloned()));
    let holder = Memo::new(move |_| connection.with(|one| one.as_ref()?.phone_holder.clone()));
    let linked =
        Memo::new(move |_| connection.with(|one| one.as_ref().is_some_and(|one| one.linked)));
    let stage = Memo::new(move |_| match state.get() {
        ConnectionState::Disconnected { reason } => Stage::Start(reason),
        ConnectionState::AwaitingScan { qr: Some(_) } => Stage::Scan,
        ConnectionState::AwaitingCode { code: Some(_) } => Stage::Type,
        ConnectionState::AwaitingScan { qr: None }
        | ConnectionState::AwaitingCode { code: None } => Stage::Hidden,
        ConnectionState::Connecting { .. }
        | ConnectionState::Paused { .. }
        | ConnectionState::Syncing
        | ConnectionState::Connected => Stage::Waiting,
    });
    let qr = Memo::new(move |_| match state.get() {
        ConnectionState::AwaitingScan { qr } => qr,
        _ => None,
    });
    let code = Memo::new(move |_| match state.get() {
        ConnectionState::AwaitingCode { code } => code,
        _ => None,
    });
    view! {
        <div class="pair">
            <section class="card" aria-labelledby="pair-title">
                {erased_view(move || match stage.get() {
                    Stage::Start(reason) => {
                        // The viewer's own number has an id once it was connected.
                        let id = id.or_else(|| connection.with_untracked(|one| Some(one.as_ref()?.id)));
                        view! { <Start id reason own holder linked /> }.into_any()
                    }
                    Stage::Waiting => view! { <Waiting id state linked /> }.into_any(),
                    Stage::Scan => view! { <Scan id qr own /> }.into_any(),
                    Stage::Type => view! { <Type code /> }.into_any(),
                    Stage::Hidden => view! { <Hidden /> }.into_any(),
                })}
            </section>
        </div>
    }
    .into_any()
}

#[component]
fn Start(
    id: Option<ConnectionId>,
    reason: Option<EndReason>,
    own: Memo<Option<PhoneNumber>>,
    holder: Memo<Option<String>>,
    linked: Memo<bool>,
) -> impl IntoView {
    let locale = use_locale();
    let clock = use_clock();
    let sending = Sending::new(None);
    let title = text_signal(move || match reason {
        None => t!(locale, pair.title).to_owned(),
        Some(reason) => capitalised(&labels::reason(locale, reason, clock.zone.get())),
    });
    let elsewhere = text_signal(move || match (reason, holder.get()) {
        (Some(EndReason::PhoneInUse { .. }), Some(number)) => {
            t!(locale, reason.phone_in_use_by, number = number).to_string()
        }
        _ => String::new(),
    });
    let lead = reason.map_or(t!(locale, pair.lead), |reason| labels::remedy(locale, reason));
    // A code needs the passkey as well; and a number that has its keys needs neither a QR nor a
    // code.
    let no_code = bool_signal(move || linked.get() || reason == Some(EndReason::Passkey));
    view! {
        <div class="card-main">
            <h2 id="pair-title">{title}</h2>
            <p class="lead">{lead} " " {elsewhere}</p>
            {match (id, reason) {
                (Some(id), Some(EndReason::WrongNumber { ends_in })) => {
                    view! { <OtherPhone id ends_in own sending /> }.into_any()
                }
                (Some(id), Some(EndReason::Passkey)) => view! { <Passkey id sending /> }.into_any(),
                _ => view! {
                    <Only phone=own />
                    <form method="post" action=api::Connect::url() on:submit=move |event| sending.submit(&event)>
                        <NumberField connection=id />
                        <button class="button" disabled=sending.pending>{t!(locale, pair.connect)}</button>
                    </form>
                }
                .into_any(),
            }}
            <FormError error=sending.failure />
        </div>
        <div class="card-side" hidden=no_code><CodeForm connection=id /></div>
    }
}

#[component]
fn Waiting(
    id: Option<ConnectionId>,
    state: Memo<ConnectionState>,
    linked: Memo<bool>,
) -> impl IntoView {
    let locale = use_locale();
    let clock = use_clock();
    let sending = Sending::new(None);
    // A pairing that has not begun can be cancelled; a linked number connects by itself.
    let stays = bool_signal(move || linked.get() || state.get() == ConnectionState::Syncing);
    let title = text_signal(move || match state.get() {
        ConnectionState::Syncing => t!(locale, pair.syncing).to_owned(),
        ConnectionState::Paused { .. } => t!(locale, state.paused).to_owned(),
        _ => t!(locale, pair.connecting).to_owned(),
    });
    let lead = text_signal(move || match state.get() {
        ConnectionState::Syncing => t!(locale, pair.syncing_lead).to_owned(),
        ConnectionState::Paused { why } => capitalised(labels::trouble(locale, why)),
        ConnectionState::Connecting { retry_at: Some(at) } => {
            let seconds = clock.seconds_until(at);
            capitalised(&t!(locale, state.retry_in, seconds = seconds).to_string())
        }
        _ => t!(locale, pair.connecting_lead).to_owned(),
    });
    view! {
        <div class="card-main waiting">
            <span class="spinner" aria-hidden="true"></span>
            <h2 id="pair-title">{title}</h2>
            <p class="lead">{lead}</p>
            <form
                method="post"
                action=api::Disconnect::url()
                hidden=stays
                on:submit=move |event| sending.submit(&event)
            >
                <NumberField connection=id />
                <button class="link" disabled=sending.pending>{t!(locale, pair.cancel)}</button>
            </form>
            <FormError error=sending.failure />
        </div>
    }
}

#[component]
fn Scan(
    id: Option<ConnectionId>,
    qr: Memo<Option<model::QrCode>>,
    own: Memo<Option<PhoneNumber>>,
) -> impl IntoView {
    let locale = use_locale();
    let steps =
        [t!(locale, pair.step_open), t!(locale, pair.step_devices), t!(locale, pair.step_scan)];
    view! {
        <div class="card-main">
            <h2 id="pair-title">{t!(locale, pair.title)}</h2>
            <Steps steps />
            <Only phone=own />
            <CodeForm connection=id />
        </div>
        <div class="card-side">
            {erased_view(move || qr.get().map(|code| view! { <Qr code /> }).into_any())}
        </div>
    }
}

#[component]
fn Type(code: Memo<Option<model::PairingCode>>) -> impl IntoView {
    let locale = use_locale();
    let steps = [
        t!(locale, pair.step_devices),
        t!(locale, pair.step_code_link),
        t!(locale, pair.step_code_type),
    ];
    view! {
        <div class="card-main">
            <h2 id="pair-title">{t!(locale, pair.title)}</h2>
            <Steps steps />
        </div>
        <div class="card-side">
            {erased_view(move || code.get().map(|code| view! { <Code code /> }).into_any())}
        </div>
    }
}

#[component]
fn Hidden() -> impl IntoView {
    let locale = use_locale();
    view! {
        <div class="card-main waiting">
            <h2 id="pair-title">{t!(locale, pair.title)}</h2>
            <p class="lead">{t!(locale, pair.hidden)}</p>
        </div>
    }
}

/// Names the phone that has to scan, if the number has one: any other is unlinked at once.
#[component]
fn Only(phone: Memo<Option<PhoneNumber>>) -> impl IntoView {
    let locale = use_locale();
    let words = text_signal(move || match phone.get() {
        Some(phone) => t!(locale, pair.only, phone = phone.as_str()).to_string(),
        None => String::new(),
    });
    view! {
        <p class="pair-only" hidden=bool_signal(move || words.with(String::is_empty))>{words}</p>
    }
}

/// Capitalizes a text that is also used in the middle of a line.
fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
