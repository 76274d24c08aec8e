use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use model::{Chat, ChatAspect, ChatChange, ChatId, ChatMark, Muted};

use super::local_time::{Exact, HERE, with_time};
use super::{Refused, framed, title};
use crate::ApiError;
use crate::api::{self, CONFIRM};
use crate::components::{Glyph, Icon};
use crate::i18n::{Locale, t, use_locale};
use crate::inbox::Place;

/// The parameter of the page that asks again: what is to be done.
const WHAT: &str = "fazer";

/// What is asked again before it is done, or has a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Confirmed {
    Mute,
    Clear,
    Delete,
    Block,
}

impl Confirmed {
    const ALL: [Self; 4] = [Self::Mute, Self::Clear, Self::Delete, Self::Block];

    fn as_str(self) -> &'static str {
        match self {
            Self::Mute => "silenciar",
            Self::Clear => "limpar",
            Self::Delete => "apagar",
            Self::Block => "bloquear",
        }
    }
}

fn requested_chat() -> Option<ChatId> {
    use_params_map().with_untracked(|map| map.get("id")?.parse().ok())
}

/// `/atendente/inbox-pirata/chat/:id/opcoes`: what can be done with a conversation as a whole.
///
/// The inbox shows the part `#chat-options` as a menu (`browser/later/chat-options.js`). Its forms work without
/// scripts too.
#[component]
pub(crate) fn ChatOptions() -> impl IntoView {
    let locale = use_locale();
    let chat = requested_chat();
    let data = async move { api::chat_options(chat.ok_or(ApiError::NotFound)?).await };
    view! {
        <Title text=title(locale, t!(locale, options.title)) />
        {framed(data, move |options: model::ChatOptions| view! {
            <main class="page narrow">
                <header>
                    <h1>{t!(locale, options.title)}</h1>
                    <p class="lead" dir="auto">{options.chat.name.clone()}</p>
                </header>
                <section class="panel">
                    <Menu options />
                </section>
            </main>
        }
        .into_any())}
    }
}

#[component]
fn Menu(options: model::ChatOptions) -> impl IntoView {
    let locale = use_locale();
    let model::ChatOptions { chat, muted, refused, has_cleared, can_remove } = options;
    let has = |mark| chat.marks.has(mark);
    let id = chat.id;
    let change = move |change: ChatChange, icon, name: &'static str, hint| {
        let fields = [("change", change.as_str())];
        item(id, api::ChangeChat::url(), fields, icon, name, hint)
    };
    let archive = match has(ChatMark::Archived) {
        true => change(ChatChange::Unarchive, Glyph::Archive, t!(locale, options.unarchive), None),
        false => change(ChatChange::Archive, Glyph::Archive, t!(locale, options.archive), None),
    };
    let pin = match chat.pinned {
        Some(_) => change(ChatChange::Unpin, Glyph::Pin, t!(locale, options.unpin), None),
        None => change(ChatChange::Pin, Glyph::Pin, t!(locale, options.pin), None),
    };
    let mute = match muted {
        Some(muted) => {
            let until = Some(until(locale, muted));
            change(ChatChange::Unmute, Glyph::Bell, t!(locale, options.unmute), until)
        }
        None => confirmed(id, Confirmed::Mute, Glyph::Muted, t!(locale, options.mute)),
    };
    let unread = t!(locale, options.mark_unread);
    let unread = change(ChatChange::MarkUnread, Glyph::Unread, unread, None);
    let block = (!chat.group).then(|| block(locale, &chat));
    let removals = can_remove.then(|| {
        view! {
            {has_cleared.then(|| {
                let (url, name) = (api::ShowCleared::url(), t!(locale, options.show_cleared));
                item(id, url, [("", ""); 1], Glyph::Chats, name, None)
            })}
            {confirmed(id, Confirmed::Clear, Glyph::Clear, t!(locale, options.clear))}
            {confirmed(id, Confirmed::Delete, Glyph::Trash, t!(locale, options.delete))}
        }
    });
    view! {
        <div id="chat-options" class="chat-options" data-title=t!(locale, options.title)>
            <Refused action=api::ChangeChat::url() />
            <Refused action=api::BlockContact::url() />
            <Refused action=api::ShowCleared::url() />
            {refused.map(|aspect| view! { <RefusedByWhatsApp id aspect /> })}
            <p class="muted" role="status" data-failed=t!(locale, error.unreachable)></p>
            <div class="items">
                {archive}
                {pin}
                {mute}
                {unread}
                {block}
                {removals}
            </div>
        </div>
    }
    .into_any()
}

