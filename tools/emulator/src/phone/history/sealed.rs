//! A part of a history in the message that announces it.

use std::io::Write as _;

use flate2::{Compression, write::ZlibEncoder};
use wacore::download::MediaType;
use wacore::upload::{EncryptedMedia, encrypt_media};
use waproto::codec;
use waproto::whatsapp::{
    self as wa,
    history_sync::HistorySyncType as Part,
    message::{HistorySyncNotification, HistorySyncType, ProtocolMessage, protocol_message::Type},
};

use super::outline::HistoryPart;
use crate::phone::PhoneError;

/// Bytes of a compressed part that may be in the message itself.
const INLINE: usize = 64 * 1024;

/// A compressed part, and where its bytes go.
pub struct SealedHistory {
    notification: HistorySyncNotification,
    /// The file to upload; `None` if the bytes are in the message.
    file: Option<EncryptedMedia>,
}

impl SealedHistory {
    /// Compresses and encrypts a part, which takes a while. `session` is the id of the request that
    /// it answers.
    pub fn new(part: &HistoryPart, session: Option<&str>) -> Result<Self, PhoneError> {
        let compressed = compressed(&codec::history_sync_to_vec(&part.sync))?;
        let mut notification = HistorySyncNotification {
            sync_type: sync_type(part.sync.sync_type),
            chunk_order: Some(part.order),
            progress: Some(part.progress),
            file_length: u64::try_from(compressed.len()).ok(),
            oldest_msg_in_chunk_timestamp_sec: oldest(&part.sync),
            peer_data_request_session_id: session.map(str::to_owned),
            ..Default::default()
        };
        if part.inline && compressed.len() <= INLINE {
            notification.initial_hist_bootstrap_inline_payload = Some(compressed);
            return Ok(Self { notification, file: None });
        }
        let file = encrypt_media(&compressed, MediaType::History)
            .map_err(|error| PhoneError::Media(error.to_string()))?;
        notification.media_key = Some(file.media_key.to_vec());
        notification.file_sha256 = Some(file.file_sha256.to_vec());
        notification.file_enc_sha256 = Some(file.file_enc_sha256.to_vec());
        Ok(Self { notification, file: Some(file) })
    }

    /// The bytes to upload, once.
    pub fn take_upload(&mut self) -> Option<Vec<u8>> {
        self.file.take().map(|file| file.data_to_upload)
    }

    /// The message that announces the part, of which the file is at a path.
    pub fn into_message(mut self, direct_path: Option<String>) -> wa::Message {
        self.notification.direct_path = direct_path;
        let protocol = ProtocolMessage {
            r#type: Some(Type::HISTORY_SYNC_NOTIFICATION),
            history_sync_notification: self.notification.into(),
            ..Default::default()
        };
        wa::Message { protocol_message: protocol.into(), ..Default::default() }
    }
}

fn compressed(bytes: &[u8]) -> Result<Vec<u8>, PhoneError> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    let written = encoder.write_all(bytes).and_then(|()| encoder.finish());
    written.map_err(|error| PhoneError::Media(error.to_string()))
}

/// The time of the oldest message of a part.
fn oldest(sync: &wa::HistorySync) -> Option<i64> {
    let conversations = sync.conversations.iter();
    let messages = conversations.filter_map(|conversation| conversation.messages.last());
    let times = messages.filter_map(|message| message.message.message_timestamp);
    i64::try_from(times.min()?).ok()
}

/// The name of a kind of part in the announcement, where the kinds have a list of their own.
fn sync_type(part: Part) -> Option<HistorySyncType> {
    let names = [
        (Part::INITIAL_BOOTSTRAP, HistorySyncType::INITIAL_BOOTSTRAP),
        (Part::PUSH_NAME, HistorySyncType::PUSH_NAME),
        (Part::NON_BLOCKING_DATA, HistorySyncType::NON_BLOCKING_DATA),
        (Part::RECENT, HistorySyncType::RECENT),
        (Part::FULL, HistorySyncType::FULL),
        (Part::ON_DEMAND, HistorySyncType::ON_DEMAND),
    ];
    names.into_iter().find_map(|(known, name)| (known == part).then_some(name))
}
