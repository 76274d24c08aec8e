//! Performs the action that was chosen for a message.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{Message, MessageKind};

use super::RESUME;
use super::card_text::card_text;
use super::editor::editor;
use super::emoji::emoji;
use super::forward::forward;
use super::lost_edit::{close_editor, end_editor, refusal};
use super::lost_reply::watch_reply;
use super::menu::menu;
use super::offers::{Action, last_edit, offers};
use super::reactors::reactors;
use super::revoke::revoke;
use super::versions::versions;
use crate::i18n::{Locale, t};
use crate::inbox::{Bubble, BubbleKey, Edit, Found, Inbox, Overlay, Row};
use crate::{ApiError, api, browser};

/// Time for which a confirmation is shown.
const SAID: Duration = Duration::from_secs(6);

/// Performs `what key of` (`browser/later/actions.js`): the name of an action, the key of the message, and a
/// value, which may be empty. `resume` alone opens the editor of an edit that was left, and watches the
/// reply.
pub(super) fn perform(inbox: Inbox, locale: Locale, asked: &str) {
    if asked == RESUME {
        watch_reply(inbox, locale);
        // A deployment removes the file, so it is loaded before it is needed.
        spawn_local(async {
            forward().await.ok();
        });
        return resume(inbox, locale);
    }
    let mut words = asked.splitn(3, ' ');
    let [what, key, of] = std::array::from_fn(|_| words.next().unwrap_or_default().to_owned());
    let Some(key) = BubbleKey::parse(&key) else { return };
    let bubble = inbox.bubbles.get_untracked(&key);
    inbox.overlay.set(None);
    let Some(bubble) = bubble else { return };
    if what == "copy" {
        // Some browsers let a page copy only at once.
        copy(inbox, locale, &bubble);
    }
    // Nothing else can have the focus before the dialog is gone.
    request_animation_frame(move || act(inbox, locale, &what, key, bubble, of));
}

fn act(inbox: Inbox, locale: Locale, what: &str, key: BubbleKey, bubble: Bubble, of: String) {
    let offered = offers(&bubble, untrack(|| inbox.right_here()), inbox.now());
    let is = |action| offered.contains(&action);
    let open = |make: fn(Overlay) -> AnyView, key, text: &str| {
        inbox.overlay.set(Some(Overlay { make, key, text: text.to_owned() }));
    };
    let message = bubble.stored().cloned();
    match (what, message) {
        ("menu", _) => return open(menu, key, ""),
        ("react" | "other", Some(_)) if is(Action::React) => return open(emoji, key, what),
        ("forward", Some(_)) if is(Action::Forward) => return open_forward(inbox, key),
        ("revoke", Some(_)) if is(Action::Revoke) => return open(revoke, key, ""),
        ("who", Some(_)) => return open(reactors, key, ""),
        ("versions", Some(_)) => return open(versions, key, ""),
        ("reply", Some(message)) if is(Action::Reply) => {
            inbox.reply_to(&message);
            return browser::focus_composer();
        }
        ("edit", Some(message)) if is(Action::Edit) => return edit(inbox, key, message),
        ("jump", _) => return jump(inbox, locale, &bubble),
        ("emoji", Some(message)) if is(Action::React) => inbox.react(message, &of),
        ("star", Some(message)) if is(Action::Star) || is(Action::Unstar) => inbox.star(message),
        ("unreact", Some(message)) => inbox.react(message, ""),
        ("delete", Some(message)) if is(Action::Revoke) => inbox.revoke(message),
        ("retry", Some(message)) => {
            if let Ok(operation) = of.parse() {
                inbox.retry_change(message, operation);
            }
        }
        ("discard", Some(message)) => {
            if let Ok(operation) = of.parse() {
                inbox.discard_change(message, operation);
            }
        }
        _ => {}
    }
    browser::focus_on(&key.to_string());
}

/// Opens the choice of chats once its part has loaded.
fn open_forward(inbox: Inbox, key: BubbleKey) {
    spawn_local(async move {
        match forward().await {
            Ok(make) => inbox.overlay.set(Some(Overlay { make, key, text: String::new() })),
            Err(_) => inbox.notice.set(Some(ApiError::Unreachable)),
        }
    });
}