/// The item that blocks the person of a conversation, or ends that.
pub(super) fn block(locale: Locale, chat: &Chat) -> AnyView {
    if chat.marks.has(ChatMark::Blocked) {
        let (url, name) = (api::BlockContact::url(), t!(locale, options.unblock));
        return item(chat.id, url, [("blocked", "false")], Glyph::Block, name, None);
    }
    confirmed(chat.id, Confirmed::Block, Glyph::Block, t!(locale, options.block))
}

/// An item that sends a form at once. A field without a name is left out.
fn item(
    chat: ChatId,
    action: &'static str,
    fields: [(&'static str, &'static str); 1],
    icon: Glyph,
    name: &'static str,
    hint: Option<AnyView>,
) -> AnyView {
    let fields = fields.into_iter().filter(|(name, _)| !name.is_empty());
    let fields =
        fields.map(|(name, value)| view! { <input type="hidden" name=name value=value /> });
    view! {
        <form method="post" action=action>
            <input type="hidden" name="chat" value=chat.to_string() />
            {fields.collect_view()}
            <button>
                <Icon of=icon />
                <span>{name}</span>
                {hint.map(|hint| view! { <small>{hint}</small> })}
            </button>
        </form>
    }
    .into_any()
}

/// An item that leads to the page that asks again.
fn confirmed(chat: ChatId, what: Confirmed, icon: Glyph, name: &'static str) -> AnyView {
    view! {
        <form action=format!("{}/{CONFIRM}", api::options_page(chat))>
            <input type="hidden" name=WHAT value=what.as_str() />
            <button>
                <Icon of=icon />
                <span>{name}</span>
            </button>
        </form>
    }
    .into_any()
}

/// What WhatsApp refused, until somebody has read it.
#[component]
fn RefusedByWhatsApp(id: ChatId, aspect: ChatAspect) -> impl IntoView {
    let locale = use_locale();
    let what = match aspect {
        ChatAspect::Archive => t!(locale, options.refused_archive),
        ChatAspect::Pin => t!(locale, options.refused_pin),
        ChatAspect::Mute => t!(locale, options.refused_mute),
        ChatAspect::Unread => t!(locale, options.refused_unread),
        ChatAspect::Star => t!(locale, options.refused_star),
        ChatAspect::Clear => t!(locale, options.refused_clear),
        ChatAspect::Delete => t!(locale, options.refused_delete),
        ChatAspect::Block => t!(locale, options.refused_block),
    };
    view! {
        <div class="form-error" role="alert">
            <p><Icon of=Glyph::Alert /><span>{what}</span></p>
        </div>
        <div class="items">
            {item(
                id,
                api::ChangeChat::url(),
                [("change", ChatChange::DismissRefusal.as_str())],
                Glyph::Check,
                t!(locale, options.dismiss),
                None,
            )}
        </div>
    }
}

/// The end of a mute.
fn until(locale: Locale, muted: Muted) -> AnyView {
    match muted {
        Muted::Always => t!(locale, options.muted_always).into_any(),
        Muted::Until(at) => {
            let words = t!(locale, options.muted_until, date = HERE).to_string();
            with_time(&words, at, Exact::Minute)
        }
    }
}

