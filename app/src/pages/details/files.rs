use leptos::prelude::*;
use model::{ChatId, DetailsPart, Media, MediaState, Message, MessageKind, SharedLink, bounds};

use super::address;
use crate::components::{Glyph, Icon};
use crate::i18n::{Locale, t, use_locale};
use crate::labels;
use crate::pages::{Exact, LocalTime};

/// The pictures and videos, the links, the documents or the favourites of a conversation. The drawer loads the other parts,
/// and older ones, as the same page has them.
#[component]
pub(super) fn Files(
    chat: ChatId,
    part: DetailsPart,
    files: Vec<Message>,
    links: Vec<SharedLink>,
    older: Option<i64>,
) -> impl IntoView {
    let locale = use_locale();
    let tabs = DetailsPart::ALL.map(|one| {
        let current = (one == part).then_some("page");
        view! {
            <a href=address(chat, one, None) aria-current=current data-part="">{name(locale, one)}</a>
        }
    });
    let nothing = files.is_empty() && links.is_empty();
    let nothing = nothing.then(|| match older {
        Some(_) => t!(locale, details.none_lately),
        None => t!(locale, details.nothing),
    });
    let list = match part {
        DetailsPart::Media => {
            let files = files.into_iter().map(|file| view! { <Shot file /> });
            view! { <ul class="details-shots" data-items="">{files.collect_view()}</ul> }.into_any()
        }
        DetailsPart::Documents => {
            let files = files.into_iter().map(|file| view! { <Document file /> });
            view! { <ul class="details-lines" data-items="">{files.collect_view()}</ul> }.into_any()
        }
        DetailsPart::Starred => {
            let files = files.into_iter().map(|message| view! { <Favourite message /> });
            view! { <ul class="details-lines" data-items="">{files.collect_view()}</ul> }.into_any()
        }
        DetailsPart::Links => {
            let links = links.into_iter().map(|link| view! { <Link link /> });
            view! { <ul class="details-lines" data-items="">{links.collect_view()}</ul> }.into_any()
        }
    };
    let more = older.map(|older| {
        let address = address(chat, part, Some(older));
        view! { <p><a class="link" href=address data-older="">{t!(locale, details.older)}</a></p> }
    });
    view! {
        <section id="details-files" tabindex="-1" aria-label=t!(locale, details.files)>
            <nav class="details-parts" aria-label=t!(locale, details.parts)>{tabs.collect_view()}</nav>
            {nothing.map(|words| view! { <p class="muted">{words}</p> })}
            {list}
            {more}
            <p
                class="muted"
                role="status"
                data-busy=t!(locale, details.loading)
                data-failed=t!(locale, error.unreachable)
            ></p>
        </section>
    }
    .into_any()
}

fn name(locale: Locale, part: DetailsPart) -> &'static str {
    match part {
        DetailsPart::Media => t!(locale, details.media),
        DetailsPart::Links => t!(locale, details.links),
        DetailsPart::Documents => t!(locale, details.documents),
        DetailsPart::Starred => t!(locale, details.starred),
    }
}

/// A picture or a video, by its small picture.
#[component]
fn Shot(file: Message) -> impl IntoView {
    let locale = use_locale();
    let name = labels::kind(locale, file.kind).unwrap_or_default();
    let stored = file.media.as_ref().is_some_and(|media| media.state == MediaState::Stored);
    let preview = file.media.as_ref().is_some_and(|media| media.preview);
    let src = match (preview, file.kind) {
        (true, _) => Some(Media::preview_address(file.id)),
        (false, MessageKind::Image) if stored => Some(Media::address(file.id)),
        _ => None,
    };
    let icon = if file.kind == MessageKind::Video { Glyph::Forward } else { Glyph::Photo };
    let mark =
        (src.is_none() || file.kind == MessageKind::Video).then(|| view! { <Icon of=icon /> });
    let picture = src.map(|src| view! { <img src=src alt="" loading="lazy" decoding="async" /> });
    let about =
        view! { <span class="sr">{name}" "<LocalTime at=file.sent_at to=Exact::Minute /></span> };
    let content = view! { {picture}{mark}{about} }.into_any();
    match stored {
        true => view! {
            <li><a href=Media::address(file.id) target="_blank">{content}</a></li>
        }
        .into_any(),
        false => view! { <li><span>{content}</span></li> }.into_any(),
    }
}

/// A document, by its name.
#[component]
fn Document(file: Message) -> impl IntoView {
    let locale = use_locale();
    let media = file.media;
    let stored = media.as_ref().is_some_and(|media| media.state == MediaState::Stored);
    let size = media.as_ref().map(|media| labels::bytes(locale, media.size)).unwrap_or_default();
    let kind = labels::kind(locale, file.kind).unwrap_or_default();
    let name = media.and_then(|media| media.name).unwrap_or_else(|| kind.to_owned());
    let name = match stored {
        true => view! {
            <a href=Media::address(file.id) target="_blank" dir="auto">{name}</a>
        }
        .into_any(),
        false => view! { <span dir="auto">{name}</span> }.into_any(),
    };
    view! {
        <li>
            {name}
            <span class="muted">{size}" · "<LocalTime at=file.sent_at to=Exact::Minute /></span>
        </li>
    }
    .into_any()
}

/// A favourite message, by the beginning of its text or by its kind. A stored file is a link.
#[component]
fn Favourite(message: Message) -> impl IntoView {
    let locale = use_locale();
    let stored = message.media.as_ref().is_some_and(|media| media.state == MediaState::Stored);
    let beginning: String = message.text.chars().take(bounds::EXCERPT).collect();
    let words = match labels::kind(locale, message.kind) {
        None => beginning,
        Some(kind) if beginning.is_empty() => kind.to_owned(),
        Some(kind) => format!("{kind}: {beginning}"),
    };
    let words = match stored {
        true => view! {
            <a href=Media::address(message.id) target="_blank" dir="auto">{words}</a>
        }
        .into_any(),
        false => view! { <span dir="auto">{words}</span> }.into_any(),
    };
    view! {
        <li>
            {words}
            <span class="muted"><LocalTime at=message.sent_at to=Exact::Minute /></span>
        </li>
    }
    .into_any()
}

#[component]
fn Link(link: SharedLink) -> impl IntoView {
    view! {
        <li>
            <a href=link.address target="_blank" rel="noopener noreferrer nofollow" dir="ltr">
                {link.written}
            </a>
            <span class="muted"><LocalTime at=link.sent_at to=Exact::Minute /></span>
        </li>
    }
    .into_any()
}
