//! A listener that speaks TLS, for media: clients take it over `https` only.
//!
//! The certificate is made at every start and signed by nobody else, so a client has to be told
//! not to check it.

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

/// A connection whose handshake is over, and who it is from.
type Shaken = (TlsStream<TcpStream>, SocketAddr);

/// Accepts TLS connections. Handshakes go on beside each other, so that a client that does not
/// finish its own holds up nobody.
pub(crate) struct TlsListener {
    listener: TcpListener,
    acceptor: TlsAcceptor,
    handshakes: JoinSet<io::Result<Shaken>>,
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

    async fn accept(&mut self) -> Shaken {
        loop {
            tokio::select! {
                (socket, peer) = Listener::accept(&mut self.listener) => {
                    let handshake = self.acceptor.accept(socket);
                    self.handshakes.spawn(async move { Ok((handshake.await?, peer)) });
                }
                Some(shaken) = self.handshakes.join_next() => match shaken {
                    Ok(Ok(shaken)) => return shaken,
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
    // The provider is named: nothing is installed for the process.
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key.into())?;
    Ok(config)
}
