//! Members who come, go, and become admins.

use emulator::{GroupRole, MembersChange};
use whatsapp_rust::prelude::*;
use whatsapp_rust::wacore::stanza::groups::GroupNotificationAction;
use whatsapp_rust::{GroupCreateOptions, GroupParticipantOptions, JoinGroupResult};

use super::{Member, Trio};
use crate::client::{TIMEOUT, TestClient, text};

/// Everybody but the author has read something of everybody, so that all have keys and members in
/// their caches.
async fn acquainted() -> Trio {
    let trio = Trio::new().await;
    trio.ana.client.send(&trio.group, "Ana").await;
    assert_eq!(trio.bia.client.texts(1).await, ["Ana"]);
    trio.bia.client.send(&trio.group, "Bia").await;
    assert_eq!(trio.ana.client.texts(1).await, ["Bia"]);
    trio.emulator.send_text(&trio.caio, &trio.group, "Caio").await.unwrap();
    assert_eq!(trio.ana.client.texts(1).await, ["Caio"]);
    assert_eq!(trio.bia.client.texts(1).await, ["Caio"]);
    trio
}

fn list(number: &str) -> Vec<String> {
    vec![number.to_owned()]
}

#[tokio::test]
async fn a_client_makes_a_group_and_its_members_chat() {
    let emulator = crate::client::emulator().await;
    let (ana, me) = TestClient::linked(&emulator).await;
    let (bia, other) = TestClient::linked(&emulator).await;
    let number = |scanned: &emulator::Scanned| Jid::pn(scanned.phone.as_str());
    let options = GroupCreateOptions::new("Família")
        .with_participant(GroupParticipantOptions::new(number(&other)));
    let made = ana.client.groups().create_group(options).await.unwrap().metadata;
    assert_eq!(made.subject, "Família");

    bia.event(|event| match event {
        Event::GroupUpdate(update) if update.group_jid == made.id => Some(()),
        _ => None,
    })
    .await;
    let group = made.id.to_string();
    ana.send(&group, "Oi, família").await;
    assert_eq!(text(&bia.message().await), "Oi, família");

    // Members are known by both of their addresses.
    let members = ana.client.groups().get_metadata(&made.id).await.unwrap().participants;
    let numbers: Vec<_> = members.iter().filter_map(|one| one.phone_number.clone()).collect();
    assert_eq!(numbers, [number(&me), number(&other)]);
    assert!(members.iter().all(|one| one.jid.is_lid()));
    let participating = bia.client.groups().get_participating().await.unwrap();
    assert_eq!(participating.keys().collect::<Vec<_>>(), [&made.id]);
    let info = emulator.group(&group).await.unwrap();
    let roles: Vec<_> = info.members.iter().map(|member| member.role).collect();
    assert_eq!((info.owner, roles), (me.phone, vec![GroupRole::Owner, GroupRole::Member]));
    assert_eq!(emulator.stats().unknown_iqs, Vec::<String>::new());
}

#[tokio::test]
async fn clients_that_know_the_members_learn_of_a_new_one() {
    let trio = acquainted().await;
    let Trio { emulator, ana, bia, group, .. } = &trio;
    let (client, me) = TestClient::linked(emulator).await;
    let davi = Member { client, me };
    let jid: Jid = Jid::pn(davi.me.phone.as_str());
    let added = ana.client.client.groups().add_participants(trio.jid(), &[jid]).await.unwrap();
    assert_eq!(added[0].status.as_deref(), Some("200"));
    bia.change(|action| match action {
        GroupNotificationAction::Add { participants, .. } => Some(participants.len()),
        _ => None,
    })
    .await;
    davi.change(|action| matches!(action, GroupNotificationAction::Create { .. }).then_some(()))
        .await;

    bia.client.send(group, "Bem-vindo, Davi").await;
    assert_eq!(text(&davi.client.message().await), "Bem-vindo, Davi");
    ana.client.send(group, "Oi").await;
    emulator.send_text(&trio.caio, group, "Olá").await.unwrap();
    assert_eq!(davi.client.texts(2).await.len(), 2);
    davi.client.send(group, "Obrigado").await;
    assert_eq!(trio.texts(&trio.caio, 7).await.last().unwrap(), "Obrigado");
    // What was written before is not for the new member.
    assert_eq!(trio.texts(&davi.me.phone, 4).await.len(), 4);
}

#[tokio::test]
async fn who_was_removed_gets_nothing_more_and_the_others_read_on() {
    let trio = acquainted().await;
    let Trio { emulator, ana, bia, caio, group } = &trio;
    let change = MembersChange { remove: list(&bia.me.phone), ..MembersChange::default() };
    let left = emulator.change_members(group, &change).await.unwrap();
    assert_eq!(left.members.len(), 2);
    for member in [ana, bia] {
        let removed = member
            .change(|action| match action {
                GroupNotificationAction::Remove { participants, .. } => {
                    Some(participants[0].phone_number.clone())
                }
                _ => None,
            })
            .await;
        assert_eq!(removed, Some(Jid::pn(bia.me.phone.as_str())));
    }

    ana.client.send(group, "Só nós").await;
    assert_eq!(trio.texts(caio, 4).await[3], "Só nós");
    emulator.send_text(caio, group, "Isso").await.unwrap();
    assert_eq!(ana.client.texts(1).await, ["Isso"]);
    assert_eq!(trio.texts(caio, 5).await[4], "Isso");
    bia.client.send(group, "E eu?").await;
    assert_eq!(bia.refused().await, "403");
    assert!(emulator.send_text(&bia.me.phone, group, "E eu?").await.is_err());
    bia.gets_nothing_more(emulator, caio).await;
    assert_eq!(trio.texts(&bia.me.phone, 3).await, ["Ana", "Bia", "Caio"]);
    assert!(bia.client.client.groups().get_metadata(&trio.jid()).await.is_err());
}

