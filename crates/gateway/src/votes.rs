//! Opens votes in polls.
//!
//! A vote is encrypted with a key that is derived from the secret of its poll, WhatsApp's id of the poll, and
//! the addresses of its creator and of the voter (`wacore::poll`). Both addresses are LIDs or both are phone
//! numbers, whichever the voter's app used, so every pair is tried; a wrong key never opens a vote. A vote that
//! did not open is tried again once another number of addresses is known.

use std::collections::BTreeSet;

use model::MessageKind;
use store::{Inbound, Ingest, MessageUpdate, SealedVote};
use whatsapp_rust::buffa::Message as _;
use whatsapp_rust::wacore::poll::{
    PollVoteCiphertext, compute_option_hash, decrypt_poll_vote_with_secret,
};
use whatsapp_rust::waproto::whatsapp::message::PollUpdateMessage;

use crate::origin::OwnPhone;

/// Returns the polls, by WhatsApp's id, that came in a batch or were voted in.
pub(crate) fn polls(rows: &[Inbound]) -> BTreeSet<String> {
    let poll = |row: &Inbound| match &row.amends {
        Some(update) => {
            matches!(update.what, MessageUpdate::Vote(_)).then(|| update.target.clone())
        }
        None => (row.kind == MessageKind::Poll).then(|| row.wa_id.clone()),
    };
    rows.iter().filter_map(poll).collect()
}

/// Opens the votes that wait in these polls.
///
/// # Errors
/// The database failed. The votes wait until their batch comes again.
pub(crate) async fn open(
    ingest: &Ingest,
    own_phone: &OwnPhone,
    polls: &BTreeSet<String>,
) -> Result<(), store::Error> {
    let (mut opened, mut failed) = (Vec::new(), Vec::new());
    for vote in ingest.sealed_votes(polls).await? {
        let keys = keys(&vote, own_phone);
        if keys == vote.tried {
            continue;
        }
        match chosen(&vote, own_phone) {
            Some(choices) => opened.push((vote.id, choices)),
            None => failed.push((vote.id, keys)),
        }
    }
    if !failed.is_empty() {
        let count = failed.len();
        tracing::debug!(connection_id = %ingest.connection(), count, "votes do not open");
        ingest.votes_failed(&failed).await?;
    }
    if opened.is_empty() {
        return Ok(());
    }
    ingest.votes_opened(opened).await
}

/// Returns the number of keys that may open a vote: one for each pair of addresses.
fn keys(vote: &SealedVote, own_phone: &OwnPhone) -> u32 {
    let pairs = or_own(&vote.creator, own_phone).len() * or_own(&vote.voter, own_phone).len();
    u32::try_from(pairs).unwrap_or(u32::MAX)
}

/// Returns the options that a vote chose, by their positions; `None` if it does not open. Options that the
/// poll does not have are left out, and those beyond the number that one person may choose.
fn chosen(vote: &SealedVote, own_phone: &OwnPhone) -> Option<Vec<u32>> {
    let hashes = open_one(vote, own_phone)?;
    let mut choices = Vec::new();
    for (option, nth) in vote.options.iter().zip(0..) {
        let hash = compute_option_hash(option);
        if hashes.iter().any(|chosen| chosen.as_slice() == hash.as_slice()) {
            choices.push(nth);
        }
    }
    choices.truncate(vote.choices.map_or(usize::MAX, |most| most as usize));
    Some(choices)
}

/// Returns the hashes of the options that a vote names.
fn open_one(vote: &SealedVote, own_phone: &OwnPhone) -> Option<Vec<Vec<u8>>> {
    let update = PollUpdateMessage::decode_from_slice(&vote.protobuf).ok()?;
    let sealed = update.vote.as_option()?;
    let ciphertext = PollVoteCiphertext {
        enc_payload: sealed.enc_payload.as_deref()?,
        enc_iv: sealed.enc_iv.as_deref()?,
    };
    let creators = or_own(&vote.creator, own_phone);
    let voters = or_own(&vote.voter, own_phone);
    let secret = vote.secret.as_bytes();
    let open = |creator: &String, voter: &String| {
        decrypt_poll_vote_with_secret(ciphertext, secret, &vote.poll, creator, voter).ok()
    };
    creators.iter().find_map(|creator| voters.iter().find_map(|voter| open(creator, voter)))
}

/// Returns the addresses of a person; those of the number itself if none are given.
fn or_own(addresses: &[String], own_phone: &OwnPhone) -> Vec<String> {
    if !addresses.is_empty() {
        return addresses.to_vec();
    }
    let own = [&own_phone.lid, &own_phone.pn].into_iter().flatten();
    own.map(|jid| jid.to_non_ad().to_string()).collect()
}

