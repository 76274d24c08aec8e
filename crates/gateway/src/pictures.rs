//! Fetches the pictures of people and groups from WhatsApp.
//!
//! A picture is fetched when somebody looks at it, and again when WhatsApp reports another one or after a
//! week. Nothing waits for it: pages show initials until the store announces the picture. Each number asks
//! for few at once, since WhatsApp limits such requests, and rests after a failure. What arrives is decoded
//! and encoded again (`inspect`), so that only pixels are stored.
//!
//! * [`folder`] has the files, [`fetching`] limits the requests, [`download`] makes them.

mod download;
mod fetching;
mod folder;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use store::{Picture, Store};
use whatsapp_rust::anyhow;
use whatsapp_rust::prelude::{Client, Jid, Server};

use self::fetching::Fetching;
use self::folder::{Folder, Size};
use crate::disk_room::DiskRoom;
use crate::files::blocking;

/// Time that one picture may take from the request to the disk.
const TIMEOUT: Duration = Duration::from_secs(40);
/// Time for which a user waits for a large picture.
const LARGE_TIMEOUT: Duration = Duration::from_secs(15);
/// Bytes of a small picture as WhatsApp has it; most have about 4 kB.
const LONGEST_SMALL: u64 = 512 * 1024;
/// Bytes of a large one; most have about 100 kB.
const LONGEST_LARGE: u64 = 4 * 1024 * 1024;

/// The pictures of all numbers.
pub(crate) struct Pictures {
    store: Store,
    folder: Folder,
    disk_room: Arc<DiskRoom>,
    fetching: Fetching,
}

impl Pictures {
    pub(crate) fn new(store: Store, media_dir: PathBuf, disk_room: Arc<DiskRoom>) -> Self {
        Self { store, folder: Folder::new(media_dir), disk_room, fetching: Fetching::default() }
    }

    /// Returns the path of the file of a picture for lists; `None` if none is stored.
    pub(crate) fn path(&self, picture: &Picture) -> Option<PathBuf> {
        let version = picture.version()?;
        Some(self.folder.path(picture.connection(), picture.of(), version, Size::Small))
    }

    /// Begins to fetch a picture, unless that is under way, too many wait, or the number rests after a
    /// failure. Whoever looks at it later begins anew.
    pub(crate) fn fetch(self: &Arc<Self>, client: &Arc<Client>, picture: Picture) {
        let Some(turn) = self.fetching.begin(picture.connection(), picture.of()) else { return };
        let (pictures, client) = (Arc::clone(self), Arc::downgrade(client));
        tokio::spawn(async move {
            let Some(_permits) = turn.wait().await else { return };
            let mut picture = picture;
            // The session may have ended meanwhile.
            while let Some(client) = client.upgrade() {
                let fetched = pictures.fetch_small(&client, &picture);
                let connection_id = picture.connection();
                match tokio::time::timeout(TIMEOUT, fetched).await {
                    Ok(Ok(())) => {}
                    Ok(Err(error)) => {
                        tracing::debug!(%connection_id, %error, "a picture was not fetched");
                        return turn.rest();
                    }
                    Err(_) => return turn.rest(),
                }
                if !turn.is_asked_again() {
                    return;
                }
                let ingest = pictures.store.ingest(connection_id);
                let Ok(Some(now)) = ingest.known_picture(picture.of()).await else { return };
                picture = now;
            }
        });
    }

    /// Fetches a picture of which WhatsApp has reported another one.
    pub(crate) fn fetch_again(self: &Arc<Self>, client: &Arc<Client>, picture: Picture) {
        self.fetching.changed(picture.connection(), picture.of());
        self.fetch(client, picture);
    }

    /// Returns the path of a picture as large as WhatsApp has it, which is fetched if it is not there.
    /// `None` if there is none, or it cannot be had now.
    pub(crate) async fn large(
        &self,
        client: Option<&Client>,
        picture: &Picture,
    ) -> Option<PathBuf> {
        let version = picture.version()?;
        let path = self.folder.path(picture.connection(), picture.of(), version, Size::Large);
        if is_there(&path).await {
            return Some(path);
        }
        let client = client?;
        let fetched = async {
            let _permits = self.fetching.wait_for_large(picture.connection()).await?;
            // Another request may have had the same wish.
            if is_there(&path).await {
                return Some(());
            }
            self.fetch_large(client, picture, version).await.ok()?
        };
        tokio::time::timeout(LARGE_TIMEOUT, fetched).await.ok()??;
        Some(path)
    }

