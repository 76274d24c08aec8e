//! The timer that a message states: it is that of its chat from then on, and its own.

use model::{ChatId, ChatTimerChoice};

use super::Inbound;
use crate::{Error, codec, messages::timer, write::Writing};

/// Stores the timer that a message states for its chat, and returns the time at which the message itself
/// disappears; `None` if it stays.
///
/// A message without a timer stays, as on the phones of both. Only that of a placeholder is unknown, so
/// the chat's counts until its content comes. The timer of a group is a setting of the group, so none is
/// stored for its chat.
pub(super) async fn apply(
    writing: &Writing,
    chat: ChatId,
    inbound: &Inbound,
) -> Result<Option<i64>, Error> {
    let sent_at = codec::micros(inbound.timestamp);
    if let Some(stated) = &inbound.timer
        && inbound.group.is_none()
        && is_offered(stated.seconds)
    {
        // No setting is younger than a message that states it. A false time would block later ones.
        let set_at = stated.set_at.map_or(sent_at, codec::micros).min(sent_at);
        timer::set(&writing.tx, chat, stated.seconds, set_at).await?;
    }
    let seconds = match &inbound.timer {
        Some(stated) => stated.seconds,
        None if inbound.kind.is_placeholder() => {
            timer::since_before(&writing.tx, chat, sent_at).await?
        }
        None => 0,
    };
    Ok(timer::expiry(inbound.kind, sent_at, seconds))
}

/// Returns true for the timer of a chat that WhatsApp's apps offer: none, or a day at least. A message may
/// state a shorter one for itself. As that of the chat it would let our messages disappear before anybody
/// here has read them.
fn is_offered(seconds: u32) -> bool {
    seconds == 0 || seconds >= ChatTimerChoice::Day.seconds()
}
