//! The groups of a number: their data and members are fetched in the background, all of them when the number
//! connects (once a day at most), and those of a new chat when its first message is stored. What WhatsApp does not
//! answer is asked again after a pause. Messages never wait for this. Changes in between come as notices ([`crate::group_updates`]).

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use model::{MemberRole, bounds};
use store::{FetchedGroup, FetchedMember, Ingest};
use tokio::sync::Notify;
use whatsapp_rust::prelude::{Client, IqError, Jid};
use whatsapp_rust::types::message::AddressingMode;
use whatsapp_rust::{GroupError, GroupMetadata, GroupParticipant};

use crate::origin::{OwnPhone, identities};
use crate::outbox_sender::is_refusal;
use crate::pauses::growing;

/// Groups that one round asks for, and the pause after one that asked.
const ROUND: u64 = 20;
const PAUSE: Duration = Duration::from_secs(5);
/// Pause between two questions, since WhatsApp limits how many a device asks.
const BETWEEN: Duration = Duration::from_millis(200);
/// Pause after a round that failed. It doubles with each further one in a row, up to the longest.
const RETRY_PAUSE: Duration = Duration::from_secs(10);
const LONGEST_PAUSE: Duration = Duration::from_secs(10 * 60);

/// Groups of a number were not fetched.
#[derive(Debug, thiserror::Error)]
enum FetchError {
    #[error("WhatsApp did not answer: {0}")]
    Unanswered(#[from] GroupError),
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Fetches the groups of a connected number, and then new ones after each wakeup. Runs until it is dropped.
pub(crate) async fn keep(client: Arc<Client>, ingest: Ingest, wakeup: Arc<Notify>) {
    let (mut has_all, mut failures) = (false, 0_u32);
    loop {
        match fetch(&client, &ingest, &mut has_all).await {
            Ok(fetched) => {
                failures = 0;
                // Who writes in a new group at once gets receipts, which count once its members are known.
                tokio::time::sleep(if fetched == 0 { BETWEEN } else { PAUSE }).await;
                // There may be more of them.
                if fetched < ROUND {
                    wakeup.notified().await;
                }
            }
            Err(error) => {
                tracing::info!(connection_id = %ingest.connection(), %error, "groups were not fetched, trying again");
                tokio::time::sleep(growing(RETRY_PAUSE, failures, LONGEST_PAUSE)).await;
                failures = failures.saturating_add(1);
            }
        }
    }
}

/// Fetches all groups unless the number `has_all`, and those that are new. Returns the count of the latter.
async fn fetch(client: &Client, ingest: &Ingest, has_all: &mut bool) -> Result<u64, FetchError> {
    let all = if *has_all { Ok(()) } else { fetch_all(client, ingest).await };
    *has_all = all.is_ok();
    // New groups do not wait for all of them.
    let fetched = fetch_new(client, ingest).await?;
    all.map(|()| fetched)
}

/// Fetches all groups of the number, unless that was done within a day.
async fn fetch_all(client: &Client, ingest: &Ingest) -> Result<(), FetchError> {
    if !ingest.are_groups_due().await? {
        return Ok(());
    }
    let (asked_at, own_phone) = (Utc::now(), OwnPhone::of(client));
    let groups = client.groups().get_participating().await?;
    let jids: BTreeSet<String> = groups.keys().map(Jid::to_non_ad_string).collect();
    for group in groups.into_values().take(bounds::GROUPS) {
        let group = fetched(group, &own_phone, asked_at);
        match ingest.group_fetched(&group).await {
            // One that the database does not take holds up no other.
            Err(error) if !error.is_outage() => {
                tracing::error!(connection_id = %ingest.connection(), %error, "a group could not be written down");
            }
            stored => stored?,
        }
    }
    Ok(ingest.groups_fetched(&jids, asked_at).await?)
}

/// Fetches groups with a chat of which WhatsApp has not been asked. Returns their number. One that WhatsApp
/// cannot answer now holds up no other.
async fn fetch_new(client: &Client, ingest: &Ingest) -> Result<u64, FetchError> {
    let (mut asked, mut failed) = (0, None);
    for jid in ingest.unknown_groups(ROUND).await? {
        let (asked_at, own_phone) = (Utc::now(), OwnPhone::of(client));
        let Ok(group) = jid.parse::<Jid>() else {
            ingest.group_refused(&jid, asked_at).await?;
            continue;
        };
        match client.groups().get_metadata(&group).await {
            Ok(metadata) => {
                let metadata = GroupMetadata { id: group, ..metadata };
                ingest.group_fetched(&fetched(metadata, &own_phone, asked_at)).await?;
                asked += 1;
            }
            Err(GroupError::Iq(IqError::ServerError { code, .. })) if is_refusal(code) => {
                ingest.group_refused(&jid, asked_at).await?;
                asked += 1;
            }
            Err(error @ GroupError::Iq(IqError::ServerError { .. })) => failed = Some(error),
            Err(error) => return Err(error.into()),
        }
        tokio::time::sleep(BETWEEN).await;
    }
    failed.map_or(Ok(asked), |error| Err(error.into()))
}

/// Returns a group as it is stored.
fn fetched(group: GroupMetadata, own_phone: &OwnPhone, asked_at: DateTime<Utc>) -> FetchedGroup {
    let is_own = |member: &GroupParticipant| {
        let addresses = [Some(&member.jid), member.phone_number.as_ref(), member.lid.as_ref()];
        addresses.into_iter().flatten().any(|jid| own_phone.is(jid))
    };
    let own_role = group.participants.iter().find(|member| is_own(member)).map(role);
    let others = group.participants.iter().filter(|member| !is_own(member));
    let creator = [group.creator.as_ref(), group.creator_pn.as_ref()];
    let is_ours = creator.iter().flatten().any(|jid| own_phone.is(jid));
    let creator = Some(identities(creator)).filter(|_| !is_ours);
    let created_at = group.creation_time.and_then(|seconds| i64::try_from(seconds).ok());
    FetchedGroup {
        members: others.map(member).collect(),
        own_role,
        jid: group.id.to_non_ad_string(),
        creator,
        created_at: created_at.and_then(|seconds| DateTime::from_timestamp(seconds, 0)),
        announce: group.is_announcement,
        locked: group.is_locked,
        lid: group.addressing_mode == AddressingMode::Lid,
        timer: group.ephemeral.and_then(|timer| timer.expiration).unwrap_or(0),
        subject: group.subject,
        description: group.description,
        asked_at,
    }
}

fn member(member: &GroupParticipant) -> FetchedMember {
    let addresses = [Some(&member.jid), member.phone_number.as_ref(), member.lid.as_ref()];
    FetchedMember { peer: identities(addresses), role: role(member) }
}

fn role(member: &GroupParticipant) -> MemberRole {
    match member.is_super_admin() {
        true => MemberRole::Owner,
        false if member.is_admin() => MemberRole::Admin,
        false => MemberRole::Member,
    }
}

#[cfg(test)]
mod tests {
    use store::Peer;
    use whatsapp_rust::ParticipantType;

    use super::*;
    use crate::testing::own_phone;

    fn participant(jid: &str, pn: &str, participant_type: ParticipantType) -> GroupParticipant {
        GroupParticipant {
            jid: jid.parse().unwrap(),
            phone_number: pn.parse().ok(),
            lid: None,
            username: None,
            participant_type,
            details: None,
        }
    }

    #[test]
    fn a_group_has_its_members_and_the_role_of_the_number() {
        let pn = "5561998124471@s.whatsapp.net";
        let group = GroupMetadata {
            id: "120363041234567890@g.us".parse().unwrap(),
            subject: "Fornecedores".to_owned(),
            creator: "100000000000001@lid".parse().ok(),
            creation_time: Some(1_770_000_000),
            addressing_mode: AddressingMode::Lid,
            is_announcement: true,
            participants: vec![
                participant("100000000000001@lid", pn, ParticipantType::SuperAdmin),
                participant("900000000000001@lid", "", ParticipantType::Admin),
            ],
            ..GroupMetadata::default()
        };
        let group = fetched(group, &own_phone(), Utc::now());
        assert_eq!(group.own_role, Some(MemberRole::Admin));
        let peer = Peer { pn: Some(pn.to_owned()), ..Peer::lid("100000000000001@lid") };
        assert_eq!(group.members, [FetchedMember { peer, role: MemberRole::Owner }]);
        assert_eq!(group.creator, Some(Peer::lid("100000000000001@lid")));
        assert!(group.lid && group.announce && !group.locked);
        assert_eq!(group.created_at, DateTime::from_timestamp(1_770_000_000, 0));
    }
}
