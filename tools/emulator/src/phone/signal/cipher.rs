use serde::{Deserialize, Serialize};
use wacore::{
    messages::{MessageUtils, decode_plaintext, unwrap_device_sent},
    types::jid::JidExt as _,
};
use wacore_binary::Jid;
use wacore_libsignal::protocol::{
    CiphertextMessage, PreKeyBundle, PreKeySignalMessage, PreKeyStore as _, ProtocolAddress,
    SignalMessage, SignalProtocolError, UsePQRatchet, message_decrypt, message_encrypt,
    process_prekey_bundle,
};
use waproto::whatsapp as wa;

use super::{Bundle, SignalState, sender::verify_bundle};
use crate::phone::{Phone, PhoneError, crypto::rng};

/// The padding scheme of `<enc v="2">`: 1 to 16 bytes, each holding the count.
pub(super) const PADDING_VERSION: u8 = 2;

/// The `type` attribute of `<enc>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum EncKind {
    /// `msg`: a message of an established session.
    Msg,
    /// `pkmsg`: a message that also starts the session.
    PreKey,
}

impl EncKind {
    /// The attribute's value.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Msg => "msg",
            Self::PreKey => "pkmsg",
        }
    }

    /// Parses the attribute. Returns `None` for kinds that are not between two devices (`skmsg`).
    pub fn parse(attribute: &str) -> Option<Self> {
        match attribute {
            "msg" => Some(Self::Msg),
            "pkmsg" => Some(Self::PreKey),
            _ => None,
        }
    }
}

/// The contents of one `<enc>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enc {
    pub kind: EncKind,
    pub bytes: Vec<u8>,
}

/// A decrypted message.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The content, taken out of its `DeviceSentMessage` if it was in one.
    pub message: wa::Message,
    /// The chat an own companion sent it to; `None` for messages to this account.
    pub sent_to: Option<Jid>,
}

impl Phone {
    /// Returns `true` if there is a Signal session with the device, under its number or its LID.
    pub fn has_session(&self, device: &Jid) -> bool {
        self.signal.has_session(&self.signal_address(device))
    }

    /// Removes all sessions and keys of groups, as on a phone restored from a backup: the next
    /// message from every device cannot be decrypted and has to be sent again.
    pub fn forget_sessions(&mut self) {
        self.signal.sessions.clear();
        self.forget_group_keys();
    }

    /// Removes the session with a device that no longer exists.
    pub(in crate::phone) fn forget_session(&mut self, device: &Jid) {
        let address = self.signal_address(device);
        self.signal.sessions.remove(&address);
    }

    /// Starts a new session with a device whose user registered again, and accepts its new
    /// identity. Messages encrypted in the old session before can still be decrypted.
    pub async fn renew_session(&mut self, device: &Jid, bundle: &Bundle) -> Result<(), PhoneError> {
        let address = self.signal_address(device);
        verify_bundle(bundle)?;
        self.signal.start_session(&address, bundle).await
    }

    /// Encrypts a message for one device.
    ///
    /// A `bundle` is required if there is no session ([`Self::has_session`]); with one a new
    /// session is started in any case. A companion's bundle is checked against its signed device
    /// identity first.
    pub async fn encrypt(
        &mut self,
        to_device: &Jid,
        bundle: Option<&Bundle>,
        message: &wa::Message,
    ) -> Result<Enc, PhoneError> {
        let address = self.signal_address(to_device);
        if let Some(bundle) = bundle {
            verify_bundle(bundle)?;
            self.signal.start_session(&address, bundle).await?;
        }
        self.signal.seal(&address, &MessageUtils::encode_and_pad(message)).await
    }

    /// Decrypts a message from a device to this phone.
    ///
    /// Only own devices may send in the account's name: a `DeviceSentMessage` from anyone else is
    /// refused.
    pub async fn decrypt(
        &mut self,
        from_device: &Jid,
        kind: EncKind,
        bytes: &[u8],
    ) -> Result<Opened, PhoneError> {
        let address = self.signal_address(from_device);
        let padded = self.signal.open(&address, kind, bytes).await?;
        let message = decode_plaintext(&padded, PADDING_VERSION)
            .map_err(|_| PhoneError::InvalidContent("bad padding or not a Message"))?;

        let sent_to = match message.device_sent_message.as_option() {
            None => None,
            Some(_) if !self.owns(from_device) => {
                return Err(PhoneError::InvalidContent("DeviceSentMessage of another account"));
            }
            Some(sent) => {
                let chat = sent.destination_jid.as_deref().and_then(|jid| jid.parse().ok());
                Some(chat.ok_or(PhoneError::InvalidContent("DeviceSentMessage without a chat"))?)
            }
        };
        Ok(Opened { message: unwrap_device_sent(message), sent_to })
    }

    pub(super) fn signal_address(&self, device: &Jid) -> ProtocolAddress {
        self.addresses.session_address(device).to_protocol_address()
    }
}

impl SignalState {
    async fn start_session(
        &mut self,
        address: &ProtocolAddress,
        bundle: &Bundle,
    ) -> Result<(), PhoneError> {
        process_prekey_bundle(
            address,
            &mut self.sessions,
            &mut self.identities,
            &PreKeyBundle::try_from(bundle)?,
            &mut rng(),
            UsePQRatchet::No,
        )
        .await?;
        Ok(())
    }

    async fn seal(&mut self, address: &ProtocolAddress, padded: &[u8]) -> Result<Enc, PhoneError> {
        let sealed =
            message_encrypt(padded, address, &mut self.sessions, &mut self.identities).await;
        match sealed {
            Ok(CiphertextMessage::SignalMessage(message)) => {
                Ok(Enc { kind: EncKind::Msg, bytes: message.serialized().to_vec() })
            }
            Ok(CiphertextMessage::PreKeySignalMessage(message)) => {
                Ok(Enc { kind: EncKind::PreKey, bytes: message.serialized().to_vec() })
            }
            Ok(_) => Err(PhoneError::InvalidContent("a session cannot seal group messages")),
            Err(SignalProtocolError::SessionNotFound(_)) => Err(PhoneError::NoSession),
            Err(error) => Err(error.into()),
        }
    }

    async fn open(
        &mut self,
        address: &ProtocolAddress,
        kind: EncKind,
        bytes: &[u8],
    ) -> Result<Vec<u8>, PhoneError> {
        let sealed = match kind {
            EncKind::Msg => SignalMessage::try_from(bytes).map(CiphertextMessage::SignalMessage),
            EncKind::PreKey => {
                PreKeySignalMessage::try_from(bytes).map(CiphertextMessage::PreKeySignalMessage)
            }
        }
        .map_err(PhoneError::Undecryptable)?;

        let opened = message_decrypt(
            &sealed,
            address,
            &mut self.sessions,
            &mut self.identities,
            &mut self.one_time,
            &self.signed,
            &mut rng(),
            UsePQRatchet::No,
        )
        .await
        .map_err(|error| match error {
            SignalProtocolError::DuplicatedMessage(..) => PhoneError::Duplicate,
            other => PhoneError::Undecryptable(other),
        })?;

        // Session and prekey are saved together, so the prekey can be removed at once.
        if let Some(id) = opened.consumed_prekey_id {
            self.one_time.remove_pre_key(id).await?;
        }
        Ok(opened.plaintext)
    }
}
