//! Starting and stopping.

use std::net::SocketAddr;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::config::Config;
use crate::control::Control;
use crate::http;
use crate::wire::identity::ServerIdentity;
use crate::world::World;
use crate::world::stored::{self, StoredWorld};

/// State is written this long after a change, not at every message.
const SAVE_DELAY: Duration = Duration::from_secs(2);

/// A running emulator. All [`Control`] operations are its own; dropping it stops it.
pub struct Emulator {
    control: Control,
    world: Arc<World>,
    address: SocketAddr,
    state: Option<PathBuf>,
    server: JoinHandle<std::io::Result<()>>,
}

impl Emulator {
    /// Starts listening, with what the state directory holds.
    pub async fn start(config: Config) -> anyhow::Result<Self> {
        let listener = TcpListener::bind(config.listen)
            .await
            .with_context(|| format!("listening on {}", config.listen))?;
        let address = listener.local_addr()?;
        let stored = match &config.state {
            Some(directory) => StoredWorld::load(directory).await?,
            None => None,
        };
        let identity = match &stored {
            Some(stored) => stored.identity()?,
            None => ServerIdentity::generate()?,
        };
        let world = Arc::new(World::new(identity, address.to_string()));
        if let Some(stored) = stored {
            stored.restore_into(&world)?;
        }
        if let Some(directory) = config.state.clone() {
            tokio::spawn(keep_saved(world.clone(), directory));
        }
        let router = http::router(world.clone());
        let server = tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self {
            control: Control::new(world.clone()),
            world,
            address,
            state: config.state,
            server,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Base of the control API.
    pub fn http_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What WhatsApp clients connect to.
    pub fn ws_url(&self) -> String {
        format!("ws://{}/ws/chat", self.address)
    }

    /// Closes every connection, saves the state and frees the port.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        // Nobody new is accepted from here on; open control calls are not waited for.
        self.server.abort();
        let _ = (&mut self.server).await;
        self.world.settle().await;
        match &self.state {
            Some(directory) => stored::save(&self.world, directory).await,
            None => Ok(()),
        }
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.world.end();
        self.server.abort();
    }
}

impl Deref for Emulator {
    type Target = Control;

    fn deref(&self) -> &Control {
        &self.control
    }
}

/// Writes the state a while after each change, until the emulator stops.
async fn keep_saved(world: Arc<World>, directory: PathBuf) {
    let mut changes = world.changes();
    loop {
        tokio::select! {
            changed = changes.changed() => if changed.is_err() { return },
            () = world.stopping.cancelled() => return,
        }
        tokio::select! {
            () = tokio::time::sleep(SAVE_DELAY) => {}
            () = world.stopping.cancelled() => return,
        }
        changes.borrow_and_update();
        save(&world, &directory).await;
    }
}

async fn save(world: &World, directory: &Path) {
    if let Err(error) = stored::save(world, directory).await {
        tracing::error!(%error, "emulator state could not be saved");
    }
}
