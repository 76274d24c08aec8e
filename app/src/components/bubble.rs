use chrono::TimeDelta;
use leptos::prelude::*;
use model::{Author, Delivery, MessageKind};

use super::moment::Moment;
use super::ticks::Ticks;
use crate::clock::{hour_minute, use_clock};
use crate::i18n::{Locale, t, use_locale};
use crate::inbox::{self, BubbleKey, UnsentState, use_inbox};
use crate::words;

/// A bubble younger than this came in just now and may be seen coming.
const FRESH: TimeDelta = TimeDelta::seconds(4);

/// One message.
#[component]
pub(crate) fn Bubble(key: BubbleKey, starts_group: bool) -> impl IntoView {
    let locale = use_locale();
    let inbox = use_inbox();
    let cell = RwSignal::from(inbox.bubbles.cell(&key)?);
    let (out, at_first) = cell.with_untracked(|bubble| (bubble.is_outgoing(), bubble.at()));
    let fresh = use_clock().now.get_untracked() - at_first < FRESH;

    let at = Memo::new(move |_| cell.with(inbox::Bubble::at));
    let author = Memo::new(move |_| {
        starts_group.then(|| cell.with(|bubble| by(locale, bubble, inbox))).flatten()
    });
    let content = Memo::new(move |_| cell.with(|bubble| content(locale, bubble)));
    let delivery = Memo::new(move |_| cell.with(delivery));
    let failure = Memo::new(move |_| cell.with(|bubble| failure(locale, bubble)));

    let view = view! {
        <article class="msg" class:out=out class:first=starts_group class:fresh=fresh>
            {move || author.get().map(|name| view! { <span class="by">{name}</span> })}
            {move || content.get().view()}
            <span class="meta">
                <Moment at how=hour_minute />
                <Ticks delivery />
            </span>
            {move || failure.get().map(|why| view! {
                <p class="msg-failed" role="alert">
                    <span>{why}</span>
                    <button class="link" on:click=move |_| inbox.retry(cell.get_untracked())>
                        {t!(locale, delivery.retry)}
                    </button>
                </p>
            })}
        </article>
    };
    Some(view.into_any())
}

/// What a bubble holds.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Content {
    Text(String),
    /// A kind that is not shown whole yet: its name, and its caption.
    Named {
        name: &'static str,
        caption: String,
        elsewhere: Option<&'static str>,
    },
}

impl Content {
    fn view(self) -> AnyView {
        match self {
            Self::Text(text) => view! { <span class="text">{text}</span> }.into_any(),
            Self::Named { name, caption, elsewhere } => view! {
                <span class="named">
                    <strong>{name}</strong>
                    {elsewhere.map(|where_| view! { <span class="muted">{where_}</span> })}
                </span>
                {(!caption.is_empty()).then(|| view! { <span class="text">{caption}</span> })}
            }
            .into_any(),
        }
    }
}

fn content(locale: Locale, bubble: &inbox::Bubble) -> Content {
    let message = match bubble {
        inbox::Bubble::Unsent(unsent) => return Content::Text(unsent.text.clone()),
        inbox::Bubble::Stored(message) => message,
    };
    match words::kind(locale, message.kind) {
        None => Content::Text(message.text.clone()),
        Some(name) => Content::Named {
            name,
            caption: message.text.clone(),
            elsewhere: (message.kind != MessageKind::Undecryptable)
                .then_some(t!(locale, kind.on_phone)),
        },
    }
}

/// Who wrote it, where the team wants to know: the user, the phone, the member of a group.
fn by(locale: Locale, bubble: &inbox::Bubble, inbox: inbox::Inbox) -> Option<String> {
    match bubble.author() {
        None => Some(inbox.my_name()),
        Some(Author::User { name }) => Some(name.clone()),
        Some(Author::Phone) => Some(t!(locale, chat.by_phone).to_owned()),
        Some(Author::Contact { name }) => name.clone(),
    }
}

fn delivery(bubble: &inbox::Bubble) -> Option<Delivery> {
    match bubble {
        inbox::Bubble::Stored(message) => message.delivery,
        inbox::Bubble::Unsent(unsent) => match unsent.state {
            UnsentState::Sending => Some(Delivery::Queued),
            // The sentence below it says what is wrong.
            UnsentState::Failed(_) => None,
        },
    }
}

fn failure(locale: Locale, bubble: &inbox::Bubble) -> Option<String> {
    match bubble {
        inbox::Bubble::Stored(message) => match message.delivery? {
            Delivery::Failed { reason } => Some(words::fail_reason(locale, reason).to_owned()),
            _ => None,
        },
        inbox::Bubble::Unsent(unsent) => match &unsent.state {
            UnsentState::Sending => None,
            UnsentState::Failed(error) => Some(words::error(locale, error)),
        },
    }
}
