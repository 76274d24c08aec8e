use chrono::TimeDelta;
use leptos::prelude::*;
use model::message::AWAITED_FOR;
use model::{Author, Delivery, FailReason, MediaState, Message, MessageId, MessageKind, Piece};

use super::author::author_class;
use super::avatar::initials;
use super::icon::button_html;
use super::marks::marks_html;
use super::media::{File, FileOf};
use super::moment::Moment;
use super::pending::pending;
use super::quote::head;
use super::reactions::chips;
use super::rich::rich;
use super::ticks::Ticks;
use super::{Glyph, bool_signal, erased_view, text_signal};
use crate::clock::{Clock, hour_minute, use_clock};
use crate::i18n::{Locale, t, use_locale};
use crate::inbox::{self, BubbleKey, Opened, Overlay, UnsentState, asks_for_this_tab, use_inbox};
use crate::labels;

/// A bubble younger than this has just arrived and is animated.
const FRESH: TimeDelta = TimeDelta::seconds(4);

/// One message. The listener for its buttons is `browser/later/actions.js`.
#[component]
pub(crate) fn Bubble(
    key: BubbleKey,
    starts_group: bool,
    /// The buttons beside it, as HTML.
    bar: StoredValue<String>,
) -> impl IntoView {
    let locale = use_locale();
    let inbox = use_inbox();
    let cell = RwSignal::from(inbox.bubbles.cell(&key)?);
    let (out, at_first) = cell.with_untracked(|bubble| (bubble.is_outgoing(), bubble.at()));
    // A notice always says who it is from.
    let starts_group =
        starts_group || cell.with_untracked(inbox::Bubble::kind) == MessageKind::System;
    let fresh = use_clock().now.get_untracked() - at_first < FRESH;

    let at = Signal::derive(move || cell.with(inbox::Bubble::at));
    let zone = use_clock().zone;
    let time = text_signal(move || hour_minute(zone.get().local(at.get())));
    // No memos: the elements of these views stay when they are built again.
    let above = erased_view(move || cell.with(|bubble| head(locale, inbox, bubble)));
    let below = erased_view(move || cell.with(|bubble| pending(locale, inbox, bubble)));
    let reactions = erased_view(move || cell.with(|bubble| chips(locale, bubble)));
    let name = key.to_string();
    let editor = erased_view(move || {
        let editing = inbox.editing.get().filter(|editing| editing.key == key);
        editing.map_or_else(|| ().into_any(), Overlay::view)
    });
    let author = text_signal(move || {
        cell.with(|bubble| author_name(locale, bubble, inbox)).unwrap_or_default()
    });
    let nameless = bool_signal(move || !starts_group || author.with(String::is_empty));
    // The member of a group has a colour, and initials beside the bubble.
    let (by, letters) = match cell.with_untracked(inbox::Bubble::sender) {
        Some(sender) => (
            author_class("by", sender),
            cell.with_untracked(|bubble| author_name(locale, bubble, inbox)),
        ),
        None => ("by".to_owned(), None),
    };
    let letters = letters.as_deref().map(initials).unwrap_or_default();
    let marks = text_signal(move || cell.with(|bubble| marks_html(locale, bubble)));
    let clock = use_clock();
    let named = text_signal(move || cell.with(|bubble| name_of(locale, bubble, clock)));
    let elsewhere = bool_signal(move || cell.with(|bubble| !is_elsewhere(bubble)));
    // The whole of a long text, once it was loaded.
    let whole = RwSignal::new(None::<Opened>);
    let words = erased_view(move || rich(cell.with(|bubble| pieces_of(bubble, whole.get()))));
    let rest = Memo::new(move |_| cell.with(|bubble| rest_of(bubble, whole.get())));
    let more = erased_view(move || match rest.get() {
        Some(message) => view! {
            <a
                class="more"
                href=Message::text_address(message)
                target="_blank"
                on:click=move |event| {
                    if asks_for_this_tab(&event) {
                        event.prevent_default();
                        inbox.read_on(message, cell, whole);
                    }
                }
            >
                {t!(locale, chat.read_on)}
            </a>
        }
        .into_any(),
        None => ().into_any(),
    });
    let delivery = Signal::derive(move || cell.with(delivery));
    let failure =
        text_signal(move || cell.with(|bubble| failure(locale, bubble)).unwrap_or_default());

    let mut class = String::from("msg");
    let mentioned =
        cell.with_untracked(|bubble| bubble.stored().is_some_and(|message| message.mentions_us));
    let classes =
        [(" out", out), (" first", starts_group), (" fresh", fresh), (" mentioned", mentioned)];
    for (class_, given) in classes {
        if given {
            class.push_str(class_);
        }
    }
    let file = Memo::new(move |_| cell.with(file_of));
    let file = erased_view(move || match file.get() {
        Some(file) => view! { <FileOf file zone=zone.get() /> }.into_any(),
        None => ().into_any(),
    });
    // An outgoing message can fail; an incoming one can lack its file.
    let failed = (out || cell.with_untracked(|bubble| bubble.kind() != MessageKind::Text)).then(|| {
        view! {
            <p class="msg-failed" role="alert" hidden=bool_signal(move || failure.with(String::is_empty))>
                <span>{failure}</span>
                <button
                    class="link"
                    hidden=bool_signal(move || cell.with(is_refused))
                    on:click=move |_| inbox.retry(cell.get_untracked())
                >
                    {t!(locale, delivery.retry)}
                </button>
            </p>
        }
    });
    let view = view! {
        <article
            class=class
            class:gone=bool_signal(move || cell.with(|bubble| bubble.kind().is_inert()))
            class:system=bool_signal(move || cell.with(|bubble| bubble.kind() == MessageKind::System))
            class:menu-only=bool_signal(move || !cell.with(inbox::Bubble::takes_answers))
            tabindex="-1"
            data-key=name
        >
            <span class=by dir="auto" data-initials=letters hidden=nameless>{author}</span>
            <span class="named" hidden=bool_signal(move || named.with(String::is_empty))>
                <strong>{named}</strong>
                <span class="muted" hidden=elsewhere>{t!(locale, kind.on_phone)}</span>
            </span>
            {above}
            {file}
            <div class="text" dir="auto">{words}</div>
            {more}
            {editor}
            <span class="meta">
                <button
                    class="edited"
                    type="button"
                    data-act="versions"
                    hidden=bool_signal(move || !cell.with(is_edited))
                >
                    {t!(locale, chat.edited)}
                </button>
                <span class="marks" inner_html=marks></span>
                <Moment at words=time />
                <Ticks delivery />
            </span>
            {failed}
            {below}
            {reactions}
            // New messages are read aloud; the buttons beside them are not.
            <span class="acts" aria-live="off" inner_html=bar.get_value()></span>
        </article>
    };
    Some(view.into_any())
}

