use leptos::html;
use leptos::prelude::*;
use leptos::wasm_split::wasm_split;
use model::{Connection, ConnectionId, ConnectionState, Figures, Uptime};
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::Unread;
use crate::ApiError;
use crate::api::{self, ConnectionsPage};
use crate::clock::{Clock, short, use_clock};
use crate::components::{
    Badge, ConnectCard, Disconnect, Empty, Glyph, Icon, bool_signal, erased_view, later,
    text_signal,
};
use crate::i18n::{Locale, t, use_locale};
use crate::labels;
use crate::live::{self, Applied, Link, LivePage};
use crate::parts::{self, Missing};

/// All numbers with their figures as of loading, and their live states.
#[island]
pub fn Connections(#[prop(into)] page: Unread<ConnectionsPage>) -> impl IntoView {
    later(parts::CONNECTIONS, connections(), move |make| make(page.clone()))
}

type Make = fn(Unread<ConnectionsPage>) -> AnyView;

/// Returns the function that renders the list. It is in a part, because only administrators see it.
#[wasm_split(connections, wasm_split_path = ::leptos::wasm_split, fallible)]
pub(crate) fn connections() -> Result<Make, Missing> {
    let make: Make = |page| page.read().map(|page| view! { <List page /> }).into_any();
    Ok(make)
}

#[component]
fn List(page: ConnectionsPage) -> impl IntoView {
    let locale = use_locale();
    Clock::provide();
    let seq = page.seq;
    let numbers = Numbers(RwSignal::new(page.numbers));
    let link = RwSignal::new(Link::Up);
    Effect::new(move || live::follow(numbers, seq, link));
    let ids = Memo::new(move |_| {
        numbers.0.with(|all| all.iter().map(|(one, _)| one.id).collect::<Vec<_>>())
    });
    // Without it every change of `ids` would build all rows again, and close an open dialog.
    let is_empty = Memo::new(move |_| ids.with(Vec::is_empty));
    // The number that is being connected here. Once it is connected, the card closes.
    let pairing = RwSignal::new(None::<ConnectionId>);
    let shown = Memo::new(move |_| pairing.get().filter(|id| numbers.is_unconnected(*id)));
    // Otherwise it would open again, and take the focus, at the next loss of the connection.
    Effect::new(move || {
        if shown.get().is_none() {
            pairing.set(None);
        }
    });
    let table = erased_view(move || {
        match is_empty.get() {
        true => view! {
            <Empty glyph=Glyph::Phone title=t!(locale, connections.title) lead=t!(locale, connections.none) />
        }
        .into_any(),
        false => view! {
            <table class="table numbers-table">
                <thead>
                    <tr>
                        <th>{t!(locale, connections.number)}</th>
                        <th>{t!(locale, connections.state)}</th>
                        <th>{t!(locale, connections.owner)}</th>
                        <th>{t!(locale, connections.agents)}</th>
                        <th class="figure">{t!(locale, connections.chats)}</th>
                        <th class="figure">{t!(locale, connections.day)}</th>
                        <th class="figure">{t!(locale, connections.month)}</th>
                        <th class="figure">{t!(locale, connections.last)}</th>
                        <th><span class="sr">{t!(locale, connections.actions)}</span></th>
                    </tr>
                </thead>
                <tbody>
                    <For each=move || ids.get() key=|id| *id children=move |id| view! { <Row id numbers pairing /> } />
                </tbody>
            </table>
        }
        .into_any(),
    }
    });
    view! {
        {erased_view(move || {
            shown.get().map(|id| view! { <Connect id numbers pairing /> }).into_any()
        })}
        {table}
    }
}

/// Links a number, without leaving the list.
#[component]
fn Connect(
    id: ConnectionId,
    numbers: Numbers,
    pairing: RwSignal<Option<ConnectionId>>,
) -> impl IntoView {
    let locale = use_locale();
    let connection = Memo::new(move |_| numbers.get(id).map(|(one, _)| one));
    let label =
        text_signal(move || connection.get().map(|one| labels::number(&one)).unwrap_or_default());
    let section = NodeRef::<html::Section>::new();
    // The card stands above a list that may be long.
    Effect::new(move || {
        if let Some(section) = section.get() {
            section.scroll_into_view();
            section.focus().ok();
        }
    });
    view! {
        <section class="connect-here" aria-labelledby="connect-here" tabindex="-1" node_ref=section>
            <header>
                <h2 id="connect-here">{label}</h2>
                <button
                    class="round"
                    title=t!(locale, connections.close)
                    aria-label=t!(locale, connections.close)
                    on:click=move |_| pairing.set(None)
                >
                    <Icon of=Glyph::Close />
                </button>
            </header>
            <ConnectCard id=Some(id) connection />
        </section>
    }
    .into_any()
}

