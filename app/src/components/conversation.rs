use leptos::prelude::*;
use model::content::System;
use model::{ChatId, ChatMark, Notice};

use super::composer::Composer;
use super::element::element;
use super::icon::link_html;
use super::message_log::MessageLog;
use super::privacy::Privacy;
use super::{Avatar, Glyph, Icon, bool_signal, erased_view, text_signal};
use crate::api;
use crate::i18n::{t, use_locale};
use crate::inbox::{Open, use_inbox};
use crate::labels;

/// One conversation: its contact, its messages, and the composer.
#[component]
pub(crate) fn Conversation(id: ChatId) -> impl IntoView {
    let locale = use_locale();
    let inbox = use_inbox();
    let chat = Signal::derive(move || match inbox.open.get() {
        Open::Ready(chat) if chat.id == id => Some(chat),
        _ => None,
    });
    let name = text_signal(move || chat.get().map(|chat| chat.name).unwrap_or_default());
    let picture = text_signal(move || chat.get().map(|chat| chat.picture).unwrap_or_default());
    let connection = Signal::derive(move || inbox.connection(chat.get()?.connection));
    let typing = bool_signal(move || inbox.typing(locale, id).is_some());
    let blocked = Memo::new(move |_| {
        chat.with(|chat| chat.as_ref().is_some_and(|chat| chat.marks.has(ChatMark::Blocked)))
    });
    // The phone, unless it is the name already; and the number of ours, if there are several.
    let about = text_signal(move || {
        if let Some(words) = inbox.typing(locale, id) {
            return words.to_owned();
        }
        let number = chat.get().and_then(|chat| chat.phone).map(|phone| phone.as_str().to_owned());
        let number = number.filter(|number| *number != name.get());
        let several = inbox.has_several();
        let through = connection.get().filter(|_| several).map(|one| labels::number(&one));
        let private = chat.get().filter(|chat| chat.private);
        let private = private.map(|_| t!(locale, chat.only_you).to_owned());
        let restricted = chat.get().filter(|chat| chat.restricted);
        let restricted = restricted.map(|_| t!(locale, chat.only_some).to_owned());
        let timer = chat.get().map(|chat| chat.timer).filter(|seconds| *seconds > 0);
        let timer =
            timer.map(|seconds| labels::notice(locale, Notice::System(System::Timer { seconds })));
        let refused = chat.get().filter(|chat| chat.marks.has(ChatMark::Refused));
        let refused = refused.map(|_| t!(locale, chat.refused).to_owned());
        // Its members come before.
        let group = chat.get().filter(|chat| chat.group).map(|_| String::new());
        let parts = [group, refused, number, through, private, restricted, timer];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
    });
    let is_group = bool_signal(move || chat.get().is_some_and(|chat| chat.group));
    // `browser/later/groups/members.js` shows their names in place of their number.
    let members = erased_view(move || {
        let group = chat.get().filter(|chat| chat.group && !typing.get());
        let Some(group) = group else { return ().into_any() };
        let words = match group.members {
            0 => t!(locale, chat.group).to_owned(),
            1 => t!(locale, chat.members_one).to_owned(),
            n => t!(locale, chat.members, n = n).to_string(),
        };
        let (id, count) = (id.to_string(), group.members.to_string());
        let attributes = [("data-chat", Some(&*id)), ("data-count", Some(&*count))];
        element("GROUP-MEMBERS", &attributes, words.into_any())
    });
    // `browser/later/groups/group-data.js` shows the first page beside the conversation,
    // `browser/later/chat-timer.js` the second in a dialog, and `browser/later/chat-options.js` the third as a
    // menu. The style sheet hides the first where there is no group, and the others from those who may not write.
    let tools = [
        (
            api::group_page(id),
            r#"aria-haspopup="dialog" data-group"#,
            t!(locale, group.title),
            Glyph::People,
        ),
        (
            api::timer_page(id),
            r#"aria-haspopup="dialog" data-timer"#,
            t!(locale, timer.title),
            Glyph::Clock,
        ),
        (
            api::options_page(id),
            r#"aria-haspopup="menu" data-options"#,
            t!(locale, options.title),
            Glyph::More,
        ),
    ];
    let tools =
        tools.map(|(page, attributes, name, glyph)| link_html(&page, attributes, name, glyph));
    let tools = tools.concat();
    view! {
        <section class="conversation" class:group=is_group aria-labelledby="conversation-name">
            <header class="conversation-head">
                <a
                    href=text_signal(move || inbox.beside_list(None).address())
                    class="round back"
                    aria-label=t!(locale, chat.back)
                    on:click=move |event| inbox.follow_link(&event, untrack(|| inbox.beside_list(None)))
                >
                    <Icon of=Glyph::Back />
                </a>
                <Avatar name seed=id.0 small=true picture />
                <div class="who">
                    // `browser/later/details.js` shows the page about a person in a drawer, and
                    // `browser/later/groups/group-data.js` that about a group.
                    <h2 id="conversation-name" dir="auto">
                        <a
                            href=text_signal(move || match is_group.get() {
                                true => api::group_page(id),
                                false => api::details_page(id),
                            })
                            title=text_signal(move || match is_group.get() {
                                true => t!(locale, group.title).to_owned(),
                                false => t!(locale, details.title).to_owned(),
                            })
                            aria-haspopup="dialog"
                            data-details=""
                        >
                            {name}
                        </a>
                    </h2>
                    <p class="muted" class:typing=typing>{members}{about}</p>
                </div>
                <Privacy id chat />
                <span class="head-tools" inner_html=tools></span>
            </header>
            <MessageLog />
            <Composer id connection blocked />
        </section>
    }
    .into_any()
}
