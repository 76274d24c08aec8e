use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_split::wasm_split;
use model::{Chat, ChatFilter, ChatId, MessageId, WaMessageId};

use super::super::element::element;
use super::super::{bool_signal, erased_view, text_signal};
use super::modal::modal;
use super::perform::say;
use crate::i18n::{Locale, t, use_locale};
use crate::inbox::{BubbleKey, Inbox, Overlay, use_inbox};
use crate::parts::Missing;
use crate::{ApiError, api, browser, labels};

/// Chats that one message is forwarded to at once.
const MOST: usize = 5;

/// A chosen chat.
#[derive(Debug, Clone, PartialEq)]
struct Target {
    chat: ChatId,
    /// The id of the copy. It stays when a failed request is repeated, so that there is one copy.
    wa_id: WaMessageId,
    outcome: Option<Result<(), ApiError>>,
}

/// The state of the dialog.
#[derive(Clone, Copy)]
struct Forwarding {
    locale: Locale,
    inbox: Inbox,
    source: MessageId,
    chats: RwSignal<Vec<Chat>>,
    /// The last chat of the pages that were loaded here. Only they have all chats of all numbers.
    last: StoredValue<Option<Chat>>,
    /// There may be more chats on the server.
    more: RwSignal<bool>,
    loading: RwSignal<bool>,
    /// The error of the last page.
    failure: RwSignal<Option<ApiError>>,
    query: RwSignal<String>,
    targets: RwSignal<Vec<Target>>,
    sending: RwSignal<bool>,
}

/// Returns the dialog for choosing the chats that a message is forwarded to. It is in a part of its own,
/// because few messages are forwarded, and it is large.
#[wasm_split(forward, wasm_split_path = ::leptos::wasm_split, fallible)]
pub(super) fn forward() -> Result<fn(Overlay) -> AnyView, Missing> {
    Ok(dialog)
}

fn dialog(overlay: Overlay) -> AnyView {
    let locale = use_locale();
    let inbox = use_inbox();
    let bubble = inbox.bubbles.get_untracked(&overlay.key);
    let Some(source) = bubble.and_then(|bubble| Some(bubble.stored()?.id)) else {
        return ().into_any();
    };
    let forwarding = Forwarding {
        locale,
        inbox,
        source,
        chats: RwSignal::new(Vec::new()),
        last: StoredValue::new(None),
        more: RwSignal::new(true),
        loading: RwSignal::new(false),
        failure: RwSignal::new(None),
        query: RwSignal::new(String::new()),
        targets: RwSignal::new(Vec::new()),
        sending: RwSignal::new(false),
    };
    forwarding.add(inbox.chats.matching(|_| true));
    // Only the chats of one number may be listed.
    forwarding.load();

    let list = erased_view(move || forwarding.rows());
    let failure = text_signal(move || {
        let error = forwarding.failure.get();
        error.map(|error| labels::error(locale, &error)).unwrap_or_default()
    });
    let has_room = bool_signal(move || forwarding.targets.with(Vec::len) < MOST);
    let idle =
        bool_signal(move || forwarding.sending.get() || forwarding.targets.with(Vec::is_empty));
    let key = StoredValue::new(overlay.key.clone());
    let on_submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        forwarding.send(key.get_value());
    };
    // Enter in the search would send to the chats that are chosen already.
    let on_key = move |event: ev::KeyboardEvent| {
        if event.key() == "Enter" {
            event.prevent_default();
        }
    };
    let on_choice = move |event: ev::Event| {
        let field: web_sys::HtmlInputElement = event_target(&event);
        if let Ok(chat) = field.value().parse() {
            field.set_checked(forwarding.choose(chat, field.checked()));
        }
    };
    let content = view! {
        <h2>{t!(locale, actions.forward_title)}</h2>
        <form class="forward" on:submit=on_submit>
            <label class="field">
                <span class="sr">{t!(locale, actions.search)}</span>
                <input
                    type="search"
                    autocomplete="off"
                    placeholder=t!(locale, actions.search)
                    on:input:target=move |event| forwarding.search(event.target().value())
                    on:keydown=on_key
                />
            </label>
            <div class="targets" on:change=on_choice>
                {list}
                <div class="msg-failed" role="alert">
                    <span hidden=bool_signal(move || failure.with(String::is_empty))>{failure}</span>
                </div>
                <button
                    class="link"
                    type="button"
                    hidden=bool_signal(move || !forwarding.more.get())
                    on:click=move |_| forwarding.load()
                >
                    {t!(locale, actions.more_chats)}
                </button>
            </div>
            <p class="muted" role="status">
                <span hidden=has_room>{t!(locale, actions.most, n = MOST).to_string()}</span>
            </p>
            <div class="dialog-buttons">
                <button class="button quiet" type="button" data-close="">{t!(locale, actions.cancel)}</button>
                <button class="button" disabled=idle>{t!(locale, actions.forward)}</button>
            </div>
        </form>
    };
    modal(&overlay.key, "dialog", t!(locale, actions.forward_title), content.into_any())
}

