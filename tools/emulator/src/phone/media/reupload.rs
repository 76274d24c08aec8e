use wacore::media_retry::decrypt_media_retry_notification;
use wacore_libsignal::crypto::aes_256_gcm_encrypt;
use waproto::buffa::Message as _;
use waproto::whatsapp as wa;
use waproto::whatsapp::media_retry_notification::ResultType;

use super::Attachment;
use crate::phone::{
    PhoneError,
    crypto::{derive_key, random},
};

/// HKDF info of the keys of requests and answers (`wacore::media_retry`).
const INFO: &[u8] = b"WhatsApp Media Retry Notification";

/// A phone's encrypted answer to a companion that requested a file again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReuploadAnswer {
    pub sealed: Vec<u8>,
    pub iv: [u8; 12],
}

impl Attachment {
    /// Returns `true` if a request for the file of the message `id` was made with the file's key.
    pub fn is_asked_for(&self, id: &str, iv: &[u8], sealed: &[u8]) -> bool {
        // Requests and answers are encrypted alike; the function has the name of the client's
        // side.
        let opened = decrypt_media_retry_notification(&self.media_key, id, iv, sealed);
        let receipt = opened
            .ok()
            .and_then(|receipt| wa::ServerErrorReceipt::decode_from_slice(&receipt).ok());
        receipt.is_some_and(|receipt| receipt.stanza_id.as_deref() == Some(id))
    }

    /// Encrypts the answer: the file's new path, or that the phone has it no longer.
    pub fn answer_reupload(
        &self,
        id: &str,
        direct_path: Option<String>,
    ) -> Result<ReuploadAnswer, PhoneError> {
        let result = match direct_path {
            Some(_) => ResultType::SUCCESS,
            None => ResultType::NOT_FOUND,
        };
        let answer = wa::MediaRetryNotification {
            stanza_id: Some(id.to_owned()),
            direct_path,
            result: Some(result),
            ..Default::default()
        };
        let key = derive_key(&self.media_key, None, INFO)
            .map_err(|error| PhoneError::Media(error.to_string()))?;
        let iv = random::<12>();
        let mut sealed = Vec::new();
        aes_256_gcm_encrypt(&key, &iv, id.as_bytes(), &answer.encode_to_vec(), &mut sealed)
            .map_err(|error| PhoneError::Media(error.to_string()))?;
        Ok(ReuploadAnswer { sealed, iv })
    }
}