#[tokio::test]
async fn who_leaves_is_gone_and_the_group_gets_another_admin() {
    let trio = acquainted().await;
    let Trio { emulator, ana, bia, caio, group } = &trio;
    bia.client.client.groups().leave(trio.jid()).await.unwrap();
    ana.change(|action| matches!(action, GroupNotificationAction::Remove { .. }).then_some(()))
        .await;
    ana.client.send(group, "Bia saiu").await;
    assert_eq!(trio.texts(caio, 4).await[3], "Bia saiu");
    bia.gets_nothing_more(emulator, caio).await;

    let left = emulator.leave_group(group, &ana.me.phone).await.unwrap();
    let [last] = &left.members[..] else { panic!("{left:?}") };
    assert_eq!((&last.number, last.role), (caio, GroupRole::Admin));
    ana.gets_nothing_more(emulator, caio).await;
}

#[tokio::test]
async fn only_admins_remove_and_make_admins() {
    let trio = acquainted().await;
    let Trio { emulator, ana, bia, caio, group } = &trio;
    let jid = |number: &str| Jid::pn(number);
    let groups = bia.client.client.groups();
    assert!(groups.remove_participants(trio.jid(), &[jid(caio)]).await.is_err());
    assert!(groups.set_locked(trio.jid(), true).await.is_err());

    let promote = [jid(&bia.me.phone)];
    ana.client.client.groups().promote_participants(trio.jid(), &promote).await.unwrap();
    bia.change(|action| matches!(action, GroupNotificationAction::Promote { .. }).then_some(()))
        .await;
    let removed = groups.remove_participants(trio.jid(), &[jid(caio)]).await.unwrap();
    assert_eq!(removed[0].status.as_deref(), Some("200"));
    let again = groups.remove_participants(trio.jid(), &[jid(caio)]).await.unwrap();
    assert_eq!(again[0].error.as_deref(), Some("404"));
    // The owner stays.
    let owner = groups.demote_participants(trio.jid(), &[jid(&ana.me.phone)]).await.unwrap();
    assert_eq!(owner[0].error.as_deref(), Some("406"));

    let demote = MembersChange { demote: list(&bia.me.phone), ..MembersChange::default() };
    let info = emulator.change_members(group, &demote).await.unwrap();
    let roles: Vec<_> = info.members.iter().map(|member| member.role).collect();
    assert_eq!(roles, [GroupRole::Owner, GroupRole::Member]);
    assert!(groups.set_locked(trio.jid(), true).await.is_err());
}

#[tokio::test]
async fn an_invite_link_leads_in_or_to_the_admins() {
    let trio = acquainted().await;
    let Trio { emulator, ana, group, .. } = &trio;
    let groups = ana.client.client.groups();
    let link = groups.get_invite_link(trio.jid(), false).await.unwrap();
    let (client, me) = TestClient::linked(emulator).await;
    let info = client.client.groups().get_invite_info(&link).await.unwrap();
    assert_eq!((info.id.to_string(), info.subject.as_str()), (group.clone(), "Trio"));
    let joined = client.client.groups().join_with_invite_code(&link).await.unwrap();
    assert_eq!(joined, JoinGroupResult::Joined(trio.jid()));
    ana.client.send(group, "Bem-vinda").await;
    assert_eq!(text(&client.message().await), "Bem-vinda");

    let approval = emulator::GroupChange { join_approval: Some(true), ..Default::default() };
    emulator.change_group(group, approval).await.unwrap();
    let (waiting, other) = TestClient::linked(emulator).await;
    let joined = waiting.client.groups().join_with_invite_code(&link).await.unwrap();
    assert_eq!(joined, JoinGroupResult::PendingApproval(trio.jid()));
    let requests = groups.get_membership_requests(trio.jid()).await.unwrap();
    let approved = groups.approve_membership_requests(trio.jid(), &[requests[0].jid.clone()]).await;
    assert_eq!(approved.unwrap()[0].status.as_deref(), Some("200"));
    let members = emulator.group(group).await.unwrap().members;
    let last: Vec<_> = members.iter().rev().take(2).map(|member| &member.number).collect();
    assert_eq!(last, [&other.phone, &me.phone]);

    let new = groups.get_invite_link(trio.jid(), true).await.unwrap();
    assert_ne!(new, link);
    assert!(waiting.client.groups().get_invite_info(&link).await.is_err());
    assert_eq!(emulator.stats().unknown_iqs, Vec::<String>::new());
}

#[tokio::test]
async fn a_client_linked_later_gets_keys_of_clients_that_know_the_devices() {
    let trio = acquainted().await;
    let Trio { emulator, ana, caio, group, .. } = &trio;
    let (late, _) = TestClient::linked_to(emulator, caio).await;
    emulator
        .until_phone(caio, TIMEOUT, |phone| phone.devices.iter().any(|device| device.online))
        .await
        .unwrap();
    ana.client.send(group, "Você está aí?").await;
    assert_eq!(text(&late.message().await), "Você está aí?");
    emulator.send_text(&trio.bia.me.phone, group, "Estou").await.unwrap();
    assert_eq!(text(&late.message().await), "Estou");
    late.send(group, "Eu também").await;
    assert_eq!(trio.texts(&trio.bia.me.phone, 6).await[5], "Eu também");
}