impl Forwarding {
    /// Adds the chats that are missing and that the viewer may write in, newest first.
    fn add(self, chats: Vec<Chat>) {
        self.chats.update(|known| {
            for chat in chats {
                let is_new = known.iter().all(|one| one.id != chat.id);
                if is_new && untrack(|| self.inbox.can_write(chat.connection)) {
                    known.push(chat);
                }
            }
            known.sort_by_key(|chat| std::cmp::Reverse((chat.last_at, chat.id)));
        });
    }

    /// Shows the chats that match, and loads further ones until there is one.
    fn search(self, query: String) {
        self.query.set(query);
        self.load_until_found();
    }

    fn load_until_found(self) {
        if self.more.get_untracked() && untrack(|| self.matching().is_empty()) {
            self.load();
        }
    }

    /// Loads the next page of the chats of all numbers.
    fn load(self) {
        if self.loading.get_untracked() {
            return;
        }
        self.loading.set(true);
        self.failure.set(None);
        let below = self.last.get_value();
        let (at, id) = below.map(|chat| (chat.listed_at(), chat.id)).unzip();
        spawn_local(async move {
            let answer = api::chats(None, at, id, ChatFilter::All).await;
            if self.chats.is_disposed() {
                return;
            }
            self.loading.set(false);
            match answer {
                Ok(chats) => {
                    self.more.set(chats.len() == api::CHATS_PAGE);
                    if let Some(last) = chats.last() {
                        self.last.set_value(Some(last.clone()));
                    }
                    self.add(chats);
                    self.load_until_found();
                }
                Err(error) => self.failure.set(Some(error)),
            }
        });
    }

    /// Chooses a chat or not. Returns true if it is chosen now.
    fn choose(self, chat: ChatId, chosen: bool) -> bool {
        let mut targets = self.targets.get_untracked();
        targets.retain(|target| target.chat != chat);
        let wa_id = browser::new_message_id().filter(|_| chosen && targets.len() < MOST);
        let is_chosen = wa_id.is_some();
        targets.extend(wa_id.map(|wa_id| Target { chat, wa_id, outcome: None }));
        self.targets.set(targets);
        is_chosen
    }

    /// The chats that match the search, with what tells those of the same name apart.
    fn matching(self) -> Vec<(Chat, String)> {
        let words = self.query.get().to_lowercase();
        let numbers = self.inbox.connections.get();
        self.chats.with(|chats| {
            let found = chats.iter().filter_map(|chat| {
                let number = numbers.iter().find(|one| one.id == chat.connection)?;
                let about = about(chat, &labels::number_among(number, &numbers));
                is_found(chat, &about, &words).then(|| (chat.clone(), about))
            });
            found.collect()
        })
    }

    fn rows(self) -> AnyView {
        let found = self.matching();
        if !found.is_empty() {
            let rows = found.into_iter().map(|(chat, about)| self.row(&chat, about));
            return rows.collect::<Vec<_>>().into_any();
        }
        let locale = self.locale;
        let sentence = match (self.loading.get(), self.more.get()) {
            (true, _) => t!(locale, actions.loading),
            (false, false) => t!(locale, actions.no_chats),
            // The error of the page stands below.
            (false, true) => "",
        };
        element("P", &[("class", Some("muted"))], sentence.to_owned().into_any())
    }

