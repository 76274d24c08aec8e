use wacore::messages::{MessageUtils, decode_plaintext};
use wacore::types::jid::make_sender_key_name;
use wacore_binary::Jid;
use wacore_libsignal::protocol::{
    SenderKeyDistributionMessage, SenderKeyName, SignalProtocolError,
    create_sender_key_distribution_message, group_decrypt, group_encrypt,
    process_sender_key_distribution_message,
};
use waproto::whatsapp as wa;

use super::cipher::PADDING_VERSION;
use crate::phone::{Phone, PhoneError, crypto::rng};

impl Phone {
    /// The phone's own key for a group, as a message for single devices. It is made if there is
    /// none. A device that has it can read what the phone encrypts from now on.
    pub async fn group_key(&mut self, group: &Jid) -> Result<wa::Message, PhoneError> {
        let name = self.sender_key_name(group, &self.lid());
        let store = &mut self.signal.sender_keys;
        let key = create_sender_key_distribution_message(&name, store, &mut rng()).await?;
        let distribution = wa::message::SenderKeyDistributionMessage {
            group_id: Some(group.to_string()),
            axolotl_sender_key_distribution_message: Some(key.into_serialized().into_vec()),
        };
        Ok(wa::Message {
            sender_key_distribution_message: distribution.into(),
            ..Default::default()
        })
    }

    /// Encrypts a message for everybody who has the phone's key for a group.
    pub async fn encrypt_group(
        &mut self,
        group: &Jid,
        message: &wa::Message,
    ) -> Result<Vec<u8>, PhoneError> {
        let name = self.sender_key_name(group, &self.lid());
        let padded = MessageUtils::encode_and_pad(message);
        let store = &mut self.signal.sender_keys;
        let sealed = group_encrypt(store, &name, &padded, &mut rng()).await?;
        Ok(sealed.into_serialized().into_vec())
    }

    /// Takes the key that a device sent for a group, if the message holds one for this group.
    pub async fn take_group_key(
        &mut self,
        group: &Jid,
        from_device: &Jid,
        message: &wa::Message,
    ) -> Result<(), PhoneError> {
        let Some(sent) = message.sender_key_distribution_message.as_option() else {
            return Ok(());
        };
        if sent.group_id.as_deref() != Some(group.to_string().as_str()) {
            return Err(PhoneError::InvalidContent("a sender key of another group"));
        }
        let bytes = sent.axolotl_sender_key_distribution_message.as_deref();
        let bytes = bytes.ok_or(PhoneError::InvalidContent("a sender key without the key"))?;
        let key =
            SenderKeyDistributionMessage::try_from(bytes).map_err(PhoneError::Undecryptable)?;
        let name = self.sender_key_name(group, from_device);
        let store = &mut self.signal.sender_keys;
        process_sender_key_distribution_message(&name, &key, store).await?;
        Ok(())
    }

    /// Decrypts a message that a device sent to a group.
    pub async fn decrypt_group(
        &mut self,
        group: &Jid,
        from_device: &Jid,
        bytes: &[u8],
    ) -> Result<wa::Message, PhoneError> {
        let name = self.sender_key_name(group, from_device);
        let padded = group_decrypt(bytes, &mut self.signal.sender_keys, &name).await;
        let padded = padded.map_err(|error| match error {
            SignalProtocolError::DuplicatedMessage(..) => PhoneError::Duplicate,
            other => PhoneError::Undecryptable(other),
        })?;
        decode_plaintext(&padded, PADDING_VERSION)
            .map_err(|_| PhoneError::InvalidContent("bad padding or not a Message"))
    }

    /// Returns `true` if the phone has made a key for a group.
    pub(in crate::phone) fn has_group_key(&self, group: &Jid) -> bool {
        self.signal.sender_keys.contains(&self.sender_key_name(group, &self.lid()))
    }

    /// Throws the phone's own key for a group away.
    pub(in crate::phone) fn drop_group_key(&mut self, group: &Jid) {
        let name = self.sender_key_name(group, &self.lid());
        self.signal.sender_keys.remove(&name);
    }

    fn sender_key_name(&self, group: &Jid, device: &Jid) -> SenderKeyName {
        make_sender_key_name(group, &self.signal_address(device))
    }
}
