//! Reads the notices about changes of groups (`w:gp2`), and of their pictures.

use store::{GroupUpdate, GroupUpdateKind, Participant, Peer};
use whatsapp_rust::prelude::Jid;
use whatsapp_rust::types::events::{self, PictureUpdate};
use whatsapp_rust::wacore::stanza::groups::{GroupNotificationAction, GroupParticipantInfo};
use whatsapp_rust::wacore_binary::JidExt as _;

use crate::origin::{OwnPhone, identities};

/// Longest id of a notice that is part of the id of a row, which has 64 characters at most.
const LONGEST_ID: usize = 47;

/// Reads a notice; `None` for changes that are not shown, as of communities and of invitations.
pub(crate) fn of(update: &events::GroupUpdate, own_phone: &OwnPhone) -> Option<GroupUpdate> {
    let people = |people: &[GroupParticipantInfo]| -> Vec<Participant> {
        people.iter().filter_map(|info| member(info, own_phone)).collect()
    };
    let by = participant([update.participant.as_ref(), update.participant_pn.as_ref()], own_phone);
    let what = match &update.action {
        GroupNotificationAction::Create { raw } => {
            let text = |name: &str| raw.attrs().optional_string(name).map(|text| text.into_owned());
            let group = raw.get_optional_child("group");
            let subject =
                group.and_then(|group| group.attrs().optional_string("subject").map(Into::into));
            // A group that exists is announced in this way to those who are added to it.
            match text("type").as_deref() {
                Some("new") | None => {
                    GroupUpdateKind::Created { subject: subject.unwrap_or_default() }
                }
                Some(_) => GroupUpdateKind::Added {
                    people: vec![Participant::Ourselves],
                    by_link: text("reason").as_deref() == Some("invite"),
                },
            }
        }
        GroupNotificationAction::Add { participants, reason } => GroupUpdateKind::Added {
            people: people(participants),
            by_link: matches!(reason.as_deref(), Some("invite" | "linked_group_join")),
        },
        GroupNotificationAction::Remove { participants, .. } => {
            GroupUpdateKind::Removed { people: people(participants) }
        }
        GroupNotificationAction::Promote { participants } => {
            GroupUpdateKind::Promoted { people: people(participants) }
        }
        GroupNotificationAction::Demote { participants } => {
            GroupUpdateKind::Demoted { people: people(participants) }
        }
        GroupNotificationAction::Modify { participants } => {
            GroupUpdateKind::NumberChanged { to: peer(participants.first()?) }
        }
        GroupNotificationAction::Subject { subject, .. } => {
            GroupUpdateKind::Subject(subject.clone())
        }
        GroupNotificationAction::Description { description, .. } => {
            GroupUpdateKind::Description(description.clone())
        }
        GroupNotificationAction::Locked { .. } => GroupUpdateKind::Locked(true),
        GroupNotificationAction::Unlocked => GroupUpdateKind::Locked(false),
        GroupNotificationAction::Announce => GroupUpdateKind::Announce(true),
        GroupNotificationAction::NotAnnounce => GroupUpdateKind::Announce(false),
        GroupNotificationAction::Ephemeral { expiration, .. } => {
            GroupUpdateKind::Timer { seconds: *expiration }
        }
        GroupNotificationAction::Delete { .. } => GroupUpdateKind::Ended,
        _ => return None,
    };
    let notice = match &update.notification_id {
        Some(id) => id.clone(),
        None => update.timestamp.timestamp_micros().to_string(),
    };
    Some(GroupUpdate {
        jid: update.group_jid.to_non_ad_string(),
        id: format!("GROUP.{}.{}", in_id(&notice), update.action_index),
        by,
        at: update.timestamp,
        what,
    })
}

/// Reads the notice about the picture of a group; `None` for that of a person.
pub(crate) fn of_picture(update: &PictureUpdate, own_phone: &OwnPhone) -> Option<GroupUpdate> {
    if !update.jid.is_group() {
        return None;
    }
    let removed = update.removed;
    let at = update.timestamp.timestamp_micros();
    Some(GroupUpdate {
        jid: update.jid.to_non_ad_string(),
        id: format!("PIC.{at}.{}", if removed { "removed" } else { "set" }),
        by: participant([update.author.as_ref()], own_phone),
        at: update.timestamp,
        what: GroupUpdateKind::Picture { removed },
    })
}

