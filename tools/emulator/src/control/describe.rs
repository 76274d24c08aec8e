//! Description of a phone.

use super::{ChatInfo, DeviceInfo, LabelInfo, LastMessage, PhoneInfo};
use crate::phone::{Chat, Phone};
use crate::world::World;
use crate::world::account::Account;
use crate::world::addressing::Addressing;

/// What `GET /phones/{number}` says.
pub(super) async fn describe(world: &World, account: &Account) -> PhoneInfo {
    let (chats, labels) = {
        let phone = account.phone.lock().await;
        let chats = phone.chats().iter().map(|(with, chat)| describe_chat(&phone, with, chat));
        let labels = phone.saved().labels().map(|(id, label)| LabelInfo {
            id: id.to_owned(),
            name: label.name.clone(),
            color: label.color,
        });
        (chats.collect::<Vec<_>>(), labels.collect())
    };
    let directory = account.directory();
    let now = world.clock.now();
    let chats = chats
        .into_iter()
        .map(|chat| ChatInfo { typing: directory.typing.current(&chat.with, now), ..chat })
        .collect();
    let devices = directory.companions.values().map(|companion| DeviceInfo {
        id: companion.id,
        jid: account.device_jid(Addressing::Pn, companion.id).to_string(),
        online: companion.link.is_some(),
        available: companion.link.is_some() && companion.available,
        platform: companion.platform.clone(),
        queued: companion.queue.len(),
    });
    let profile = &directory.profile;
    PhoneInfo {
        number: account.number().to_owned(),
        jid: account.jid(Addressing::Pn).to_string(),
        lid: account.jid(Addressing::Lid).to_string(),
        name: directory.name.clone(),
        online: account.is_online(),
        restricted: directory.restricted,
        about: directory.about.clone(),
        picture: profile.picture.as_ref().map(|picture| picture.id.clone()),
        business: profile.business.clone(),
        blocked: profile.blocked.iter().cloned().collect(),
        labels,
        calls: directory.calls.all(),
        devices: devices.collect(),
        chats,
    }
}

fn describe_chat(phone: &Phone, with: &str, chat: &Chat) -> ChatInfo {
    let settings = chat.settings();
    ChatInfo {
        with: with.to_owned(),
        name: phone.saved().name(with).map(str::to_owned),
        unread: chat.unread(),
        marked_unread: settings.marked_unread,
        archived: settings.archived,
        pinned: settings.pinned_at.is_some(),
        muted_until: settings.mute.until(),
        labels: settings.labels.iter().cloned().collect(),
        starred: settings.starred.iter().cloned().collect(),
        last: chat.last().map(|last| LastMessage {
            id: last.id.clone(),
            from_me: last.from_me,
            text: last.text.clone(),
            timestamp: last.timestamp,
        }),
        expiration: chat.timer(),
        typing: None,
    }
}
