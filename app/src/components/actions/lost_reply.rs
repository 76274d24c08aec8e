use leptos::prelude::*;
use model::MessageKind;

use super::perform::say;
use crate::i18n::{Locale, t};
use crate::inbox::Inbox;

/// Marks the owner under which the reply is watched.
#[derive(Clone, Copy)]
struct Watched;

/// Drops the reply that is being written once its message is deleted, and says so. However often this is
/// called, there is one watch, as long as the current owner lives.
pub(super) fn watch_reply(inbox: Inbox, locale: Locale) {
    if use_context::<Watched>().is_some() {
        return;
    }
    provide_context(Watched);
    Effect::new(move || {
        let quoted = inbox.reply.with(|reply| reply.as_ref().and_then(|quote| quote.message));
        // The message may be loaded later.
        inbox.bubbles.order.track();
        let cell = quoted.and_then(|quoted| inbox.bubbles.cell(&inbox.key_of(quoted)?));
        let is_revoked =
            cell.is_some_and(|cell| cell.with(|bubble| bubble.kind() == MessageKind::Revoked));
        if is_revoked {
            inbox.set_reply(None);
            say(inbox, t!(locale, actions.lost_reply).to_owned());
        }
    });
}
