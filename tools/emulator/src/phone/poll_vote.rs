//! Votes, encrypted with the secret of their poll (`wacore::poll`).
//!
//! The addresses of both people are part of the key. WhatsApp takes those of one form, LID or
//! number, and tries the other one if a vote does not open.

use wacore::poll::{
    PollVoteCiphertext, compute_option_hash, decrypt_poll_vote_with_secret,
    encrypt_poll_vote_with_secret,
};
use wacore::proto_helpers::MessageExt as _;
use wacore_binary::Jid;
use waproto::whatsapp::{
    self as wa,
    message::{PollEncValue, PollUpdateMessage},
};

use super::{Envelope, Phone, PhoneError};

/// The parts of a poll that votes depend on.
struct Poll {
    secret: Vec<u8>,
    options: Vec<String>,
    is_single_choice: bool,
}

impl Phone {
    /// Composes a vote for a poll of the chat, as [`Phone::compose_text`] does a text. A vote
    /// replaces the earlier one of the same person; one without options takes it back.
    pub fn compose_vote(
        &mut self,
        to: &Jid,
        id: &str,
        options: &[String],
    ) -> Result<(String, wa::Message), PhoneError> {
        let creation = self.message(to, id)?;
        let from_me = creation.from_me;
        let creator = self.author_address(to, creation);
        let participant = self.participant(to, creation);
        let poll = self.poll(id).ok_or_else(|| PhoneError::NoPoll(id.to_owned()))?;
        if let Some(unknown) = options.iter().find(|option| !poll.options.contains(option)) {
            return Err(PhoneError::NoOption(unknown.clone()));
        }
        if poll.is_single_choice && options.len() > 1 {
            return Err(PhoneError::SingleChoice);
        }
        let voter = self.own_address_in(to);
        let hashes: Vec<_> =
            options.iter().map(|option| compute_option_hash(option).to_vec()).collect();
        let (enc_payload, iv) = encrypt_poll_vote_with_secret(
            &hashes,
            &poll.secret,
            id,
            &creator.to_non_ad_string(),
            &voter.to_non_ad_string(),
        )
        .map_err(|_| PhoneError::NoPoll(id.to_owned()))?;
        let key = wa::MessageKey {
            remote_jid: Some(to.to_non_ad_string()),
            from_me: Some(from_me),
            id: Some(id.to_owned()),
            participant,
        };
        let vote = PollEncValue { enc_payload: Some(enc_payload), enc_iv: Some(iv.to_vec()) };
        let update = PollUpdateMessage {
            poll_creation_message_key: key.into(),
            vote: vote.into(),
            sender_timestamp_ms: Some(chrono::Utc::now().timestamp_millis()),
            ..Default::default()
        };
        let message = wa::Message { poll_update_message: update.into(), ..Default::default() };
        Ok(self.compose(to, message))
    }

    /// Decrypts a vote. Returns the chosen options, or `None` if the phone has no such poll or the
    /// vote is not encrypted with its secret.
    pub(super) fn open_vote(
        &self,
        envelope: &Envelope,
        update: &PollUpdateMessage,
    ) -> Option<Vec<String>> {
        let id = update.poll_creation_message_key.id.as_deref()?;
        let poll = self.poll(id)?;
        let chat = self.addresses.chat_name(&envelope.chat);
        let creation = self.chats.message(&chat, id)?;
        let creator = self.author_address(&envelope.chat, creation);
        let creators = self.addresses.forms(&creator);
        let voters = self.addresses.forms(&envelope.sender);
        let vote = update.vote.as_option()?;
        let ciphertext = PollVoteCiphertext {
            enc_payload: vote.enc_payload.as_deref()?,
            enc_iv: vote.enc_iv.as_deref()?,
        };
        let hashes = creators.iter().zip(&voters).find_map(|(creator, voter)| {
            let (creator, voter) = (creator.to_non_ad_string(), voter.to_non_ad_string());
            decrypt_poll_vote_with_secret(ciphertext, &poll.secret, id, &creator, &voter).ok()
        })?;
        let is_chosen = |option: &String| {
            hashes.iter().any(|hash| hash.as_slice() == compute_option_hash(option).as_slice())
        };
        Some(poll.options.into_iter().filter(is_chosen).collect())
    }

    /// The poll `id`, as far as the phone still has its message.
    fn poll(&self, id: &str) -> Option<Poll> {
        let message = self.recent_content(id)?;
        let secret = message.message_context_info.message_secret.clone()?;
        let base = message.get_base_message();
        let versions = [
            &base.poll_creation_message,
            &base.poll_creation_message_v2,
            &base.poll_creation_message_v3,
        ];
        let poll = versions.into_iter().find_map(|poll| poll.as_option())?;
        let options = poll.options.iter().filter_map(|option| option.option_name.clone());
        Some(Poll {
            secret,
            options: options.collect(),
            is_single_choice: poll.selectable_options_count == Some(1),
        })
    }
}
