//! The sync of a phone's history to its companions.
//!
//! A part is made when it is due, a few are under way at a time, and a companion confirms each by a
//! receipt (`hist_sync`). What a companion received and did not confirm is sent again when it is
//! back.

use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;
use wacore_binary::Jid;
use waproto::whatsapp::group_participant::Rank;
use waproto::whatsapp::message::PeerDataOperationRequestMessage;
use waproto::whatsapp::{Conversation, GroupParticipant, Message};

use super::media;
use super::peer::send_peer;
use crate::faults::FaultKind;
use crate::phone::{
    HistoryFiles, HistoryKind, HistoryOutline, HistoryPart, OwnHistory, PhoneError, SealedHistory,
    Uploaded,
};
use crate::world::World;
use crate::world::account::Account;
use crate::world::addressing::Addressing;
use crate::world::groups::members::Role;
use crate::world::history::Transfer;
use crate::world::inbox::InboundMessage;
use crate::world::queue::Class;

/// The family of history on the media servers.
const FAMILY: &str = "md-msg-hist";

/// Begins or continues the sync to a companion that logged in.
pub(super) async fn resume(world: &Arc<World>, account: &Arc<Account>, device: u16) {
    begin(account, device).await;
    let lost = {
        let mut directory = account.directory();
        let directory = &mut *directory;
        let companion = directory.companions.get(&device);
        let transfer = directory.history.get_mut(&device);
        companion.zip(transfer).map_or_else(Vec::new, |(companion, transfer)| {
            transfer.lost(|id| companion.queue.has(Class::Message, id))
        })
    };
    for (outline, part) in lost {
        send(world, account, device, outline, part).await;
    }
    advance(world, account, device).await;
}

/// Handles the receipt for a part.
pub(super) async fn confirmed(world: &Arc<World>, account: &Arc<Account>, device: u16, id: &str) {
    if let Some(transfer) = account.directory().history.get_mut(&device) {
        transfer.confirmed(id);
    }
    advance(world, account, device).await;
}

/// Answers a companion's request for older messages of a chat. `inbound` carried it.
pub(super) async fn answer(
    world: &Arc<World>,
    account: &Arc<Account>,
    inbound: &InboundMessage,
    request: &PeerDataOperationRequestMessage,
) {
    let Some(request) = request.history_sync_on_demand_request.as_option() else { return };
    let device = inbound.from.device;
    if world.faults.trigger(&[FaultKind::PhoneAsleep], account.number(), device).is_some() {
        return;
    }
    let by_lid = account.directory().addressing == Addressing::Lid;
    let files = files(world, account).await;
    let part = account.phone.lock().await.older_messages(request, &files, by_lid);
    let Some(part) = part else {
        tracing::debug!("a companion asked for a chat that the phone does not have");
        return;
    };
    match announce(world, account, part, Some(inbound.id.clone())).await {
        Ok(message) => {
            send_peer(world, account, device, &message).await;
        }
        Err(error) => tracing::error!(%error, "older messages could not be sent"),
    }
}

/// Decides what a companion is sent, at its first login.
async fn begin(account: &Arc<Account>, device: u16) {
    let (wishes, by_lid) = {
        let directory = account.directory();
        let Some(Transfer::Due(wishes)) = directory.history.get(&device) else { return };
        (*wishes, directory.addressing == Addressing::Lid)
    };
    let outline = account.phone.lock().await.history_outline(wishes, by_lid);
    account.directory().history.insert(device, Transfer::begin(outline));
}

/// Sends the parts that are due.
async fn advance(world: &Arc<World>, account: &Arc<Account>, device: u16) {
    loop {
        let next = account.directory().history.get_mut(&device).and_then(Transfer::take_next);
        let Some((outline, part)) = next else { return };
        send(world, account, device, outline, part).await;
    }
}

async fn send(
    world: &Arc<World>,
    account: &Arc<Account>,
    device: u16,
    outline: HistoryOutline,
    part: usize,
) {
    let message = match make(world, account, outline, part).await {
        Ok(message) => message,
        Err(error) => {
            tracing::error!(%error, part, "a part of a history could not be sent");
            return;
        }
    };
    let id = send_peer(world, account, device, &message).await;
    if let Some(transfer) = account.directory().history.get_mut(&device) {
        transfer.sent(id, part);
    }
}

