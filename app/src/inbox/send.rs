//! Sends messages: a bubble appears at once, the server's response follows.

use chrono::TimeDelta;
use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{Message, WaMessageId};

use super::{Bubble, BubbleKey, Inbox, Open, Unsent, UnsentState};
use crate::{api, browser};

impl Inbox {
    /// Sends `text`, which mentions people (`Unsent::mentions`), to the open conversation. Returns true if
    /// it was accepted; the composer empties then.
    pub(crate) fn send(self, text: String, mentions: String) -> bool {
        let Open::Ready(chat) = self.open.get_untracked() else { return false };
        let Some(wa_id) = browser::new_message_id() else { return false };
        // The clock ticks slowly, and messages of one tick have to stay in their order.
        let newest = self.unsent.with_untracked(|all| all.iter().map(|unsent| unsent.at).max());
        let after = newest.map(|at| at + TimeDelta::microseconds(1));
        let at = self.clock.now.get_untracked().max(after.unwrap_or_default());
        let reply_to = self.reply.get_untracked();
        self.set_reply(None);
        let state = UnsentState::Sending;
        let unsent = Unsent { chat: chat.id, wa_id, text, reply_to, mentions, at, state };
        self.unsent.update(|all| all.push(unsent.clone()));
        self.keep_unsent();
        self.bubbles.put(Bubble::Unsent(unsent.clone()));
        self.deliver(unsent);
        true
    }

    /// "Tentar de novo": sends it under the same id, so that it cannot become two messages.
    pub(crate) fn retry(self, bubble: Bubble) {
        match bubble {
            Bubble::Unsent(unsent) => {
                let again = Unsent { state: UnsentState::Sending, ..unsent };
                self.mark(&again.wa_id, UnsentState::Sending);
                self.deliver(again);
            }
            Bubble::Stored(message) => spawn_local(async move {
                let answer = api::retry(message.chat, message.id).await;
                if !self.alive() {
                    return;
                }
                // The stream reports that it is queued again, and its delivery.
                if let Err(error) = answer {
                    self.notice.set(Some(error));
                }
            }),
        }
    }

    /// Restores the messages that this tab had not sent when it was reloaded. Nothing is sent by
    /// itself: it is unknown whether they arrived, and "Tentar de novo" is harmless either way.
    pub(crate) fn recall_unsent(self) {
        let mut kept: Vec<Unsent> = browser::recall(&self.unsent_key()).unwrap_or_default();
        let open = self.open.get_untracked().id();
        let shown = kept.iter().filter(|unsent| Some(unsent.chat) == open);
        self.bubbles.fill(shown.cloned().map(Bubble::Unsent).collect());
        // Messages that did arrive are shown as stored already.
        kept.retain(|unsent| {
            let key = BubbleKey::Out(unsent.wa_id.clone());
            !matches!(self.bubbles.get_untracked(&key), Some(Bubble::Stored(_)))
        });
        self.unsent.set(kept);
        self.keep_unsent();
    }

    /// Sends a message once all earlier ones of its chat are answered: requests that are under way at
    /// the same time may overtake each other.
    fn deliver(self, unsent: Unsent) {
        let chat = unsent.chat;
        let is_next = self.outgoing.try_update_value(|all| {
            let is_next = all.iter().all(|other| other.chat != chat);
            all.push(unsent.clone());
            is_next
        });
        if is_next != Some(true) {
            return;
        }
        spawn_local(async move {
            let mut next = Some(unsent);
            while let Some(Unsent { wa_id, text, reply_to, mentions, .. }) = next {
                let quoted = reply_to.and_then(|quote| quote.message);
                let answer =
                    api::send_text(chat, text, Some(wa_id.clone()), quoted, mentions).await;
                if !self.alive() {
                    return;
                }
                let following = self.outgoing.try_update_value(|all| {
                    all.retain(|other| other.wa_id != wa_id);
                    all.iter().find(|other| other.chat == chat).cloned()
                });
                match answer {
                    Ok(message) => self.answered(message),
                    Err(error) => self.mark(&wa_id, UnsentState::Failed(error)),
                }
                next = following.flatten();
            }
        });
    }

    /// Handles the server's response. If its events came first, they are newer.
    fn answered(self, message: Message) {
        self.drop_unsent(&message.wa_id);
        let shown = self.bubbles.get_untracked(&BubbleKey::Out(message.wa_id.clone()));
        let news = !matches!(shown, Some(Bubble::Stored(_)));
        if news && self.open.get_untracked().id() == Some(message.chat) {
            self.put_bubble(message);
        }
    }

    /// Changes an unsent message in the store of unsent messages and on the page.
    fn mark(self, wa_id: &WaMessageId, state: UnsentState) {
        self.unsent.update(|all| {
            for unsent in all.iter_mut().filter(|unsent| unsent.wa_id == *wa_id) {
                unsent.state = state.clone();
            }
        });
        self.keep_unsent();
        let key = BubbleKey::Out(wa_id.clone());
        if let Some(Bubble::Unsent(unsent)) = self.bubbles.get_untracked(&key) {
            self.bubbles.put(Bubble::Unsent(Unsent { state, ..unsent }));
        }
    }

    /// Removes an unsent message that the server has.
    pub(super) fn drop_unsent(self, wa_id: &WaMessageId) {
        let known = self.unsent.with_untracked(|all| all.iter().any(|one| one.wa_id == *wa_id));
        if known {
            self.unsent.update(|all| all.retain(|unsent| unsent.wa_id != *wa_id));
            self.keep_unsent();
        }
    }

    fn keep_unsent(self) {
        self.unsent.with_untracked(|all| match all.is_empty() {
            true => browser::forget(&self.unsent_key()),
            false => browser::keep(&self.unsent_key(), all),
        });
    }

    /// The key under which the tab stores unsent messages. It contains the user, so that the next
    /// user of this tab does not find them.
    fn unsent_key(self) -> String {
        format!("unsent-{}", self.me.with_value(|me| me.id))
    }
}
