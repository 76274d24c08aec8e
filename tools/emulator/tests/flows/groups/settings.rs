//! Subject, description and settings.

use emulator::GroupChange;
use whatsapp_rust::prelude::*;
use whatsapp_rust::wacore::stanza::groups::GroupNotificationAction;
use whatsapp_rust::{GroupDescription, GroupSubject, MembershipApprovalMode, PreviousDescription};

use super::Trio;

#[tokio::test]
async fn only_admins_write_where_the_admins_say_so() {
    let trio = Trio::new().await;
    let Trio { emulator, ana, bia, caio, group } = &trio;
    ana.client.send(group, "oi").await;
    assert_eq!(bia.client.texts(1).await, ["oi"]);
    ana.client.client.groups().set_announce(trio.jid(), true).await.unwrap();
    bia.change(|action| matches!(action, GroupNotificationAction::Announce).then_some(())).await;
    bia.client.send(group, "posso?").await;
    assert_eq!(bia.refused().await, "403");
    assert!(emulator.send_text(caio, group, "posso?").await.is_err());
    ana.client.send(group, "só eu").await;
    assert_eq!(bia.client.texts(1).await, ["só eu"]);

    let change = GroupChange { announce: Some(false), ..GroupChange::default() };
    emulator.change_group(group, change).await.unwrap();
    bia.change(|action| matches!(action, GroupNotificationAction::NotAnnounce).then_some(())).await;
    bia.client.send(group, "agora sim").await;
    assert_eq!(ana.client.texts(1).await, ["agora sim"]);
}

#[tokio::test]
async fn everybody_learns_of_a_new_subject_and_description() {
    let trio = Trio::new().await;
    let Trio { emulator, ana, bia, caio, group } = &trio;
    let groups = ana.client.client.groups();
    groups.set_subject(trio.jid(), GroupSubject::new("Quarteto").unwrap()).await.unwrap();
    let subject = bia
        .change(|action| match action {
            GroupNotificationAction::Subject { subject, subject_owner, .. } => {
                Some((subject.clone(), subject_owner.clone().map(|owner| owner.to_string())))
            }
            _ => None,
        })
        .await;
    let lid = emulator.phone_info(&ana.me.phone).await.unwrap().lid;
    assert_eq!(subject, ("Quarteto".to_owned(), Some(lid)));

    let described = |text: &str| Some(GroupDescription::new(text).unwrap());
    let absent = PreviousDescription::Absent;
    groups.set_description(trio.jid(), described("Música"), absent).await.unwrap();
    let description = bia
        .change(|action| match action {
            GroupNotificationAction::Description { description, .. } => Some(description.clone()),
            _ => None,
        })
        .await;
    assert_eq!(description.as_deref(), Some("Música"));
    // A change of a description that is not there any more is refused.
    let absent = PreviousDescription::Absent;
    assert!(groups.set_description(trio.jid(), described("Outra"), absent).await.is_err());
    groups.set_description(trio.jid(), None, PreviousDescription::Resolve).await.unwrap();
    let info = emulator.group(group).await.unwrap();
    assert_eq!((info.subject.as_str(), info.description), ("Quarteto", None));

    // Members may change them until an admin locks the group.
    let by = Some(caio.clone());
    let rename = GroupChange { by, subject: Some("Trio".to_owned()), ..GroupChange::default() };
    emulator.change_group(group, rename.clone()).await.unwrap();
    groups.set_locked(trio.jid(), true).await.unwrap();
    assert!(emulator.change_group(group, rename).await.is_err());
}

#[tokio::test]
async fn settings_are_read_as_they_were_set() {
    let trio = Trio::new().await;
    let groups = trio.ana.client.client.groups();
    let jid = trio.jid();
    groups.set_ephemeral(&jid, 86_400).await.unwrap();
    groups.set_membership_approval(&jid, MembershipApprovalMode::On).await.unwrap();
    groups.set_locked(&jid, true).await.unwrap();
    groups.set_no_frequently_forwarded(&jid, true).await.unwrap();
    let set = groups.get_metadata(&jid).await.unwrap();
    assert_eq!(set.ephemeral.and_then(|timer| timer.expiration), Some(86_400));
    assert!(set.membership_approval && set.is_locked && set.no_frequently_forwarded);
    // Messages of a phone carry the timer of the group.
    trio.emulator.send_text(&trio.caio, &trio.group, "some").await.unwrap();
    let received = trio.ana.client.message().await;
    assert_eq!(received.message.get_ephemeral_expiration(), Some(86_400));

    groups.set_ephemeral(&jid, 0).await.unwrap();
    groups.set_membership_approval(&jid, MembershipApprovalMode::Off).await.unwrap();
    groups.set_locked(&jid, false).await.unwrap();
    groups.set_no_frequently_forwarded(&jid, false).await.unwrap();
    let set = groups.get_metadata(&jid).await.unwrap();
    assert_eq!(set.ephemeral.and_then(|timer| timer.expiration), None);
    assert!(!(set.membership_approval || set.is_locked || set.no_frequently_forwarded));
    assert_eq!(trio.emulator.stats().unknown_iqs, Vec::<String>::new());
}