    /// Fetches the picture for lists, and stores what WhatsApp answered.
    async fn fetch_small(&self, client: &Client, picture: &Picture) -> anyhow::Result<()> {
        let (connection, of) = (picture.connection(), picture.of());
        let ingest = self.store.ingest(connection);
        self.sweep(picture).await?;
        let Some(found) = ask(client, picture, Size::Small).await? else {
            ingest.no_picture(of).await?;
            return self.remove_older(picture).await;
        };
        if let Some(version) = picture.version()
            && picture.wa_id() == Some(&*found.id)
        {
            return Ok(ingest.picture_stored(of, version, Some(&found.id)).await?);
        }
        let Some(jpeg) = self.jpeg(client, found.url, Size::Small).await? else {
            metrics::counter!("inbox_refused", "what" => "picture").increment(1);
            ingest.no_picture(of).await?;
            return self.remove_older(picture).await;
        };
        let version = Utc::now().timestamp_micros();
        self.write(picture, version, Size::Small, jpeg).await?;
        metrics::counter!("inbox_pictures_fetched").increment(1);
        ingest.picture_stored(of, version, Some(&found.id)).await?;
        self.remove_older(picture).await
    }

    /// Fetches the large picture into the file of this version; `None` if there is none.
    async fn fetch_large(
        &self,
        client: &Client,
        picture: &Picture,
        version: i64,
    ) -> anyhow::Result<Option<()>> {
        let Some(found) = ask(client, picture, Size::Large).await? else { return Ok(None) };
        let Some(jpeg) = self.jpeg(client, found.url, Size::Large).await? else { return Ok(None) };
        self.write(picture, version, Size::Large, jpeg).await?;
        Ok(Some(()))
    }

    /// Downloads a picture, and encodes it again. `None` if it is no picture.
    async fn jpeg(
        &self,
        client: &Client,
        url: String,
        size: Size,
    ) -> anyhow::Result<Option<Vec<u8>>> {
        let http = Arc::clone(&client.http_client);
        let decoded = blocking(move || {
            Ok(match size {
                Size::Small => {
                    inspect::preview_of_bytes(&download::bytes(&*http, &url, LONGEST_SMALL)?)
                }
                Size::Large => {
                    inspect::profile_picture(&download::bytes(&*http, &url, LONGEST_LARGE)?)
                }
            })
        });
        Ok(decoded.await?)
    }

    async fn write(
        &self,
        picture: &Picture,
        version: i64,
        size: Size,
        jpeg: Vec<u8>,
    ) -> anyhow::Result<()> {
        let room = self.disk_room.reserve(jpeg.len() as u64).await?;
        let room = room.ok_or_else(|| anyhow::anyhow!("there is no room for it on the disk"))?;
        let (folder, connection, of) = (self.folder.clone(), picture.connection(), picture.of());
        let written = blocking(move || {
            folder.write(connection, of, version, size, &jpeg)?;
            drop(room);
            Ok(())
        });
        Ok(written.await?)
    }

    /// Removes the files of the version that was stored before.
    async fn remove_older(&self, picture: &Picture) -> anyhow::Result<()> {
        let Some(version) = picture.version() else { return Ok(()) };
        let (folder, connection, of) = (self.folder.clone(), picture.connection(), picture.of());
        Ok(blocking(move || folder.remove(connection, of, version)).await?)
    }

    /// Removes the files of pictures that are not stored any more, before the first picture of a number is
    /// fetched: two contacts became one, or the process was killed.
    async fn sweep(&self, picture: &Picture) -> anyhow::Result<()> {
        let connection = picture.connection();
        if !self.fetching.is_first(connection) {
            return Ok(());
        }
        let stored = self.store.ingest(connection).stored_pictures().await?;
        let folder = self.folder.clone();
        Ok(blocking(move || folder.sweep(connection, &stored)).await?)
    }
}

async fn is_there(path: &Path) -> bool {
    let path = path.to_owned();
    blocking(move || path.try_exists()).await.unwrap_or(false)
}

/// The location of a picture at WhatsApp.
struct Found {
    /// WhatsApp's id of the picture.
    id: String,
    url: String,
}

/// Asks WhatsApp for a picture; `None` if there is none, or none for this number.
async fn ask(client: &Client, picture: &Picture, size: Size) -> anyhow::Result<Option<Found>> {
    let jid: Jid = picture.address().parse()?;
    // WhatsApp has none of people on other messengers.
    if !matches!(jid.server, Server::Pn | Server::Lid | Server::Group) {
        return Ok(None);
    }
    let contacts = client.contacts();
    let found = contacts.get_profile_picture_with_timeout(&jid, size == Size::Small, None).await?;
    Ok(found.map(|found| Found { id: found.id, url: found.url }).filter(|found| {
        // It is stored with the picture.
        found.id.len() <= model::bounds::ADDRESS
    }))
}
