use std::collections::HashMap;

use async_trait::async_trait;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _, ser::Error as _};
use wacore_libsignal::protocol::{
    SenderKeyName, SenderKeyRecord, SenderKeyStore, SignalProtocolError,
};

/// One sender key per group and device, keyed by libsignal's rendering of both
/// (`group:user[:device]@server.0`).
///
/// Records keep libsignal's counter lease, as those of sessions do.
#[derive(Default)]
pub(super) struct SenderKeys(HashMap<String, SenderKeyRecord>);

impl SenderKeys {
    pub(super) fn contains(&self, name: &SenderKeyName) -> bool {
        self.0.contains_key(name.cache_key())
    }

    pub(super) fn remove(&mut self, name: &SenderKeyName) {
        self.0.remove(name.cache_key());
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

#[async_trait]
impl SenderKeyStore for SenderKeys {
    async fn store_sender_key(
        &mut self,
        name: &SenderKeyName,
        record: SenderKeyRecord,
    ) -> Result<(), SignalProtocolError> {
        self.0.insert(name.cache_key().to_owned(), record);
        Ok(())
    }

    async fn load_sender_key(
        &self,
        name: &SenderKeyName,
    ) -> Result<Option<SenderKeyRecord>, SignalProtocolError> {
        Ok(self.0.get(name.cache_key()).cloned())
    }
}

impl Serialize for SenderKeys {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let encoded: HashMap<&str, String> = self
            .0
            .iter()
            .map(|(name, record)| {
                let bytes = record.serialize().map_err(S::Error::custom)?;
                Ok((name.as_str(), BASE64_STANDARD.encode(bytes)))
            })
            .collect::<Result<_, S::Error>>()?;
        encoded.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for SenderKeys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        HashMap::<String, String>::deserialize(deserializer)?
            .into_iter()
            .map(|(name, text)| {
                let bytes = BASE64_STANDARD.decode(text).map_err(D::Error::custom)?;
                let record = SenderKeyRecord::deserialize(&bytes).map_err(D::Error::custom)?;
                Ok((name, record))
            })
            .collect::<Result<_, D::Error>>()
            .map(Self)
    }
}