/// `/atendente/inbox-pirata/chat/:id/opcoes/confirmar?fazer=…`: asks again before something is done, or for how
/// long.
///
/// The inbox shows the part `#chat-confirm` in a dialog (`browser/later/chat-options.js`). The form works without
/// scripts too.
#[component]
pub(crate) fn ChatConfirm() -> impl IntoView {
    let locale = use_locale();
    let chat = requested_chat();
    let what = use_query_map().with_untracked(|query| query.get(WHAT));
    let data = async move {
        let options = api::chat_options(chat.ok_or(ApiError::NotFound)?).await?;
        let asked = Confirmed::ALL.into_iter().find(|one| Some(one.as_str()) == what.as_deref());
        let asked = asked.unwrap_or(Confirmed::Mute);
        let removes = matches!(asked, Confirmed::Clear | Confirmed::Delete);
        let cannot =
            (removes && !options.can_remove) || (asked == Confirmed::Block && options.chat.group);
        if cannot { Err(ApiError::NotFound) } else { Ok((asked, options)) }
    };
    view! {
        <Title text=title(locale, t!(locale, options.title)) />
        {framed(data, move |(asked, options): (Confirmed, model::ChatOptions)| view! {
            <main class="page narrow">
                <header>
                    <h1>{heading(locale, asked)}</h1>
                    <p class="lead" dir="auto">{options.chat.name.clone()}</p>
                </header>
                <section class="panel">
                    <Confirmation asked chat=options.chat.id />
                </section>
            </main>
        }
        .into_any())}
    }
}

fn heading(locale: Locale, asked: Confirmed) -> &'static str {
    match asked {
        Confirmed::Mute => t!(locale, options.mute_title),
        Confirmed::Clear => t!(locale, options.clear_title),
        Confirmed::Delete => t!(locale, options.delete_title),
        Confirmed::Block => t!(locale, options.block_title),
    }
}

#[component]
fn Confirmation(asked: Confirmed, chat: ChatId) -> impl IntoView {
    let locale = use_locale();
    let (action, lead, submit) = match asked {
        Confirmed::Mute => {
            (api::ChangeChat::url(), t!(locale, options.mute_how), t!(locale, options.mute_submit))
        }
        Confirmed::Clear => {
            (api::ClearChat::url(), t!(locale, options.clear_how), t!(locale, options.clear_submit))
        }
        Confirmed::Delete => {
            let submit = t!(locale, options.delete_submit);
            (api::ClearChat::url(), t!(locale, options.delete_how), submit)
        }
        Confirmed::Block => {
            let submit = t!(locale, options.block_submit);
            (api::BlockContact::url(), t!(locale, options.block_how), submit)
        }
    };
    let hidden = |name: &'static str, value: &'static str| {
        view! { <input type="hidden" name=name value=value /> }.into_any()
    };
    let fields = match asked {
        Confirmed::Mute => mute_choices(locale),
        Confirmed::Clear => hidden("whole", "false"),
        Confirmed::Delete => hidden("whole", "true"),
        Confirmed::Block => hidden("blocked", "true"),
    };
    let class = if asked == Confirmed::Mute { "button" } else { "button danger" };
    let back = Place { chat: Some(chat), ..Place::default() }.address();
    view! {
        <div id="chat-confirm" data-title=heading(locale, asked)>
            <form method="post" action=action>
                <input type="hidden" name="chat" value=chat.to_string() />
                <div class="stack">
                    <p>{lead}</p>
                    {fields}
                    <Refused action />
                    <p
                        class="muted"
                        role="status"
                        data-busy=t!(locale, options.saving)
                        data-failed=t!(locale, error.unreachable)
                    ></p>
                </div>
                <div class="dialog-buttons">
                    <a class="button quiet" href=back data-close="">{t!(locale, actions.cancel)}</a>
                    <button class=class>{submit}</button>
                </div>
            </form>
        </div>
    }
    .into_any()
}

fn mute_choices(locale: Locale) -> AnyView {
    let choices = [
        (ChatChange::MuteHours, t!(locale, options.mute_hours)),
        (ChatChange::MuteWeek, t!(locale, options.mute_week)),
        (ChatChange::MuteAlways, t!(locale, options.mute_always)),
    ];
    let choices = choices.into_iter().map(|(choice, name)| {
        let is_first = choice == ChatChange::MuteHours;
        view! {
            <label class="check">
                <input type="radio" name="change" value=choice.as_str() required checked=is_first />
                <span>{name}</span>
            </label>
        }
    });
    view! {
        <fieldset class="choices">
            <legend>{t!(locale, options.mute_for)}</legend>
            {choices.collect_view()}
        </fieldset>
    }
    .into_any()
}
