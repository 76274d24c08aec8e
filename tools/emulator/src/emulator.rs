//! Start and stop of an emulator.

use std::fmt::Debug;
use std::net::SocketAddr;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use axum::serve::Listener;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::config::Config;
use crate::control::Control;
use crate::http;
use crate::simulated_phone;
use crate::wire::identity::ServerIdentity;
use crate::wire::tls::TlsListener;
use crate::world::World;
use crate::world::stored::{self, StoredWorld};

/// State is written this long after a change, not at every message.
const SAVE_DELAY: Duration = Duration::from_secs(2);

/// A running emulator. It dereferences to [`Control`]; dropping it stops it.
pub struct Emulator {
    control: Control,
    world: Arc<World>,
    address: SocketAddr,
    tls_address: SocketAddr,
    state: Option<PathBuf>,
    /// One task per listener.
    servers: [JoinHandle<std::io::Result<()>>; 2],
}

impl Emulator {
    /// Starts listening, with the contents of the state directory.
    pub async fn start(config: Config) -> anyhow::Result<Self> {
        let listener = TcpListener::bind(config.listen)
            .await
            .with_context(|| format!("listening on {}", config.listen))?;
        let address = listener.local_addr()?;
        let tls_listener = TlsListener::bind(config.tls_listen).await?;
        let tls_address = tls_listener.local_addr()?;
        let stored = match &config.state {
            Some(directory) => StoredWorld::load(directory).await?,
            None => None,
        };
        let identity = match &stored {
            Some(stored) => stored.identity()?,
            None => ServerIdentity::generate()?,
        };
        let world = Arc::new(World::new(identity, tls_address.to_string(), simulated_phone::start));
        if let Some(stored) = stored {
            stored.restore_into(&world)?;
        }
        if let Some(directory) = config.state.clone() {
            tokio::spawn(keep_saved(world.clone(), directory));
        }
        let router = http::router(world.clone());
        let servers =
            [serve(listener, router.clone(), &world), serve(tls_listener, router, &world)];
        Ok(Self {
            control: Control::new(world.clone()),
            world,
            address,
            tls_address,
            state: config.state,
            servers,
        })
    }

    /// The listening address.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Base URL of the control API.
    pub fn http_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The same with TLS under a self-signed certificate; media is served here.
    pub fn https_url(&self) -> String {
        format!("https://{}", self.tls_address)
    }

    /// The URL for WhatsApp clients.
    pub fn ws_url(&self) -> String {
        format!("ws://{}/ws/chat", self.address)
    }

    /// Closes every connection, saves the state and frees the ports.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        // No new connection is accepted from here on; open control calls are not awaited.
        for server in &mut self.servers {
            server.abort();
            let _ = server.await;
        }
        self.world.shut_down().await;
        match &self.state {
            Some(directory) => stored::save(&self.world, directory).await,
            None => Ok(()),
        }
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.world.end();
        self.servers.iter().for_each(JoinHandle::abort);
    }
}

impl Deref for Emulator {
    type Target = Control;

    fn deref(&self) -> &Control {
        &self.control
    }
}

/// Serves a listener until the emulator stops. Open idle connections end then too: a client with a
/// connection pool would otherwise go on sending requests to a stopped emulator.
fn serve<L>(listener: L, router: Router, world: &World) -> JoinHandle<std::io::Result<()>>
where
    L: Listener,
    L::Addr: Debug,
{
    let stopping = world.stopping.clone().cancelled_owned();
    tokio::spawn(
        async move { axum::serve(listener, router).with_graceful_shutdown(stopping).await },
    )
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
