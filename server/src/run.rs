//! The life of the process: open, listen, serve, close.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use axum_login::tower_sessions::ExpiredDeletion as _;
use gateway::Pool;
use service::{Services, uploads};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::config::{Config, Limits};
use crate::data::{open_store, prepare_data_dir};
use crate::exclusive::Exclusive;
use crate::routes::metrics;
use crate::{announce, backup, logs, media_store, router, serving, site};

/// Interval in which expired web sessions, old live events and abandoned files are deleted.
const SWEEP: Duration = Duration::from_secs(600);
/// Connections to the listener of metrics, which few programs read.
const METRICS_CONNECTIONS: usize = 64;

/// Serves until SIGINT or SIGTERM.
///
/// # Errors
/// Fails, with advice, if the data folder, the database or the port cannot be used.
#[tokio::main]
pub async fn run(config: Config) -> anyhow::Result<()> {
    logs::start(config.log_format)?;
    let metrics = metrics::install();
    config.refuse_conflicts()?;
    prepare_data_dir(&config.data_dir)?;
    config.refuse_reserve_beyond_disk()?;
    let mut exclusive = Exclusive::take(&config).await?;
    backup::remove_orphans(&config);
    let store = open_store(&config).await?;
    let media_store = media_store::open(&config, &store).await?;
    let listener = listen(config.listen, "--listen").await?;
    let address = listener.local_addr().context("o endereço do servidor não pôde ser lido")?;
    exclusive.announce(&address.to_string()).await;
    let limits = serving::within_descriptors(config.limits);

    let pool = Pool::new(
        store.clone(),
        gateway::Config {
            sessions_dir: config.data_dir.join("sessions"),
            media_store,
            disk_reserve: config.disk_reserve.as_u64(),
            media: config.media_limits(),
            queue_for: config.queue_for,
            ws_url: config.whatsapp_ws_url.clone(),
            pairing_pace: config.whatsapp_pairing_pace,
            pauses: gateway::Pauses::default(),
            version: config.whatsapp_version,
        },
    );
    if let Err(error) = pool.remove_due().await {
        tracing::warn!(%error, "messages that are due could not be removed yet");
    }
    let stop = CancellationToken::new();
    let setup = config.setup().context("o sistema não tem números aleatórios")?;
    let services = config.services(store.clone(), pool.clone(), setup.clone());
    let assets = site::assets();
    let state = app::AppState { services: services.clone(), assets, site: config.site() };
    let site = router::build(state, &config, metrics.clone(), stop.clone());
    let background =
        [tokio::spawn(sweep(services)), tokio::spawn(metrics::upkeep(metrics.clone()))];
    if let Some(address) = config.metrics_listen {
        let listener = listen(address, "--metrics-listen").await?;
        let router = metrics::router(metrics);
        let few = Limits { connections: limits.connections.min(METRICS_CONNECTIONS), ..limits };
        tokio::spawn(serving::serve(listener, router, few, config.site(), stop.clone()));
    }
    let signal = first_signal().context("os sinais do sistema não podem ser recebidos")?;
    tokio::spawn(stop_after(signal, stop.clone()));
    let holding = tokio::spawn(exclusive.watch(stop.clone()));
    let starting = pool.clone();
    tokio::spawn(async move {
        match starting.start().await {
            Ok(count) if count > 0 => tracing::info!(count, "reconnecting linked numbers"),
            Ok(_) => {}
            Err(error) => {
                tracing::error!(%error, "linked numbers could not be read, none reconnects")
            }
        }
    });

    announce::ready(&store, &config, address, &setup).await;
    serving::serve(listener, site, limits, config.site(), stop.clone()).await;
    pool.shutdown().await;
    for task in background {
        task.abort();
    }
    stop.cancel();
    // The process has exclusive use of the data until here.
    let (_exclusive, held) = holding.await.context("o servidor parou")?;
    tracing::info!("stopped");
    held
}

async fn listen(address: SocketAddr, flag: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => anyhow!(
            "a porta {address} já está em uso; pare o outro programa ou escolha outra com {flag}"
        ),
        io::ErrorKind::PermissionDenied => anyhow!(
            "sem permissão para escutar em {address}; portas abaixo de 1024 pedem root: escolha outra com {flag}"
        ),
        io::ErrorKind::AddrNotAvailable => anyhow!(
            "o endereço {} não é desta máquina; escolha com {flag} um que seja, ou 0.0.0.0 para todos",
            address.ip()
        ),
        _ => anyhow!("não foi possível escutar em {address}, escolha outro com {flag}: {error}"),
    })
}

async fn sweep(services: Services) {
    let store = &services.store;
    let mut every = tokio::time::interval(SWEEP);
    loop {
        every.tick().await;
        match uploads::expire(&services, uploads::IDLE).await {
            Ok(0) => {}
            Ok(count) => tracing::warn!(count, "files that nobody went on sending were given up"),
            Err(error) => tracing::warn!(%error, "abandoned files could not be swept"),
        }
        if let Err(error) = store.prune().await {
            tracing::warn!(%error, "old live events could not be swept");
        }
        if let Err(error) = store.web_sessions().delete_expired().await {
            tracing::warn!(%error, "expired web sessions could not be swept");
        }
    }
}

async fn stop_after(signal: impl Future<Output = ()>, stop: CancellationToken) {
    signal.await;
    tracing::info!("stopping");
    stop.cancel();
}

/// Handles SIGINT and SIGTERM from this call on, and returns the wait for the first of them. A program
/// that reads that the server is ready may stop it at once, so the handlers are there before.
#[cfg(unix)]
fn first_signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn first_signal() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}