/// Shows a sentence for some seconds. Screen readers read it.
pub(super) fn say(inbox: Inbox, sentence: String) {
    inbox.said.set(sentence.clone());
    let forget = move || {
        inbox.said.try_update(|said| {
            if *said == sentence {
                said.clear();
            }
        });
    };
    set_timeout(forget, SAID);
}

/// Copies the text of a message, or what its card says.
fn copy(inbox: Inbox, locale: Locale, bubble: &Bubble) {
    let (text, rest) = match bubble {
        Bubble::Stored(message) => {
            let text = card_text(&message.rich).unwrap_or_else(|| message.text.clone());
            (text, message.more.then_some(message.id))
        }
        Bubble::Unsent(unsent) => (unsent.text.clone(), None),
    };
    if text.is_empty() {
        return;
    }
    spawn_local(async move {
        let whole = match rest {
            Some(message) => api::message_text(message)
                .await
                .map(|whole| card_text(&whole.rich).unwrap_or(whole.text)),
            None => Ok(text),
        };
        match whole {
            Ok(text) => {
                let sentence = match browser::copy_text(&text).await {
                    true => t!(locale, copy.done),
                    false => t!(locale, actions.not_copied),
                };
                say(inbox, sentence.to_owned());
            }
            Err(error) => inbox.notice.set(Some(error)),
        }
    });
}

/// Opens the editor with the text that was typed before, else that of an edit that is not confirmed,
/// else the current one.
fn edit(inbox: Inbox, key: BubbleKey, message: Message) {
    inbox.recall_edits();
    if inbox.has_edit(&key) {
        return open_editor(inbox, key);
    }
    spawn_local(async move {
        let edit = match last_edit(&message) {
            Some((text, true)) => Ok(Edit::again(&key, &message, text)),
            Some((text, false)) => Ok(Edit::new(&key, &message, text)),
            None if message.more => {
                let whole = api::message_text(message.id).await;
                whole.map(|whole| Edit::new(&key, &message, &whole.text))
            }
            None => Ok(Edit::new(&key, &message, &message.text)),
        };
        match edit {
            // Another conversation may be open by now.
            Ok(edit) if inbox.bubbles.cell(&key).is_some() => {
                inbox.begin_edit(edit);
                open_editor(inbox, key);
            }
            Ok(_) => {}
            Err(error) => inbox.notice.set(Some(error)),
        }
    });
}

fn open_editor(inbox: Inbox, key: BubbleKey) {
    inbox.editing.set(Some(Overlay { make: editor, key, text: String::new() }));
}

/// Opens the editor of the newest edit in this conversation that was left without saving. If its
/// message was deleted since, the text is shown.
fn resume(inbox: Inbox, locale: Locale) {
    inbox.recall_edits();
    let is_left = |bubble: &Bubble| {
        let is_known = matches!(bubble.kind(), MessageKind::Text | MessageKind::Revoked);
        is_known && bubble.stored().is_some() && inbox.has_edit(&bubble.key())
    };
    if inbox.editing.with_untracked(Option::is_some) {
        return;
    }
    let Some(bubble) = inbox.bubbles.matching(is_left).pop() else { return };
    if bubble.kind() == MessageKind::Revoked {
        close_editor(inbox, bubble.key());
    } else if let Some(why) = untrack(|| refusal(inbox)) {
        end_editor(inbox, locale, bubble.key(), why);
    } else if untrack(|| inbox.right_here()).writes() {
        open_editor(inbox, bubble.key());
    }
}

fn jump(inbox: Inbox, locale: Locale, bubble: &Bubble) {
    let Some(quoted) = bubble.reply_to().and_then(|quote| quote.message) else { return };
    spawn_local(async move {
        match inbox.find(quoted).await {
            // Its element is there in the next frame.
            Ok(Found::Here(key)) => {
                request_animation_frame(move || browser::flash(&key.to_string()));
            }
            Ok(Found::TooFar) => say(inbox, t!(locale, actions.too_far).to_owned()),
            Ok(Found::Missing) => say(inbox, t!(locale, actions.not_here).to_owned()),
            Ok(Found::Left) => {}
            Err(error) => inbox.notice.set(Some(error)),
        }
    });
}
