//! A TLS listener for media, since clients use `https` only.
//!
//! The certificate is self-signed and made at every start, so clients must be configured not to
//! verify it.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context as _;
use axum::serve::Listener;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;
use tokio_rustls::server::TlsStream;

/// A connection after its handshake, and the peer's address.
type TlsConnection = (TlsStream<TcpStream>, SocketAddr);

/// Accepts TLS connections. Handshakes run concurrently, so that a client that does not finish its
/// own blocks no other.
pub(crate) struct TlsListener {
    listener: TcpListener,
    acceptor: TlsAcceptor,
    handshakes: JoinSet<io::Result<TlsConnection>>,
}

impl TlsListener {
    /// Listens on an address under a new certificate; port 0 takes any free one.
    pub(crate) async fn bind(address: SocketAddr) -> anyhow::Result<Self> {
        let listener = TcpListener::bind(address)
            .await
            .with_context(|| format!("listening on {address} with TLS"))?;
        let config = self_signed(address).context("making a certificate")?;
        Ok(Self {
            listener,
            acceptor: TlsAcceptor::from(Arc::new(config)),
            handshakes: JoinSet::new(),
        })
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> TlsConnection {
        loop {
            tokio::select! {
                (socket, peer) = Listener::accept(&mut self.listener) => {
                    let handshake = self.acceptor.accept(socket);
                    self.handshakes.spawn(async move { Ok((handshake.await?, peer)) });
                }
                Some(connection) = self.handshakes.join_next() => match connection {
                    Ok(Ok(connection)) => return connection,
                    Ok(Err(reason)) => tracing::debug!(%reason, "TLS handshake failed"),
                    Err(reason) => tracing::error!(%reason, "TLS handshake panicked"),
                },
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

fn self_signed(address: SocketAddr) -> anyhow::Result<ServerConfig> {
    let names = [address.ip().to_string(), "localhost".to_owned()];
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(names)?;
    let key = PrivatePkcs8KeyDer::from(signing_key.serialize_der());
    // The provider is named here, since none is installed for the process.
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key.into())?;
    Ok(config)
}
