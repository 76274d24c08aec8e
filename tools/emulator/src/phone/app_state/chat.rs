//! Changes of conversations, as synced settings.

use wacore_appstate::schemas;
use wacore_binary::Jid;
use waproto::whatsapp::{
    self as wa, SyncActionValue,
    sync_action_value::{
        ArchiveChatAction, ClearChatAction, DeleteChatAction, DeleteMessageForMeAction,
        LabelAssociationAction, MarkChatAsReadAction, MuteAction, PinAction, StarAction,
        SyncActionMessage, SyncActionMessageRange,
    },
};

use super::collection::{Placed, Setting};
use crate::phone::{ChatChange, ChatMessage, Mute};

/// What the record of a change says about messages.
#[derive(Default)]
pub(super) struct Context<'a> {
    /// The message that is starred or deleted.
    pub(super) target: Option<&'a ChatMessage>,
    /// Its author, in a group and unless the account is.
    pub(super) participant: Option<String>,
    /// The newest message of the conversation.
    pub(super) last: Option<&'a ChatMessage>,
    /// Its author, in the same way.
    pub(super) last_participant: Option<String>,
}

/// The record of a change of the conversation `chat` at a time (seconds).
pub(super) fn setting(chat: &Jid, change: &ChatChange, context: &Context<'_>, at: i64) -> Placed {
    let jid = chat.to_string();
    let jid = jid.as_str();
    let range = || range(jid, context);
    let from_me = flag(context.target.is_some_and(|target| target.from_me));
    let participant = context.participant.as_deref().unwrap_or("0");
    let mut value = SyncActionValue { timestamp: Some(at * 1_000), ..Default::default() };
    match change {
        ChatChange::Archive(archived) => {
            value.archive_chat_action =
                ArchiveChatAction { archived: Some(*archived), message_range: range().into() }
                    .into();
            Setting::of(&schemas::ARCHIVE, &[jid], value)
        }
        ChatChange::Pin(pinned) => {
            value.pin_action = PinAction { pinned: Some(*pinned) }.into();
            Setting::of(&schemas::PIN, &[jid], value)
        }
        ChatChange::Mute(mute) => {
            value.mute_action = mute_action(*mute).into();
            Setting::of(&schemas::MUTE, &[jid], value)
        }
        ChatChange::MarkUnread(unread) => {
            value.mark_chat_as_read_action =
                MarkChatAsReadAction { read: Some(!*unread), message_range: range().into() }.into();
            Setting::of(&schemas::MARK_CHAT_AS_READ, &[jid], value)
        }
        ChatChange::Star { id, on } => {
            value.star_action = StarAction { starred: Some(*on) }.into();
            Setting::of(&schemas::STAR, &[jid, id.as_str(), from_me, participant], value)
        }
        ChatChange::Label { label, on } => {
            value.label_association_action =
                LabelAssociationAction { labeled: Some(*on), ..Default::default() }.into();
            Setting::of(&schemas::LABEL_JID, &[label.as_str(), jid], value)
        }
        ChatChange::DeleteMessage { id } => {
            value.delete_message_for_me_action = DeleteMessageForMeAction {
                delete_media: Some(true),
                message_timestamp: context.target.map(|target| target.timestamp),
            }
            .into();
            let parts = [jid, id.as_str(), from_me, participant];
            Setting::of(&schemas::DELETE_MESSAGE_FOR_ME, &parts, value)
        }
        ChatChange::Clear { starred } => {
            value.clear_chat_action = ClearChatAction { message_range: range().into() }.into();
            Setting::of(&schemas::CLEAR_CHAT, &[jid, flag(*starred), "1"], value)
        }
        ChatChange::Delete => {
            value.delete_chat_action = DeleteChatAction { message_range: range().into() }.into();
            Setting::of(&schemas::DELETE_CHAT, &[jid, "1"], value)
        }
    }
}

fn flag(is_set: bool) -> &'static str {
    if is_set { "1" } else { "0" }
}

fn mute_action(mute: Mute) -> MuteAction {
    let end = match mute {
        Mute::Off => 0,
        Mute::Until(end) => end * 1_000,
        Mute::Forever => -1,
    };
    MuteAction {
        muted: Some(mute != Mute::Off),
        mute_end_timestamp: Some(end),
        ..Default::default()
    }
}

/// The messages that a change is about: those up to the newest one that the user has seen.
fn range(chat: &str, context: &Context<'_>) -> Option<SyncActionMessageRange> {
    let last = context.last?;
    let key = wa::MessageKey {
        remote_jid: Some(chat.to_owned()),
        from_me: Some(last.from_me),
        id: Some(last.id.clone()),
        participant: context.last_participant.clone(),
    };
    let message = SyncActionMessage { key: key.into(), timestamp: Some(last.timestamp) };
    Some(SyncActionMessageRange {
        last_message_timestamp: Some(last.timestamp),
        messages: vec![message],
        ..Default::default()
    })
}