/// The name of a kind that is not shown completely yet; empty for text.
fn name_of(locale: Locale, bubble: &inbox::Bubble, clock: Clock) -> String {
    let name = match bubble {
        inbox::Bubble::Stored(Message { notice: Some(notice), .. }) => {
            return labels::notice(locale, *notice);
        }
        inbox::Bubble::Stored(message)
            if message.kind == MessageKind::Undecryptable
                && clock.now.get() - message.sent_at > AWAITED_FOR =>
        {
            t!(locale, kind.unreadable)
        }
        // The text is its sentence.
        inbox::Bubble::Stored(message)
            if message.kind == MessageKind::System && !message.text.is_empty() =>
        {
            ""
        }
        // The file shows what it is.
        inbox::Bubble::Stored(Message { media: Some(_), .. }) | inbox::Bubble::Unsent(_) => "",
        inbox::Bubble::Stored(message) => labels::kind(locale, message.kind).unwrap_or_default(),
    };
    name.to_owned()
}

fn file_of(bubble: &inbox::Bubble) -> Option<File> {
    match bubble {
        inbox::Bubble::Stored(message) => {
            let media = message.media.clone()?;
            let uploading =
                media.state == MediaState::Uploading && message.delivery == Some(Delivery::Queued);
            Some(File { message: message.id, kind: message.kind, media, uploading })
        }
        inbox::Bubble::Unsent(_) => None,
    }
}

/// Returns true if a retry cannot help: its file is never requested, because it was refused, or is not
/// on the server, because its browser did not send all of it.
fn is_refused(bubble: &inbox::Bubble) -> bool {
    let state = bubble.stored().and_then(|message| Some(message.media.as_ref()?.state));
    matches!(state, Some(MediaState::Refused | MediaState::Uploading))
}

/// Returns true if the phone shows more of it than this page does.
fn is_elsewhere(bubble: &inbox::Bubble) -> bool {
    match bubble {
        inbox::Bubble::Stored(message) => {
            use MessageKind::{Contact, Location, Poll, Text};
            let is_whole = matches!(message.kind, Text | Location | Contact | Poll);
            !is_whole && !message.kind.is_inert()
        }
        inbox::Bubble::Unsent(_) => false,
    }
}

/// The text, or the caption. The server finds its formatting.
fn pieces_of(bubble: &inbox::Bubble, whole: Option<Opened>) -> Vec<Piece> {
    let (text, rich) = match bubble {
        inbox::Bubble::Stored(message) => match whole.filter(|whole| is_of(message, whole)) {
            Some((.., whole)) => (whole.text, whole.rich),
            None => (message.text.clone(), message.rich.clone()),
        },
        inbox::Bubble::Unsent(unsent) => (unsent.text.clone(), Vec::new()),
    };
    if rich.is_empty() && !text.is_empty() { vec![Piece::words(&text)] } else { rich }
}