/// The list, and the changes that the stream makes to it.
#[derive(Clone, Copy)]
struct Numbers(RwSignal<Vec<(Connection, Figures)>>);

impl Numbers {
    fn get(self, id: ConnectionId) -> Option<(Connection, Figures)> {
        self.0.with(|all| all.iter().find(|(one, _)| one.id == id).cloned())
    }

    /// Returns true if the number is present and not connected.
    fn is_unconnected(self, id: ConnectionId) -> bool {
        self.get(id).is_some_and(|(one, _)| {
            !matches!(one.state, ConnectionState::Connected | ConnectionState::Syncing)
        })
    }
}

/// The variants of `model::LiveEvent` that change the list. The others are skipped: parsing them takes
/// half as much code again as the list.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Event {
    Connection { connection: Box<Connection> },
    ConnectionGone { connection: ConnectionId },
    Message(IgnoredAny),
    Chat(IgnoredAny),
    Gone(IgnoredAny),
    Typing(IgnoredAny),
    Unread(IgnoredAny),
    Drafts(IgnoredAny),
    Resync,
}

impl LivePage for Numbers {
    type Event = Event;

    fn apply(self, event: Event) -> Applied {
        match event {
            Event::Connection { connection } => {
                let known = self.0.try_maybe_update(|all| {
                    let known = all.iter_mut().find(|(one, _)| one.id == connection.id);
                    let changed = known.as_ref().is_some_and(|(one, _)| *one != *connection);
                    let found = known.map(|(one, _)| *one = *connection).is_some();
                    (changed, found)
                });
                // The event does not contain its figures.
                if known == Some(false) {
                    return Applied::LoadAgain;
                }
            }
            Event::ConnectionGone { connection } => {
                self.0.update(|all| all.retain(|(one, _)| one.id != connection));
            }
            Event::Resync => return Applied::LoadAgain,
            Event::Message(_)
            | Event::Chat(_)
            | Event::Gone(_)
            | Event::Typing(_)
            | Event::Unread(_)
            | Event::Drafts(_) => {}
        }
        Applied::Done
    }

    async fn reload(self) -> Result<i64, ApiError> {
        let page = api::connections().await?;
        self.0.try_set(page.numbers);
        Ok(page.seq)
    }
}

#[component]
fn Row(
    id: ConnectionId,
    numbers: Numbers,
    pairing: RwSignal<Option<ConnectionId>>,
) -> impl IntoView {
    let locale = use_locale();
    let clock = use_clock();
    let connection = Signal::derive(move || numbers.get(id).map(|(one, _)| one));
    let label =
        text_signal(move || connection.get().map(|one| labels::number(&one)).unwrap_or_default());
    let color = text_signal(move || {
        connection.get().map(|one| one.color.as_str().to_owned()).unwrap_or_default()
    });
    let cells = erased_view(move || {
        numbers.get(id).map(|(_, figures)| figure_cells(locale, clock, figures)).into_any()
    });
    // This also joins a pairing whose QR or code is shown elsewhere.
    let can_connect = Memo::new(move |_| {
        use ConnectionState::{AwaitingCode, AwaitingScan};
        connection.get().is_some_and(|one| {
            one.can_connect() || matches!(one.state, AwaitingScan { .. } | AwaitingCode { .. })
        })
    });
    let can_end = Memo::new(move |_| connection.get().is_some_and(|one| one.can_disconnect()));
    view! {
        <tr>
            <th scope="row">
                <a class="swatch" data-color=color href=api::number_page(id)>{label}</a>
            </th>
            <td><Badge connection /></td>
            {cells}
            <td class="figure">
                <button
                    class="link"
                    hidden=bool_signal(move || !can_connect.get())
                    aria-label=text_signal(move || {
                        t!(locale, connections.connect_one, name = label.get()).to_string()
                    })
                    on:click=move |_| pairing.set(Some(id))
                >
                    {t!(locale, connections.connect)}
                </button>
                {erased_view(move || can_end.get().then(|| view! { <Disconnect id /> }).into_any())}
            </td>
        </tr>
    }
    .into_any()
}

