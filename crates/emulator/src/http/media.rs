//! The media servers: `/mms/{family}/{token}` takes files, `/v/…` gives them.
//!
//! Both speak as clients have it (whatsapp-rust `upload.rs` and `download.rs`, whatsmeow): a file is
//! named by the hash of what is uploaded, `resume=1` asks how far an upload came, and an upload may
//! go on from there.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use bytes::{Bytes, BytesMut};
use futures::StreamExt as _;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::faults::Download;
use crate::world::World;
use crate::world::media::{MediaStore, Uploader};

/// Larger files are refused: all of them are in memory.
const LARGEST: usize = 256 * 1024 * 1024;

/// The query of an upload.
#[derive(Deserialize)]
pub(super) struct Upload {
    /// The `auth` of `media_conn`.
    #[serde(default)]
    auth: String,
    /// Asks how far the upload came; nothing is uploaded then.
    resume: Option<u8>,
    /// Where the body begins in the file.
    #[serde(default)]
    file_offset: usize,
}

pub(super) async fn upload(
    State(world): State<Arc<World>>,
    Path((family, token)): Path<(String, String)>,
    Query(Upload { auth, resume, file_offset }): Query<Upload>,
    body: Body,
) -> Result<Json<Value>, Refusal> {
    let Some(uploader) = world.media.holder(&auth) else {
        return Err(Refusal(StatusCode::UNAUTHORIZED, "auth is not what media_conn gave"));
    };
    let Some(hash) = BASE64_URL_SAFE_NO_PAD.decode(&token).ok().filter(|hash| hash.len() == 32)
    else {
        return Err(Refusal(StatusCode::BAD_REQUEST, "the name is not a SHA-256"));
    };
    if resume.is_some() {
        return Ok(Json(progress(&world, &uploader, &hash)));
    }
    let mut begun = BytesMut::from(world.media.begun(&uploader, &hash));
    if file_offset > begun.len() {
        let why = "the upload did not come this far";
        return Err(Refusal(StatusCode::RANGE_NOT_SATISFIABLE, why));
    }
    begun.truncate(file_offset);
    let arriving = Arriving { store: &world.media, uploader, hash, bytes: begun };
    let (uploader, sealed) = arriving.receive(body).await?;
    match world.media.put(&family, sealed, uploader) {
        Some(direct_path) => Ok(Json(described(&world, &direct_path))),
        None => Err(Refusal(StatusCode::NOT_FOUND, "no such family of media")),
    }
}

/// How far an upload came.
fn progress(world: &World, uploader: &Uploader, hash: &[u8]) -> Value {
    match world.media.uploaded(uploader, hash) {
        Some(direct_path) => {
            let mut whole = described(world, &direct_path);
            whole["resume"] = json!("complete");
            whole
        }
        None => json!({ "resume": world.media.begun(uploader, hash).len().to_string() }),
    }
}

/// Where a file is.
fn described(world: &World, direct_path: &str) -> Value {
    json!({
        "url": format!("https://{}{direct_path}", world.media_host),
        "direct_path": direct_path,
        "handle": BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(direct_path)),
    })
}

/// A file on its way in. If it breaks off, what has come is kept, so that the client can go on.
struct Arriving<'a> {
    store: &'a MediaStore,
    uploader: Uploader,
    hash: Vec<u8>,
    bytes: BytesMut,
}

impl Arriving<'_> {
    /// The whole file, if it is the one it is named for.
    async fn receive(mut self, body: Body) -> Result<(Uploader, Bytes), Refusal> {
        let mut received = Sha256::new_with_prefix(&self.bytes);
        let mut body = body.into_data_stream();
        while let Some(chunk) = body.next().await {
            let Ok(chunk) = chunk else {
                return Err(Refusal(StatusCode::BAD_REQUEST, "the upload broke off"));
            };
            if self.bytes.len() + chunk.len() > LARGEST {
                self.bytes.clear();
                return Err(Refusal(StatusCode::PAYLOAD_TOO_LARGE, "files are at most 256 MiB"));
            }
            received.update(&chunk);
            self.bytes.extend_from_slice(&chunk);
        }
        let bytes = std::mem::take(&mut self.bytes);
        self.store.finish(&self.uploader, &self.hash);
        if received.finalize().as_slice() != self.hash {
            return Err(Refusal(
                StatusCode::BAD_REQUEST,
                "the file is not the one it is named for",
            ));
        }
        Ok((self.uploader.clone(), bytes.freeze()))
    }
}

impl Drop for Arriving<'_> {
    fn drop(&mut self) {
        if !self.bytes.is_empty() {
            let bytes = std::mem::take(&mut self.bytes).freeze();
            self.store.begin(self.uploader.clone(), std::mem::take(&mut self.hash), bytes);
        }
    }
}

pub(super) async fn download(
    State(world): State<Arc<World>>,
    uri: Uri,
) -> Result<Response, Refusal> {
    let address = uri.path_and_query().map_or("", |address| address.as_str());
    let Some(blob) = world.media.find(address) else {
        return Err(Refusal(StatusCode::NOT_FOUND, "no such file"));
    };
    match world.faults.fate_of_download(&blob.uploader.number, blob.uploader.device) {
        Download::Serve => Ok(blob.bytes.into_response()),
        Download::Refuse(status) => Err(Refusal(status, "a fault")),
        Download::Redirect(location) => {
            Ok((StatusCode::FOUND, [(header::LOCATION, location)]).into_response())
        }
        Download::Truncate => Ok(blob.bytes.slice(..blob.bytes.len() / 2).into_response()),
        Download::Corrupt => Ok(corrupted(&blob.bytes).into_response()),
    }
}

/// The same with one bit flipped, in the middle.
fn corrupted(sealed: &[u8]) -> Bytes {
    let mut sealed = sealed.to_vec();
    let middle = sealed.len() / 2;
    if let Some(byte) = sealed.get_mut(middle) {
        *byte ^= 1;
    }
    sealed.into()
}

/// Why a media server does not do it.
pub(super) struct Refusal(StatusCode, &'static str);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Self(status, why) = self;
        (status, Json(json!({ "error": why }))).into_response()
    }
}
