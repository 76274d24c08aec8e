use leptos::prelude::*;
use model::{Chat, ChatId, ChatMark, Preview};

use super::moment::Moment;
use super::ticks::Ticks;
use super::{Avatar, Glyph, Icon, bool_signal, text_signal};
use crate::clock::{short, use_clock};
use crate::i18n::{Locale, t, use_locale};
use crate::inbox::{Open, use_inbox};
use crate::labels;

/// The maximum length of a draft in a row, in characters.
const PREVIEW: usize = 120;

/// One conversation of the list: a link whose name begins with the contact's.
#[component]
pub(crate) fn ChatRow(id: ChatId) -> impl IntoView {
    let locale = use_locale();
    let inbox = use_inbox();
    let clock = use_clock();
    let chat = RwSignal::from(inbox.chats.cell(&id)?);

    let name = text_signal(move || chat.with(|chat| chat.name.clone()));
    let picture = text_signal(move || chat.with(|chat| chat.picture.clone()));
    let typing = bool_signal(move || inbox.typing(locale, id).is_some());
    let draft = text_signal(move || {
        let draft = inbox.draft(id).map(|draft| draft.text);
        draft.unwrap_or_default().chars().take(PREVIEW).collect()
    });
    let preview = text_signal(move || match (inbox.typing(locale, id), draft.get()) {
        (Some(words), _) => words.to_owned(),
        (_, draft) if draft.is_empty() => chat.with(|chat| last_words(locale, chat)),
        (_, draft) => t!(locale, chats.draft, text = draft).to_string(),
    });
    // The member of a group who wrote the last message.
    let by = text_signal(move || {
        let own = typing.get() || !draft.with(String::is_empty);
        let by = chat.with(|chat| chat.preview.as_ref()?.by.clone()).filter(|_| !own);
        by.map(|by| by + ": ").unwrap_or_default()
    });
    let ticks = Signal::derive(move || {
        let own = typing.get() || !draft.with(String::is_empty);
        if own { None } else { chat.with(|chat| chat.preview.as_ref()?.delivery) }
    });
    let at = Signal::derive(move || chat.with(|chat| chat.last_at));
    let time =
        text_signal(move || short(locale, clock.zone.get().local(at.get()), clock.today.get()));
    let read = bool_signal(move || chat.with(|chat| chat.unread == 0));
    let count = text_signal(move || chat.with(|chat| chat.unread.min(999).to_string()));
    let said = text_signal(move || {
        let unread = match chat.with(|chat| chat.unread) {
            0 => String::new(),
            1 => t!(locale, chats.unread_one).to_owned(),
            n => t!(locale, chats.unread, n = n).to_string(),
        };
        chat.with(|chat| marks_in_words(locale, chat)) + &unread
    });
    // The style sheet shows the icons of its marks by their names.
    let marks = text_signal(move || {
        chat.with(|chat| {
            let pinned = if chat.pinned.is_some() { "pinned " } else { "" };
            pinned.to_owned() + &chat.marks.names()
        })
    });
    // The number that received it, if chats of several are listed together.
    let connection = chat.with_untracked(|chat| chat.connection);
    let through = Memo::new(move |_| {
        let together = inbox.number.get().is_none() && inbox.has_several();
        inbox
            .connection(connection)
            .filter(|_| together)
            .map(|one| (labels::number(&one), one.color))
    });
    let label = text_signal(move || through.get().map(|(label, _)| label).unwrap_or_default());
    let color = text_signal(move || {
        through.get().map(|(_, color)| color.as_str().to_owned()).unwrap_or_default()
    });
    let here = text_signal(move || {
        let open = inbox.open.with(Open::id) == Some(id);
        if open { "page" } else { "false" }.to_owned()
    });
    let class = if chat.with_untracked(|chat| chat.group) { "row group" } else { "row" };
    let view = view! {
        <li
            class=class
            class:unread=bool_signal(move || !read.get())
            class:timed=bool_signal(move || chat.with(|chat| chat.timer > 0))
            data-marks=marks
        >
            <a
                href=text_signal(move || inbox.beside_list(Some(id)).address())
                aria-current=here
                on:click=move |event| inbox.follow_link(&event, untrack(|| inbox.beside_list(Some(id))))
            >
                <Avatar name seed=id.0 picture />
                <span class="row-main">
                    <span class="row-name" dir="auto">{name}</span>
                    <span class="row-preview" class:typing=typing>
                        <Ticks delivery=ticks />
                        <span class="row-words" dir="auto"><bdi>{by}</bdi>{preview}</span>
                    </span>
                </span>
                <span class="row-side">
                    <Moment at words=time />
                    <span class="row-marks">
                        <Icon of=Glyph::Pin />
                        <Icon of=Glyph::Muted />
                        <span
                            class="tag"
                            data-color=color
                            hidden=bool_signal(move || label.with(String::is_empty))
                        >
                            {label}
                        </span>
                        <span class="count" aria-hidden="true" hidden=read>{count}</span>
                        <span class="sr">{said}</span>
                    </span>
                </span>
            </a>
        </li>
    };
    Some(view.into_any())
}

/// The marks of a chat that its row shows by icons, for those who do not see them.
fn marks_in_words(locale: Locale, chat: &Chat) -> String {
    let words = [
        (chat.pinned.is_some(), t!(locale, chats.pinned)),
        (chat.marks.has(ChatMark::Muted), t!(locale, chats.muted)),
        (chat.marks.has(ChatMark::Unread), t!(locale, chats.marked_unread)),
    ];
    words
        .into_iter()
        .filter(|(is_set, _)| *is_set)
        .map(|(_, words)| [words, ". "].concat())
        .collect()
}

/// The last message in one line.
fn last_words(locale: Locale, chat: &Chat) -> String {
    match &chat.preview {
        None => String::new(),
        Some(Preview { notice: Some(notice), .. }) => labels::notice(locale, *notice),
        Some(Preview { kind, text, .. }) => match labels::kind(locale, *kind) {
            Some(name) if text.is_empty() => name.to_owned(),
            // The words of a place or a poll do not say what they are of.
            Some(name) if kind.is_card() => format!("{name}: {text}"),
            _ => text.clone(),
        },
    }
}