/// The message, if only a part of its text is shown.
fn rest_of(bubble: &inbox::Bubble, whole: Option<Opened>) -> Option<MessageId> {
    match bubble {
        inbox::Bubble::Stored(message)
            if message.more && whole.is_none_or(|whole| !is_of(message, &whole)) =>
        {
            Some(message.id)
        }
        _ => None,
    }
}

/// Returns true if the text was loaded for the current version of the message. An edit may leave
/// its beginning as it was.
fn is_of(message: &Message, (beginning, edit, _): &Opened) -> bool {
    *beginning == message.text && *edit == message.edited
}

fn is_edited(bubble: &inbox::Bubble) -> bool {
    let edited = |message: &Message| message.edited.is_some() && !message.kind.is_inert();
    bubble.stored().is_some_and(edited)
}

/// The buttons beside a bubble, as HTML: they are the same for all. Only the last is in the order of
/// the Tab key, since its menu has the others.
pub(super) fn bar(locale: Locale) -> String {
    let react = r#"data-act="react" tabindex="-1""#;
    let reply = r#"data-act="reply" tabindex="-1""#;
    let menu = r#"data-act="menu" aria-haspopup="menu""#;
    [
        button_html(react, t!(locale, actions.react), Glyph::Smile),
        button_html(reply, t!(locale, actions.reply), Glyph::Reply),
        button_html(menu, t!(locale, actions.more), Glyph::Chevron),
    ]
    .concat()
}

/// The author, if the team needs to know: the user, the phone, the member of a group.
fn author_name(locale: Locale, bubble: &inbox::Bubble, inbox: inbox::Inbox) -> Option<String> {
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
            // The sentence below it states the problem.
            UnsentState::Failed(_) => None,
        },
    }
}

fn failure(locale: Locale, bubble: &inbox::Bubble) -> Option<String> {
    match bubble {
        inbox::Bubble::Stored(message) => match message.delivery {
            Some(Delivery::Failed { reason: FailReason::Expired }) if is_refused(bubble) => {
                Some(t!(locale, media.incomplete).to_owned())
            }
            Some(Delivery::Failed { reason }) => {
                Some(labels::fail_reason(locale, reason).to_owned())
            }
            _ => {
                let media = message.media.as_ref()?;
                Some(labels::media_trouble(locale, media.state).to_owned())
            }
        },
        inbox::Bubble::Unsent(unsent) => match &unsent.state {
            UnsentState::Sending => None,
            UnsentState::Failed(error) => Some(labels::error(locale, error)),
        },
    }
}

#[cfg(test)]
mod tests {
    use model::{Media, MediaView, WholeText};

    use super::*;

    #[test]
    fn an_edit_beyond_the_beginning_closes_the_whole_text() {
        let shows = |edited| {
            let mut bubble = inbox::Bubble::Stored(fixtures::message(1));
            let inbox::Bubble::Stored(stored) = &mut bubble else { panic!() };
            (stored.text, stored.more, stored.edited) = ("era".to_owned(), true, edited);
            let whole = WholeText { text: "era uma vez".to_owned(), rich: Vec::new() };
            let opened: Opened = ("era".to_owned(), Some(1), whole);
            (pieces_of(&bubble, Some(opened.clone())), rest_of(&bubble, Some(opened)))
        };
        assert_eq!(shows(Some(1)), (vec![Piece::words("era uma vez")], None));
        assert_eq!(shows(Some(2)), (vec![Piece::words("era")], Some(MessageId(1))));
    }

    fn uploading(delivery: Delivery) -> inbox::Bubble {
        let media = Media {
            name: None,
            view: MediaView::File,
            size: 9,
            shape: None,
            preview: false,
            seconds: None,
            pages: String::new(),
            voice: None,
            unplayed: false,
            album: None,
            state: MediaState::Uploading,
        };
        let (delivery, media) = (Some(delivery), Some(media));
        inbox::Bubble::Stored(Message { delivery, media, ..fixtures::message(1) })
    }

    #[test]
    fn a_file_that_is_being_sent_has_its_progress_and_one_that_was_given_up_says_why() {
        let is_uploading =
            |bubble: &inbox::Bubble| file_of(bubble).is_some_and(|file| file.uploading);
        let queued = uploading(Delivery::Queued);
        assert!(is_uploading(&queued));
        assert_eq!(failure(Locale::pt_BR, &queued).unwrap_or_default(), "");
        for (reason, words) in [
            (FailReason::Expired, t!(Locale::pt_BR, media.incomplete)),
            (FailReason::Cancelled, t!(Locale::pt_BR, delivery.cancelled)),
        ] {
            let failed = uploading(Delivery::Failed { reason });
            assert_eq!(failure(Locale::pt_BR, &failed).as_deref(), Some(words));
            assert!(
                is_refused(&failed) && !is_uploading(&failed),
                "the server has nothing to retry"
            );
        }
    }
}
