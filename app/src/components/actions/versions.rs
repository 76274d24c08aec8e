use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{Author, Version};

use super::super::element::element;
use super::super::erased_view;
use super::modal::modal;
use crate::api;
use crate::clock::{Clock, day, hour_minute, use_clock};
use crate::i18n::{Locale, t, use_locale};
use crate::inbox::{Bubble, Overlay, use_inbox};

/// The texts that an edited message has had.
pub(super) fn versions(overlay: Overlay) -> AnyView {
    let locale = use_locale();
    let clock = use_clock();
    let inbox = use_inbox();
    let texts = RwSignal::new(None::<Vec<Version>>);
    let bubble = inbox.bubbles.get_untracked(&overlay.key);
    // The customer's texts have the colour of the customer's bubbles.
    let is_own = bubble.as_ref().is_some_and(Bubble::is_outgoing);
    let class = if is_own { "versions out" } else { "versions" };
    if let Some(id) = bubble.and_then(|bubble| Some(bubble.stored()?.id)) {
        spawn_local(async move {
            match api::message_versions(id).await {
                // The dialog may be closed by now.
                Ok(found) => drop(texts.try_set(Some(found))),
                Err(_) if texts.is_disposed() => {}
                Err(error) => {
                    inbox.overlay.set(None);
                    inbox.notice.set(Some(error));
                }
            }
        });
    }
    let list = erased_view(move || match texts.get() {
        None => t!(locale, actions.loading).into_any(),
        Some(texts) => {
            let rows = texts.into_iter().map(|version| row(locale, clock, version));
            element("OL", &[("class", Some(class))], rows.collect::<Vec<_>>().into_any())
        }
    });
    let content = view! {
        <h2>{t!(locale, actions.versions)}</h2>
        <div aria-live="polite">{list}</div>
        <div class="dialog-buttons">
            <button class="button quiet" type="button" data-close="">{t!(locale, actions.close)}</button>
        </div>
    };
    modal(&overlay.key, "dialog", t!(locale, actions.versions), content.into_any())
}

fn row(locale: Locale, clock: Clock, version: Version) -> AnyView {
    let at = clock.zone.get().local(version.at);
    let when = format!("{}, {}", day(locale, at.date(), clock.today.get()), hour_minute(at));
    let own_direction = [("class", Some("version")), ("dir", Some("auto"))];
    let author = match version.author {
        Some(Author::User { name }) => Some(name),
        Some(Author::Phone) => Some(t!(locale, actions.by_phone).to_owned()),
        Some(Author::Contact { .. }) | None => None,
    };
    let mut about = Vec::new();
    if let Some(author) = author {
        about.push(element("SPAN", &[("dir", Some("auto"))], author.into_any()));
        about.push(" · ".into_any());
    }
    about.push(when.into_any());
    let parts = vec![
        element("P", &own_direction, version.text.into_any()),
        element("SMALL", &[], about.into_any()),
    ];
    element("LI", &[], parts.into_any())
}
