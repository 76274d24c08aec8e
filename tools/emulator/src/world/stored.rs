//! The world on disk: one JSON file, written whole and moved into place.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use wacore_binary::{Node, OwnedNodeRef, marshal};

use super::World;
use super::accepted::Accepted;
use super::account::Account;
use super::addressing::Addressing;
use super::companion::Companion;
use super::groups::group::Group;
use super::history::Transfer;
use super::keys::CompanionKeys;
use super::profile::Profile;
use super::queue::{Class, Queue};
use crate::phone::Phone;
use crate::wire::identity::{ServerIdentity, StoredIdentity};

/// File in the state directory.
const FILE: &str = "world.json";

/// The stored state as read back. (Phones are written by reference.)
#[derive(Deserialize)]
pub(crate) struct StoredWorld {
    identity: StoredIdentity,
    accounts: Vec<StoredAccount>,
    /// Absent in older states.
    #[serde(default)]
    groups: Vec<Group>,
}

#[derive(Deserialize)]
struct StoredAccount {
    phone: Phone,
    /// The server's name for the account; absent in older states.
    #[serde(default)]
    name: Option<String>,
    addressing: Addressing,
    about: String,
    #[serde(default)]
    follows_companions: bool,
    #[serde(default)]
    restricted: bool,
    #[serde(default)]
    issued_tokens: HashMap<String, Vec<u8>>,
    #[serde(default)]
    profile: Profile,
    #[serde(default)]
    history: BTreeMap<u16, Transfer>,
    companions: Vec<StoredCompanion>,
}

#[derive(Serialize, Deserialize)]
struct StoredCompanion {
    id: u16,
    key_index: u32,
    platform: String,
    noise: [u8; 32],
    keys: CompanionKeys,
    device_identity: Vec<u8>,
    queue: Vec<StoredStanza>,
}

/// A queued stanza in the wire's binary form, in base64.
#[derive(Serialize, Deserialize)]
struct StoredStanza(String);

impl StoredWorld {
    /// Loads the contents of a state directory, if there are any.
    pub(crate) async fn load(directory: &Path) -> anyhow::Result<Option<Self>> {
        let path = directory.join(FILE);
        let bytes = match tokio::fs::read(&path).await {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error).context(format!("reading {}", path.display())),
        };
        let stored = serde_json::from_slice(&bytes)
            .with_context(|| format!("{} is not an emulator's state", path.display()))?;
        Ok(Some(stored))
    }

    pub(crate) fn identity(&self) -> anyhow::Result<ServerIdentity> {
        ServerIdentity::restore(&self.identity)
    }

    /// Adds all accounts and groups to a new world.
    pub(crate) fn restore_into(self, world: &Arc<World>) -> anyhow::Result<()> {
        for group in self.groups {
            world.groups.insert(group);
        }
        for stored in self.accounts {
            let key_index = stored.phone.key_index_list()?;
            let account = world.restore_account(stored.phone, stored.addressing);
            let mut directory = account.directory();
            if let Some(name) = stored.name {
                directory.name = name;
            }
            directory.about = stored.about;
            directory.follows_companions = stored.follows_companions;
            directory.restricted = stored.restricted;
            directory.issued_tokens = stored.issued_tokens;
            directory.profile = stored.profile;
            directory.history = stored.history;
            directory.key_index = Some((key_index.timestamp, key_index.signed));
            for companion in stored.companions {
                directory.companions.insert(companion.id, companion.restore()?);
            }
        }
        Ok(())
    }
}

/// Writes a world to its state directory.
pub(crate) async fn save(world: &World, directory: &Path) -> anyhow::Result<()> {
    #[derive(Serialize)]
    struct Saved {
        identity: StoredIdentity,
        accounts: Vec<serde_json::Value>,
        groups: Vec<Group>,
    }
    let mut accounts = Vec::new();
    for account in world.accounts() {
        accounts.push(store(&account).await?);
    }
    let groups = world.groups.all();
    let groups = groups.iter().map(|cell| Arc::unwrap_or_clone(cell.snapshot())).collect();
    let saved = Saved { identity: world.identity.to_stored(), accounts, groups };
    let bytes = serde_json::to_vec(&saved)?;
    tokio::fs::create_dir_all(directory).await?;
    let fresh = directory.join(format!("{FILE}.new"));
    tokio::fs::write(&fresh, bytes).await?;
    tokio::fs::rename(&fresh, directory.join(FILE)).await?;
    Ok(())
}

async fn store(account: &Account) -> anyhow::Result<serde_json::Value> {
    #[derive(Serialize)]
    struct Saved<'a> {
        phone: &'a Phone,
        name: String,
        addressing: Addressing,
        about: String,
        follows_companions: bool,
        restricted: bool,
        issued_tokens: HashMap<String, Vec<u8>>,
        profile: Profile,
        history: BTreeMap<u16, Transfer>,
        companions: Vec<StoredCompanion>,
    }
    let phone = account.phone.lock().await;
    let saved = {
        let directory = account.directory();
        Saved {
            phone: &phone,
            name: directory.name.clone(),
            addressing: directory.addressing,
            about: directory.about.clone(),
            follows_companions: directory.follows_companions,
            restricted: directory.restricted,
            issued_tokens: directory.issued_tokens.clone(),
            profile: directory.profile.clone(),
            history: directory.history.clone(),
            companions: directory
                .companions
                .values()
                .map(StoredCompanion::of)
                .collect::<anyhow::Result<_>>()?,
        }
    };
    Ok(serde_json::to_value(saved)?)
}

impl StoredCompanion {
    fn of(companion: &Companion) -> anyhow::Result<Self> {
        let queue = companion.queue.stanzas().map(|(_, node)| {
            let bytes = marshal(node)?;
            Ok(StoredStanza(BASE64_STANDARD.encode(bytes)))
        });
        Ok(Self {
            id: companion.id,
            key_index: companion.key_index,
            platform: companion.platform.clone(),
            noise: companion.noise,
            keys: companion.keys.clone(),
            device_identity: companion.device_identity.clone(),
            queue: queue.collect::<anyhow::Result<_>>()?,
        })
    }

    fn restore(self) -> anyhow::Result<Companion> {
        let mut queue = Queue::default();
        for stanza in &self.queue {
            let node = stanza.read()?;
            let class = Class::parse(&node.tag).context("a queued stanza of no known class")?;
            queue.push(class, node, None);
        }
        Ok(Companion {
            id: self.id,
            key_index: self.key_index,
            platform: self.platform,
            noise: self.noise,
            keys: self.keys,
            device_identity: self.device_identity,
            queue,
            accepted: Accepted::default(),
            link: None,
            available: false,
        })
    }
}

impl StoredStanza {
    fn read(&self) -> anyhow::Result<Node> {
        let bytes = BASE64_STANDARD.decode(&self.0)?;
        // The first byte is the compression flag; `marshal` never compresses.
        let bytes = Bytes::from(bytes).slice(1..);
        Ok(OwnedNodeRef::new(bytes)?.to_owned_node())
    }
}