    fn row(self, chat: &Chat, about: String) -> AnyView {
        let (id, name) = (chat.id, chat.name.clone());
        let chosen = bool_signal(move || {
            self.targets.with(|targets| targets.iter().any(|one| one.chat == id))
        });
        let outcome = text_signal(move || {
            self.targets.with(|targets| {
                let target = targets.iter().find(|one| one.chat == id);
                let outcome = target.and_then(|target| target.outcome.as_ref());
                outcome.map(|outcome| outcome_of(self.locale, outcome)).unwrap_or_default()
            })
        });
        view! {
            <label class="check">
                <input type="checkbox" value=id.to_string() prop:checked=chosen disabled=self.sending />
                <span>
                    <span dir="auto">{name}</span>
                    <small class="muted">{about}</small>
                    <small role="status">{outcome}</small>
                </span>
            </label>
        }
        .into_any()
    }

    /// Sends a copy to each chosen chat that has none yet. If all succeed the dialog closes. A single
    /// chat is opened; otherwise the forwarded message has the focus again.
    fn send(self, key: BubbleKey) {
        let targets = self.targets.get_untracked();
        if targets.is_empty() || self.sending.get_untracked() {
            return;
        }
        self.sending.set(true);
        let done = self.confirmation(&targets);
        spawn_local(async move {
            let mut failure = None;
            for Target { chat, wa_id, outcome } in &targets {
                if *outcome == Some(Ok(())) {
                    continue;
                }
                let answer = api::forward(self.source, *chat, Some(wa_id.clone())).await;
                let answer = answer.map(|_| ());
                failure = answer.clone().err().or(failure);
                self.targets.try_update(|all| {
                    for target in all.iter_mut().filter(|target| target.chat == *chat) {
                        target.outcome = Some(answer.clone());
                    }
                });
            }
            let is_closed = self.sending.is_disposed();
            self.sending.try_set(false);
            match failure {
                // The open dialog has it beside its chat.
                Some(_) if !is_closed => return,
                Some(error) => return self.inbox.notice.set(Some(error)),
                None => say(self.inbox, done),
            }
            if is_closed {
                return;
            }
            self.inbox.overlay.set(None);
            match &targets[..] {
                [only] => self.inbox.visit(untrack(|| self.inbox.beside_list(Some(only.chat)))),
                _ => request_animation_frame(move || browser::focus_on(&key.to_string())),
            }
        });
    }

    /// The sentence after everything was sent.
    fn confirmation(self, targets: &[Target]) -> String {
        let (locale, n) = (self.locale, targets.len());
        let [only] = targets else {
            return t!(locale, actions.forwarded_to, n = n).to_string();
        };
        let name = self.chats.with_untracked(|chats| {
            let chat = chats.iter().find(|chat| chat.id == only.chat);
            chat.map(|chat| chat.name.clone()).unwrap_or_default()
        });
        t!(locale, actions.forwarded_to_one, name = name).to_string()
    }
}

/// The phone and the number of ours, which tell chats of the same name apart.
fn about(chat: &Chat, number: &str) -> String {
    match chat.phone.as_ref().map(|phone| phone.as_str()).filter(|phone| *phone != chat.name) {
        Some(phone) => format!("{phone} · {number}"),
        None => number.to_owned(),
    }
}

/// Returns true if the words in lower case are in the name, the phone or the number of a chat. A phone
/// is found by its digits as well.
fn is_found(chat: &Chat, about: &str, words: &str) -> bool {
    let words = words.trim();
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let text = format!("{} {about}", chat.name);
    let typed = digits(words);
    let is_phone = typed.len() >= 4 && words.chars().all(|one| !one.is_alphabetic());
    text.to_lowercase().contains(words) || (is_phone && digits(&text).contains(&typed))
}

fn outcome_of(locale: Locale, outcome: &Result<(), ApiError>) -> String {
    match outcome {
        Ok(()) => t!(locale, actions.forwarded).to_owned(),
        Err(error) => labels::error(locale, error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chat_is_found_by_its_name_phone_and_number() {
        let chat = Chat { name: "Carla Dias".to_owned(), ..fixtures::chat(1) };
        let about = "+55 61 99812-4471 · Vendas";
        for words in ["", "carla", " dias ", "vendas", "99812-4471", "998124471"] {
            assert!(is_found(&chat, about, words), "{words}");
        }
        for words in ["bruno", "suporte", "99999", "dias 4471"] {
            assert!(!is_found(&chat, about, words), "{words}");
        }
    }
}
