use chrono::NaiveDate;
use leptos::html;
use leptos::prelude::*;

use super::bubble::{Bubble, bar};
use super::{Glyph, Icon, bool_signal, text_signal};
use crate::browser;
use crate::clock::{day, use_clock};
use crate::i18n::{t, use_locale};
use crate::inbox::{BubbleKey, Line, Open, Tail, lines, use_inbox};

/// Within this distance of the end in pixels, the user is at the end.
const AT_END: i32 = 48;
/// Older messages are loaded at this distance from the oldest one, in pixels.
const NEAR: i32 = 500;

/// The messages of the open conversation.
///
/// The scroller is laid out from its end (`column-reverse` around one element): it starts at the
/// newest message without any script, stays there as messages come, and older ones appear above
/// without a jump. Its `scrollTop` is therefore zero at the end and negative above it. Above the
/// end, `browser::hold` keeps the visible messages in place.
#[component]
pub(crate) fn MessageLog() -> impl IntoView {
    let locale = use_locale();
    let inbox = use_inbox();
    let clock = use_clock();
    let log = NodeRef::<html::Div>::new();
    let at_end = RwSignal::new(true);
    let unseen = RwSignal::new(0_u32);

    let bar = StoredValue::new(bar(locale));
    let menu_only = bool_signal(move || !inbox.right_here().writes());

    let lines = Memo::new(move |_| {
        inbox.bubbles.order.track();
        lines(&inbox.bubbles.matching(|_| true), clock.zone.get(), &inbox.my_name())
    });
    let to_end = move || {
        if let Some(log) = log.get_untracked() {
            log.set_scroll_top(0);
        }
    };
    let on_scroll = move |_| {
        let Some(log) = log.get_untracked() else { return };
        at_end.set(log.scroll_top() > -AT_END);
        if at_end.get_untracked() {
            unseen.set(0);
        }
        if log.client_height() - log.scroll_top() + NEAR > log.scroll_height() {
            inbox.older_messages();
        }
    };
    Effect::new(move || {
        if let Some(log) = log.get() {
            browser::hold(&log);
        }
    });
    Effect::new(move |before: Option<Option<BubbleKey>>| {
        let last = lines.with(|lines| lines.last().map(|line| line.key.clone()));
        let seen = before.flatten().filter(|before| Some(before) != last.as_ref());
        if let Some(seen) = seen.filter(|_| !at_end.get_untracked()) {
            // The user sees what this tab sends. A reply from elsewhere counts as unseen, whoever
            // wrote it.
            if inbox.bubbles.last().is_some_and(|last| last.author().is_none()) {
                request_animation_frame(to_end);
            } else {
                let after = |lines: &Vec<Line>| {
                    lines.iter().rev().take_while(|line| line.key != seen).count()
                };
                unseen.update(|n| *n += lines.with(after) as u32);
            }
        }
        last
    });

    let above = text_signal(move || {
        match (inbox.bubbles_tail.get(), inbox.open.get()) {
            (_, Open::Loading(_)) => t!(locale, chat.loading),
            (Tail::Loading, _) => t!(locale, chat.older),
            (Tail::End, _) if lines.with(Vec::is_empty) => t!(locale, chat.empty),
            (Tail::End, _) => t!(locale, chat.start),
            (Tail::More, _) => "",
        }
        .to_owned()
    });
    let below = text_signal(move || match unseen.get() {
        0 => t!(locale, chat.to_end).to_owned(),
        1 => t!(locale, chat.new_one).to_owned(),
        n => t!(locale, chat.new, n = n).to_string(),
    });
    view! {
        <div class="log-frame">
            <div
                class="log"
                class:menu-only=menu_only
                role="log"
                aria-label=t!(locale, chat.log)
                tabindex="0"
                node_ref=log
                on:scroll=on_scroll
            >
                <div class="lines">
                    <p class="log-edge muted">{above}</p>
                    <For
                        each=move || lines.get()
                        key=Clone::clone
                        children=move |line| view! {
                            {line.day.map(|date| view! { <DayHeading date /> })}
                            <Bubble key=line.key starts_group=line.starts_group bar />
                        }
                    />
                </div>
            </div>
            <button class="to-end" hidden=at_end on:click=move |_| to_end()>
                <span>{below}</span>
                <Icon of=Glyph::Down />
            </button>
        </div>
    }
    .into_any()
}

#[component]
fn DayHeading(date: NaiveDate) -> impl IntoView {
    let locale = use_locale();
    let today = use_clock().today;
    view! { <h3 class="day">{text_signal(move || day(locale, date, today.get()))}</h3> }
}
