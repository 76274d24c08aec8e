//! An S3 server in the process of a test. For tests only.
//!
//! It is `s3s-fs`, which keeps each bucket as a folder and checks signatures. It can be stopped and started
//! again on the same port, as a server that is out of reach for a while, and take its time to copy objects.

use std::fs;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s_fs::FileSystem;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

/// The bucket that a server has at first.
pub const BUCKET: &str = "loja";
/// The prefix in the bucket that tests use.
pub const PREFIX: &str = "caixa/midia";
/// The credentials that a server accepts.
pub const KEY_ID: &str = "chave-de-teste";
pub const SECRET: &str = "segredo-de-teste";
/// The header of a request that copies an object.
const COPY: &str = "x-amz-copy-source";

/// A running server, or one that was stopped.
#[derive(Debug)]
pub struct S3Server {
    folder: PathBuf,
    address: SocketAddr,
    serving: Option<JoinHandle<()>>,
    /// True while copies wait.
    held: watch::Sender<bool>,
}

impl S3Server {
    /// Starts a server on a free port of this machine, with its data in a folder.
    ///
    /// # Errors
    /// The folder or the port cannot be used.
    pub async fn start(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder.join(BUCKET))?;
        let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let (folder, held) = (folder.to_owned(), watch::Sender::new(false));
        let mut server = Self { folder, address: anywhere, serving: None, held };
        server.start_again().await?;
        Ok(server)
    }

    /// Starts it on its port again.
    ///
    /// # Errors
    /// The folder or the port cannot be used.
    pub async fn start_again(&mut self) -> io::Result<()> {
        let files = FileSystem::new(&self.folder)
            .map_err(|error| io::Error::other(format!("{error:?}")))?;
        let mut service = S3ServiceBuilder::new(files);
        service.set_auth(SimpleAuth::from_single(KEY_ID, SECRET));
        let listener = TcpListener::bind(self.address).await?;
        self.address = listener.local_addr()?;
        let held = self.held.subscribe();
        self.serving = Some(tokio::spawn(serve(listener, service.build(), held)));
        Ok(())
    }

    /// Stops it and ends its connections. Nothing listens on its port when this returns.
    pub async fn stop(&mut self) {
        if let Some(serving) = self.serving.take() {
            serving.abort();
            // It ends as a task that was aborted.
            let _ = serving.await;
        }
    }

    /// Lets requests that copy an object wait, or go on.
    pub fn hold_copies(&self, hold: bool) {
        self.held.send_replace(hold);
    }

    /// Returns its address as `http://…`.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns the address of the bucket as a flag of the product takes it.
    pub fn media_url(&self) -> String {
        format!("s3://{BUCKET}/{PREFIX}?endpoint={}", self.endpoint())
    }

    /// Returns the place of an object, which tests use to see and change it.
    pub fn object(&self, key: &str) -> PathBuf {
        self.folder.join(BUCKET).join(PREFIX).join(key)
    }

    /// Returns the folder of a bucket.
    pub fn bucket(&self) -> PathBuf {
        self.folder.join(BUCKET)
    }
}

impl Drop for S3Server {
    fn drop(&mut self) {
        if let Some(serving) = &self.serving {
            serving.abort();
        }
    }
}

/// Serves until it is aborted. The connections are aborted with it.
async fn serve(listener: TcpListener, service: S3Service, held: watch::Receiver<bool>) {
    let answer = move |request: Request<Incoming>| {
        let (service, mut held) = (service.clone(), held.clone());
        async move {
            if request.headers().contains_key(COPY) {
                // The sender is there as long as the server.
                let _ = held.wait_for(|held| !held).await;
            }
            hyper::service::Service::call(&service, request).await
        }
    };
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let Ok((socket, _)) = accepted else { continue };
                let answer = service_fn(answer.clone());
                let connection = http1::Builder::new().serve_connection(TokioIo::new(socket), answer);
                connections.spawn(async move {
                    // The client may go at any time.
                    let _ = connection.await;
                });
            }
            // What has ended is forgotten.
            Some(_) = connections.join_next() => {}
        }
    }
}
