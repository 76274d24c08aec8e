//! Polls, and votes in them.

use chrono::{DateTime, Utc};
use model::WaMessageId;
use model::content::{Poll, PollSecret};
use whatsapp_rust::prelude::{Jid, MessageField, wa};
use whatsapp_rust::wacore::poll::{compute_option_hash, encrypt_poll_vote_with_secret};
use whatsapp_rust::wacore_binary::JidExt as _;
use whatsapp_rust::waproto::whatsapp::message::poll_creation_message::Option as PollOption;
use whatsapp_rust::waproto::whatsapp::message::{
    PollCreationMessage, PollEncValue, PollUpdateMessage,
};

use crate::origin::OwnPhone;

/// Builds a poll. One with a single answer is of the third version; one with any number of answers is of the
/// first, and its count is 0 (WhatsApp Web, `GeneratePollCreationMessageProto`).
pub(super) fn message(poll: &Poll, context: Option<wa::ContextInfo>) -> wa::Message {
    let option =
        |name: &String| PollOption { option_name: Some(name.clone()), ..Default::default() };
    let creation = MessageField::some(PollCreationMessage {
        name: Some(poll.question.clone()),
        options: poll.options.iter().map(option).collect(),
        selectable_options_count: Some(poll.choices.unwrap_or(0)),
        context_info: context.map_or_else(Default::default, MessageField::some),
        ..Default::default()
    });
    let secret = poll.secret.map(|secret| wa::MessageContextInfo {
        message_secret: Some(secret.as_bytes().to_vec()),
        ..Default::default()
    });
    let message = wa::Message {
        message_context_info: secret.map_or_else(Default::default, MessageField::some),
        ..Default::default()
    };
    match poll.choices {
        Some(1) => wa::Message { poll_creation_message_v3: creation, ..message },
        _ => wa::Message { poll_creation_message: creation, ..message },
    }
}

/// A vote in a poll.
pub(super) struct Vote<'a> {
    /// WhatsApp's id of the poll.
    pub(super) poll: &'a WaMessageId,
    /// True if the poll is one of the number itself.
    pub(super) from_me: bool,
    /// The member of a group who made the poll; `None` in a chat with one person.
    pub(super) creator: Option<Jid>,
    pub(super) secret: PollSecret,
    /// The chosen options.
    pub(super) options: &'a [String],
    pub(super) at: DateTime<Utc>,
}

/// Builds a vote. `key` names the poll. Creator and voter have addresses of the same form, that of the chat
/// (WhatsApp Web, `WAWebAddonEncryption`), or in a group that of the creator.
pub(super) fn vote(
    vote: &Vote<'_>,
    key: wa::MessageKey,
    chat: &Jid,
    own: &OwnPhone,
) -> wa::Message {
    let by = vote.creator.as_ref().unwrap_or(chat);
    // In a group of which only the number itself is named, hidden identities are used.
    let by_lid = by.is_lid() || by.is_group();
    let forms = if by_lid { [&own.lid, &own.pn] } else { [&own.pn, &own.lid] };
    let voter = forms.into_iter().flatten().next();
    let voter = voter.map(|jid| jid.to_non_ad().to_string()).unwrap_or_default();
    let creator = if vote.from_me { voter.clone() } else { by.to_non_ad().to_string() };
    let hashes: Vec<_> =
        vote.options.iter().map(|option| compute_option_hash(option).to_vec()).collect();
    let sealed = encrypt_poll_vote_with_secret(
        &hashes,
        vote.secret.as_bytes(),
        vote.poll.as_str(),
        &creator,
        &voter,
    );
    // It fails for a secret of another length only.
    let (payload, iv) = sealed.unwrap_or_default();
    let update = PollUpdateMessage {
        poll_creation_message_key: MessageField::some(key),
        vote: MessageField::some(PollEncValue {
            enc_payload: Some(payload),
            enc_iv: Some(iv.to_vec()),
        }),
        sender_timestamp_ms: Some(vote.at.timestamp_millis()),
        ..Default::default()
    };
    wa::Message { poll_update_message: MessageField::some(update), ..Default::default() }
}

#[cfg(test)]
mod tests {
    use model::MessageContent;
    use whatsapp_rust::wacore::poll::{PollVoteCiphertext, decrypt_poll_vote_with_secret};

    use super::*;
    use crate::content;
    use crate::testing::own_phone;

    #[test]
    fn a_poll_is_read_as_it_was_written() {
        for choices in [Some(1), None] {
            let poll = Poll {
                question: "Que dia?".to_owned(),
                options: ["Segunda", "Terça"].map(str::to_owned).to_vec(),
                choices,
                secret: Some(PollSecret::new([7; 32])),
            };
            let built = message(&poll, None);
            assert_eq!(built.poll_creation_message_v3.is_set(), choices.is_some());
            assert_eq!(content::of(&built).unwrap().content, MessageContent::Poll(poll));
        }
    }

    #[test]
    fn a_vote_is_encrypted_for_the_addresses_of_its_chat() {
        for (chat, own) in [
            ("100000000000001@lid", "900000000000001@lid"),
            ("5561998124471@s.whatsapp.net", "5561990000000@s.whatsapp.net"),
        ] {
            for from_me in [true, false] {
                let poll = WaMessageId::from_random([7; 9]);
                let (secret, at) = (PollSecret::new([7; 32]), DateTime::UNIX_EPOCH);
                let options = ["Terça".to_owned()];
                let (options, creator) = (&options[..], None);
                let made = Vote { poll: &poll, from_me, creator, secret, options, at };
                let to: Jid = chat.parse().unwrap();
                let built = vote(&made, wa::MessageKey::default(), &to, &own_phone());
                let sealed = &built.poll_update_message.vote;
                let ciphertext = PollVoteCiphertext {
                    enc_payload: sealed.enc_payload.as_deref().unwrap(),
                    enc_iv: sealed.enc_iv.as_deref().unwrap(),
                };
                let creator = if from_me { own } else { chat };
                let hashes = decrypt_poll_vote_with_secret(
                    ciphertext,
                    secret.as_bytes(),
                    poll.as_str(),
                    creator,
                    own,
                );
                assert_eq!(hashes.unwrap(), [compute_option_hash("Terça").to_vec()]);
            }
        }
    }
}