/// The cells of a row that change only when the list is loaded again.
fn figure_cells(locale: Locale, clock: Clock, figures: Figures) -> impl IntoView {
    let last = match figures.last_at {
        Some(at) => short(locale, clock.zone.get().local(at), clock.today.get()),
        None => t!(locale, connections.never).to_owned(),
    };
    let agents = match figures.agents.is_empty() {
        true => t!(locale, connections.only_owner).to_owned(),
        false => figures.agents.join(", "),
    };
    let chats = match figures.unread {
        0 => figures.chats.to_string(),
        1 => format!("{} · {}", figures.chats, t!(locale, connections.unread_one)),
        unread => {
            let unread = t!(locale, connections.unread, n = unread).to_string();
            format!("{} · {unread}", figures.chats)
        }
    };
    view! {
        <td data-label=t!(locale, connections.owner)>{figures.owner_name}</td>
        <td data-label=t!(locale, connections.agents)>{agents}</td>
        <td class="figure" data-label=t!(locale, connections.chats)>{chats}</td>
        <td class="figure" data-label=t!(locale, connections.day)>{share(locale, figures.last_day)}</td>
        <td class="figure" data-label=t!(locale, connections.month)>
            {share(locale, figures.last_month)}
        </td>
        <td class="figure" data-label=t!(locale, connections.last)>{last}</td>
    }
}

/// `99,7 %`, or a dash if there was no time to measure.
fn share(locale: Locale, uptime: Uptime) -> String {
    let comma = match locale {
        Locale::pt_BR => ',',
        Locale::en => '.',
    };
    match uptime.permille() {
        Some(1000) => "100 %".to_owned(),
        Some(permille) => format!("{}{comma}{} %", permille / 10, permille % 10),
        None => "–".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use model::{LiveEvent, Sequenced};

    use super::*;

    /// A new variant of `LiveEvent` does not compile until it is here, and then in [`Event`] too.
    fn changes_the_list(event: &LiveEvent) -> bool {
        match event {
            LiveEvent::Connection { .. } | LiveEvent::ConnectionGone { .. } | LiveEvent::Resync => {
                true
            }
            LiveEvent::Message { .. }
            | LiveEvent::Chat { .. }
            | LiveEvent::Gone(_)
            | LiveEvent::Typing { .. }
            | LiveEvent::Unread { .. }
            | LiveEvent::Drafts { .. } => false,
        }
    }

    #[test]
    fn the_events_of_other_pages_are_skipped() {
        let number = ConnectionId(1);
        for event in [
            LiveEvent::Message { chat: fixtures::chat(1), message: fixtures::message(1) },
            LiveEvent::Chat { chat: fixtures::chat(1) },
            LiveEvent::Gone(model::MessageId(1)),
            LiveEvent::Typing { chat: model::ChatId(1), typing: true, recording: false },
            LiveEvent::Unread { numbers: vec![(number, 3)], archived: None },
            LiveEvent::Drafts { drafts: Vec::new(), all: true },
            LiveEvent::ConnectionGone { connection: number },
            LiveEvent::Resync,
        ] {
            let changes = changes_the_list(&event);
            let sent = serde_json::to_string(&Sequenced { seq: None, event }).unwrap();
            let read: Sequenced<Event> = serde_json::from_str(&sent).unwrap();
            let is_read = matches!(read.event, Event::ConnectionGone { .. } | Event::Resync);
            assert_eq!(is_read, changes, "{sent}");
        }
    }

    #[test]
    fn only_all_of_the_time_is_a_hundred() {
        assert_eq!(share(Locale::pt_BR, Uptime { up: 86_399, of: 86_400 }), "99,9 %");
        assert_eq!(share(Locale::en, Uptime { up: 86_400, of: 86_400 }), "100 %");
        assert_eq!(share(Locale::en, Uptime::default()), "–");
    }
}