fn participant<'a>(
    jids: impl IntoIterator<Item = Option<&'a Jid>, IntoIter: Clone>,
    own_phone: &OwnPhone,
) -> Option<Participant> {
    let jids = jids.into_iter();
    if jids.clone().flatten().any(|jid| own_phone.is(jid)) {
        return Some(Participant::Ourselves);
    }
    let peer = identities(jids);
    (peer != Peer::default()).then_some(Participant::Contact(peer))
}

fn member(info: &GroupParticipantInfo, own_phone: &OwnPhone) -> Option<Participant> {
    participant([Some(&info.jid), info.phone_number.as_ref(), info.lid.as_ref()], own_phone)
}

fn peer(info: &GroupParticipantInfo) -> Peer {
    identities([Some(&info.jid), info.phone_number.as_ref(), info.lid.as_ref()])
}

/// Returns the part of the id of a row that stands for the id of a notice, which may have any characters.
fn in_id(notice: &str) -> String {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
    notice.chars().map(|letter| if fits(letter) { letter } else { '-' }).take(LONGEST_ID).collect()
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use model::WaMessageId;

    use super::*;
    use crate::testing::own_phone;

    fn info(jid: &str) -> GroupParticipantInfo {
        GroupParticipantInfo {
            jid: jid.parse().unwrap(),
            phone_number: None,
            display_name: None,
            r#type: None,
            lid: None,
            username: None,
            join_time: None,
            group_history_sent_state: None,
        }
    }

    fn read(action: GroupNotificationAction) -> Option<GroupUpdate> {
        let update = events::GroupUpdate::builder()
            .group_jid("120363041234567890@g.us".parse().unwrap())
            .notification_id("1770000000/7".to_owned())
            .participant("100000000000001:3@lid".parse().unwrap())
            .timestamp(DateTime::UNIX_EPOCH)
            .is_lid_addressing_mode(true)
            .action(action)
            .build();
        of(&update, &own_phone())
    }

    #[test]
    fn a_notice_names_who_did_what_to_whom() {
        let participants = vec![info("100000000000002@lid"), info("900000000000001:9@lid")];
        let removed = GroupNotificationAction::Remove { participants, reason: None };
        let removed = read(removed).unwrap();
        let contact = |jid: &str| Participant::Contact(Peer::lid(jid));
        assert_eq!(removed.by, Some(contact("100000000000001@lid")));
        let people = vec![contact("100000000000002@lid"), Participant::Ourselves];
        assert_eq!(removed.what, GroupUpdateKind::Removed { people });
        assert_eq!(removed.id, "GROUP.1770000000-7.0");
        assert!(WaMessageId::parse(&removed.id).is_ok());
    }

    #[test]
    fn notices_of_communities_and_invitations_are_left_out() {
        assert_eq!(read(GroupNotificationAction::Suspended), None);
        assert_eq!(read(GroupNotificationAction::RevokeInvite), None);
        let what = |action| read(action).unwrap().what;
        assert_eq!(what(GroupNotificationAction::Announce), GroupUpdateKind::Announce(true));
        let ephemeral = GroupNotificationAction::Ephemeral { expiration: 0, trigger: None };
        assert_eq!(what(ephemeral), GroupUpdateKind::Timer { seconds: 0 });
        let ended = GroupNotificationAction::Delete { reason: None };
        assert_eq!(what(ended), GroupUpdateKind::Ended);
    }

    #[test]
    fn any_id_of_a_notice_makes_an_id_of_a_row() {
        for id in ["1", "a b\"c", &"9".repeat(500)] {
            let id = format!("GROUP.{}.{}", in_id(id), u32::MAX);
            assert!(WaMessageId::parse(&id).is_ok(), "{id}");
        }
    }
}