#[cfg(test)]
mod tests {
    use model::content::PollSecret;
    use whatsapp_rust::prelude::MessageField;
    use whatsapp_rust::wacore::poll::encrypt_poll_vote_with_secret;
    use whatsapp_rust::waproto::whatsapp::message::PollEncValue;

    use super::*;
    use crate::testing::own_phone;

    const CONTACT: [&str; 2] = ["100000000000001@lid", "5561998124471@s.whatsapp.net"];
    const OWN: [&str; 2] = ["900000000000001@lid", "5561990000000@s.whatsapp.net"];

    /// A vote of the contact in a poll of the number, for options of these names.
    fn vote(names: &[&str], creator: &str, voter: &str) -> SealedVote {
        let secret = PollSecret::new([7; 32]);
        let hashes: Vec<_> = names.iter().map(|name| compute_option_hash(name).to_vec()).collect();
        let (payload, iv) =
            encrypt_poll_vote_with_secret(&hashes, secret.as_bytes(), "3EB0", creator, voter)
                .unwrap();
        let sealed = PollEncValue { enc_payload: Some(payload), enc_iv: Some(iv.to_vec()) };
        let update = PollUpdateMessage { vote: MessageField::some(sealed), ..Default::default() };
        SealedVote {
            id: 1,
            poll: "3EB0".to_owned(),
            secret,
            options: ["Segunda", "Terça", "Quarta"].map(str::to_owned).to_vec(),
            choices: None,
            creator: Vec::new(),
            voter: CONTACT.map(str::to_owned).to_vec(),
            protobuf: update.encode_to_vec(),
            tried: 0,
        }
    }

    fn read(vote: &SealedVote) -> Option<Vec<u32>> {
        chosen(vote, &own_phone())
    }

    #[test]
    fn a_vote_opens_under_whichever_addresses_it_was_made() {
        for (creator, voter) in OWN.into_iter().zip(CONTACT) {
            assert_eq!(read(&vote(&["Quarta", "Segunda"], creator, voter)), Some(vec![0, 2]));
        }
        let taken_back = vote(&[], OWN[0], CONTACT[0]);
        assert_eq!(read(&taken_back), Some(vec![]));
        let other = vote(&["Segunda"], OWN[0], "100000000000002@lid");
        assert_eq!(read(&other), None, "it is signed by somebody else");
    }

    #[test]
    fn each_pair_of_addresses_is_a_key() {
        let vote = vote(&[], OWN[0], CONTACT[0]);
        assert_eq!(keys(&vote, &own_phone()), 4);
        let one = SealedVote { voter: vec![CONTACT[0].to_owned()], ..vote };
        assert_eq!(keys(&one, &own_phone()), 2);
    }

    #[test]
    fn a_vote_of_the_own_phone_in_a_poll_of_the_contact_opens() {
        let own = SealedVote {
            creator: CONTACT.map(str::to_owned).to_vec(),
            voter: Vec::new(),
            ..vote(&["Terça"], CONTACT[0], OWN[0])
        };
        assert_eq!(read(&own), Some(vec![1]));
    }

    #[test]
    fn odd_votes_choose_what_exists_and_garbage_does_not_open() {
        let odd = vote(&["Domingo", "Terça", "Terça"], OWN[0], CONTACT[0]);
        assert_eq!(read(&odd), Some(vec![1]));
        let many = vote(&["Segunda", "Terça"], OWN[0], CONTACT[0]);
        assert_eq!(read(&SealedVote { choices: Some(1), ..many.clone() }), Some(vec![0]));
        for garbage in [vec![], vec![0xff; 300], many.protobuf[..40].to_vec()] {
            assert_eq!(read(&SealedVote { protobuf: garbage, ..many.clone() }), None);
        }
        let secret = PollSecret::new([8; 32]);
        assert_eq!(read(&SealedVote { secret, ..many }), None);
    }

    #[test]
    fn polls_are_those_that_came_or_were_voted_in() {
        let text = fixtures::text("3EB0C431C26A1916E07A01", "oi");
        let poll =
            fixtures::with_content(fixtures::text("3EB0C431C26A1916E07A02", ""), fixtures::poll());
        let update = |what| store::UpdateOf { target: "3EB0C431C26A1916E07A03".to_owned(), what };
        let voted = update(MessageUpdate::Vote(vec![1]));
        let reacted = update(MessageUpdate::Reaction("👍".to_owned()));
        let vote = Inbound { amends: Some(voted), ..text.clone() };
        let reaction = Inbound { amends: Some(reacted), ..poll.clone() };
        let found = polls(&[text, poll, vote, reaction]);
        assert_eq!(
            found,
            BTreeSet::from(["02", "03"].map(|end| format!("3EB0C431C26A1916E07A{end}")))
        );
    }
}
