use std::collections::HashMap;

use async_trait::async_trait;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _, ser::Error as _};
use wacore_libsignal::protocol::{
    ProtocolAddress, SessionRecord, SessionStore, SignalProtocolError,
};

/// One session per device, keyed by libsignal's rendering of the address
/// (`user[:device]@server.0`).
///
/// Records keep libsignal's counter lease: if a state file is older than the last messages sent,
/// the sending chain skips ahead on load, so no message key is ever used twice.
#[derive(Default)]
pub(super) struct Sessions(HashMap<String, SessionRecord>);

impl Sessions {
    pub(super) fn contains(&self, address: &ProtocolAddress) -> bool {
        self.0.contains_key(address.as_str())
    }

    pub(super) fn remove(&mut self, address: &ProtocolAddress) {
        self.0.remove(address.as_str());
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    pub(super) fn rename_user(&mut self, number: &str, lid_user: &str) {
        renamed(&mut self.0, number, lid_user);
    }
}

/// Moves every entry of a number's devices to its LID. An entry the LID has already stays: it is
/// the newer one.
pub(super) fn renamed<T>(entries: &mut HashMap<String, T>, number: &str, lid_user: &str) {
    let moving: Vec<_> = entries
        .keys()
        .filter_map(|address| {
            let device = address.strip_prefix(number)?.strip_suffix("@c.us.0")?;
            (device.is_empty() || device.starts_with(':'))
                .then(|| (address.clone(), format!("{lid_user}{device}@lid.0")))
        })
        .collect();
    for (from, to) in moving {
        if let Some(entry) = entries.remove(&from) {
            entries.entry(to).or_insert(entry);
        }
    }
}

#[async_trait]
impl SessionStore for Sessions {
    async fn load_session(
        &self,
        address: &ProtocolAddress,
    ) -> Result<Option<SessionRecord>, SignalProtocolError> {
        Ok(self.0.get(address.as_str()).cloned())
    }

    async fn has_session(&self, address: &ProtocolAddress) -> Result<bool, SignalProtocolError> {
        Ok(self.contains(address))
    }

    async fn store_session(
        &mut self,
        address: &ProtocolAddress,
        record: SessionRecord,
    ) -> Result<(), SignalProtocolError> {
        self.0.insert(address.as_str().to_owned(), record);
        Ok(())
    }
}

impl Serialize for Sessions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let encoded: HashMap<&str, String> = self
            .0
            .iter()
            .map(|(address, record)| {
                let bytes = record.serialize().map_err(S::Error::custom)?;
                Ok((address.as_str(), BASE64_STANDARD.encode(bytes)))
            })
            .collect::<Result<_, S::Error>>()?;
        encoded.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Sessions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        HashMap::<String, String>::deserialize(deserializer)?
            .into_iter()
            .map(|(address, text)| {
                let bytes = BASE64_STANDARD.decode(text).map_err(D::Error::custom)?;
                let record = SessionRecord::deserialize(&bytes).map_err(D::Error::custom)?;
                Ok((address, record))
            })
            .collect::<Result<_, D::Error>>()
            .map(Self)
    }
}