/// Makes a part and the message that announces it.
async fn make(
    world: &Arc<World>,
    account: &Arc<Account>,
    outline: HistoryOutline,
    part: usize,
) -> Result<Message, PhoneError> {
    let own = match outline.needs_own(part) {
        true => own_history(world, account, &outline, part).await,
        false => OwnHistory::default(),
    };
    let files = files(world, account).await;
    let built = tokio::task::spawn_blocking(move || outline.build(part, own, &files)).await;
    let built = built.map_err(|error| PhoneError::Media(error.to_string()))?;
    announce(world, account, built, None).await
}

/// Seals a part, uploads it unless it is in the message, and returns the message.
async fn announce(
    world: &World,
    account: &Arc<Account>,
    part: HistoryPart,
    session: Option<String>,
) -> Result<Message, PhoneError> {
    let sealed =
        tokio::task::spawn_blocking(move || SealedHistory::new(&part, session.as_deref())).await;
    let mut sealed = sealed.map_err(|error| PhoneError::Media(error.to_string()))??;
    let direct_path = sealed
        .take_upload()
        .and_then(|bytes| media::upload_sealed(world, account, FAMILY, Bytes::from(bytes)));
    Ok(sealed.into_message(direct_path))
}

/// The phone's own chats in a part, with the tokens that others issued to the account, and the
/// people of those chats and of the user's groups.
async fn own_history(
    world: &World,
    account: &Arc<Account>,
    outline: &HistoryOutline,
    part: usize,
) -> OwnHistory {
    let (mut conversations, names) = {
        let phone = account.phone.lock().await;
        let mut names: BTreeSet<String> = world.groups.acquaintances(account.number());
        names.remove(account.number());
        names.extend(phone.chats().iter().map(|(name, _)| name.to_owned()));
        (phone.own_history(outline, part), names)
    };
    let people: Vec<Arc<Account>> = names.iter().filter_map(|name| world.account(name)).collect();
    for chat in &mut conversations {
        describe_group(world, chat);
    }
    for person in &people {
        let token = person.directory().issued_tokens.get(account.number()).cloned();
        let (pn, lid) =
            (person.jid(Addressing::Pn).to_string(), person.jid(Addressing::Lid).to_string());
        let chat = conversations.iter_mut().find(|chat| chat.id == pn || chat.id == lid);
        if let Some((chat, token)) = chat.zip(token) {
            chat.tc_token = Some(token);
            chat.tc_token_timestamp = u64::try_from(world.clock.now()).ok();
        }
    }
    let people = people.iter().map(|person| {
        let name = person.directory().name.clone();
        let jid = |addressing| person.jid(addressing).to_string();
        (jid(Addressing::Pn), jid(Addressing::Lid), name)
    });
    OwnHistory { conversations, people: people.collect() }
}

/// Adds what the server knows of a group: its subject, and its members.
fn describe_group(world: &World, chat: &mut Conversation) {
    let group = chat.id.parse::<Jid>().ok().and_then(|jid| world.groups.find(&jid));
    let Some(group) = group.map(|cell| cell.snapshot()) else { return };
    chat.name = Some(group.subject.text.clone());
    let members = group.members.iter().filter_map(|member| {
        let rank = match member.role {
            Role::Member => Rank::REGULAR,
            Role::Admin => Rank::ADMIN,
            Role::Owner => Rank::SUPERADMIN,
        };
        Some(GroupParticipant {
            user_jid: world.account(&member.number)?.jid(group.addressing).to_string(),
            rank: Some(rank),
            ..Default::default()
        })
    });
    chat.participant = members.collect();
}

/// The files of the phone's made-up messages, which are uploaded when they are first needed.
async fn files(world: &World, account: &Arc<Account>) -> HistoryFiles {
    let known = account.directory().history_files.clone();
    if let Some(files) = known {
        return files;
    }
    let has_files = {
        let phone = account.phone.lock().await;
        phone
            .history()
            .is_some_and(|plan| plan.has(HistoryKind::Image) || plan.has(HistoryKind::Document))
    };
    if !has_files {
        return HistoryFiles::default();
    }
    let messages = HistoryFiles::to_upload().map(|file| {
        let uploaded = file.seal().and_then(|mut sealed| {
            let path = media::upload(world, account, file.kind, &mut sealed)?;
            Ok(file.message(Uploaded {
                sealed: &sealed,
                host: &world.media_host,
                direct_path: &path,
            }))
        });
        uploaded.unwrap_or_else(|error| {
            tracing::error!(%error, "a file of a made-up history could not be uploaded");
            Message::default()
        })
    });
    let files = HistoryFiles::new(messages);
    account.directory().history_files = Some(files.clone());
    files
}
