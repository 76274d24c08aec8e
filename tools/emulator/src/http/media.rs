//! The media servers: `/mms/{family}/{token}` accepts files, `/v/…` serves them.
//!
//! Both follow the clients' protocol (whatsapp-rust `upload.rs` and `download.rs`, whatsmeow): a
//! file is named by the hash of the uploaded bytes, `resume=1` asks how many bytes have arrived,
//! and an upload may continue from there.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use bytes::{Bytes, BytesMut};
use futures::StreamExt as _;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::byte_range::{RangeRequest, requested};
use crate::faults::{DownloadEffect, UploadEffect};
use crate::world::World;
use crate::world::media::Uploader;

/// Larger files are refused, since all of them are held in memory.
const MAX_BYTES: usize = 256 * 1024 * 1024;

/// The query of an upload.
#[derive(Deserialize)]
pub(super) struct Upload {
    /// The `auth` of `media_conn`.
    #[serde(default)]
    auth: String,
    /// Asks how many bytes have arrived; nothing is uploaded then.
    resume: Option<u8>,
    /// Offset of the body in the file.
    #[serde(default)]
    file_offset: usize,
}

pub(super) async fn upload(
    State(world): State<Arc<World>>,
    Path((family, token)): Path<(String, String)>,
    Query(Upload { auth, resume, file_offset }): Query<Upload>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Value>, Refusal> {
    let Some(uploader) = world.media.uploader_of(&auth) else {
        return Err(Refusal(StatusCode::UNAUTHORIZED, "auth is not what media_conn gave"));
    };
    let Some(hash) = BASE64_URL_SAFE_NO_PAD.decode(&token).ok().filter(|hash| hash.len() == 32)
    else {
        return Err(Refusal(StatusCode::BAD_REQUEST, "the name is not a SHA-256"));
    };
    if resume.is_some() {
        return Ok(Json(progress(&world, &uploader, &hash)));
    }
    world.stats.upload_requests.add(1);
    let mut limit = usize::MAX;
    match world.faults.upload_effect(&uploader.number, uploader.device) {
        UploadEffect::Accept => {}
        UploadEffect::Refuse(status) => {
            // A client that is still sending would see a broken connection in place of the answer.
            let mut body = body.into_data_stream();
            while let Some(Ok(_)) = body.next().await {}
            return Err(Refusal(status, "a fault"));
        }
        UploadEffect::Slow(time) => tokio::time::sleep(time).await,
        UploadEffect::Break => limit = content_length(&headers) / 2,
    }
    let mut partial = BytesMut::from(world.media.partial_upload(&uploader, &hash));
    if file_offset > partial.len() {
        let why = "the upload did not come this far";
        return Err(Refusal(StatusCode::RANGE_NOT_SATISFIABLE, why));
    }
    partial.truncate(file_offset);
    let incoming = IncomingUpload { world: &world, uploader, hash, bytes: partial };
    let (uploader, sealed) = incoming.receive(body, limit).await?;
    match world.media.put(&family, sealed, uploader) {
        Some(direct_path) => {
            world.stats.uploads.add(1);
            Ok(Json(described(&world, &direct_path)))
        }
        None => Err(Refusal(StatusCode::NOT_FOUND, "no such family of media")),
    }
}

/// The progress of an upload.
fn progress(world: &World, uploader: &Uploader, hash: &[u8]) -> Value {
    match world.media.uploaded(uploader, hash) {
        Some(direct_path) => {
            let mut whole = described(world, &direct_path);
            whole["resume"] = json!("complete");
            whole
        }
        None => json!({ "resume": world.media.partial_upload(uploader, hash).len().to_string() }),
    }
}

/// The answer to a finished upload.
fn described(world: &World, direct_path: &str) -> Value {
    json!({
        "url": format!("https://{}{direct_path}", world.media_host),
        "direct_path": direct_path,
        "handle": BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(direct_path)),
    })
}

/// An upload in progress. If it breaks off, its bytes are kept, so that the client can continue
/// it.
struct IncomingUpload<'a> {
    world: &'a World,
    uploader: Uploader,
    hash: Vec<u8>,
    bytes: BytesMut,
}

impl IncomingUpload<'_> {
    /// Receives the rest of the file. Returns the whole of it if its hash is the announced one. A
    /// fault ends the upload after `limit` bytes.
    async fn receive(mut self, body: Body, limit: usize) -> Result<(Uploader, Bytes), Refusal> {
        let mut left = limit;
        let mut received = Sha256::new_with_prefix(&self.bytes);
        let mut body = body.into_data_stream();
        while let Some(chunk) = body.next().await {
            let Ok(chunk) = chunk else {
                return Err(Refusal(StatusCode::BAD_REQUEST, "the upload broke off"));
            };
            if self.bytes.len() + chunk.len() > MAX_BYTES {
                self.bytes.clear();
                return Err(Refusal(StatusCode::PAYLOAD_TOO_LARGE, "files are at most 256 MiB"));
            }
            let taken = chunk.len().min(left);
            received.update(&chunk[..taken]);
            self.bytes.extend_from_slice(&chunk[..taken]);
            left -= taken;
            self.world.stats.upload_bytes.add(taken as u64);
            if left == 0 {
                return Err(Refusal(StatusCode::SERVICE_UNAVAILABLE, "a fault"));
            }
        }
        let bytes = std::mem::take(&mut self.bytes);
        self.world.media.forget_partial(&self.uploader, &self.hash);
        if received.finalize().as_slice() != self.hash {
            return Err(Refusal(
                StatusCode::BAD_REQUEST,
                "the file is not the one it is named for",
            ));
        }
        Ok((self.uploader.clone(), bytes.freeze()))
    }
}

impl Drop for IncomingUpload<'_> {
    fn drop(&mut self) {
        if !self.bytes.is_empty() {
            let bytes = std::mem::take(&mut self.bytes).freeze();
            let hash = std::mem::take(&mut self.hash);
            self.world.media.store_partial(self.uploader.clone(), hash, bytes);
        }
    }
}

fn content_length(headers: &HeaderMap) -> usize {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    length.and_then(|length| length.parse().ok()).unwrap_or_default()
}

pub(super) async fn download(
    State(world): State<Arc<World>>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let address = uri.path_and_query().map_or("", |address| address.as_str());
    let Some(blob) = world.media.find(address) else {
        return Err(Refusal(StatusCode::NOT_FOUND, "no such file"));
    };
    match world.faults.download_effect(&blob.uploader.number, blob.uploader.device) {
        DownloadEffect::Serve => serve(blob.bytes, &headers),
        DownloadEffect::Refuse(status) => Err(Refusal(status, "a fault")),
        DownloadEffect::Redirect(location) => {
            Ok((StatusCode::FOUND, [(header::LOCATION, location)]).into_response())
        }
        DownloadEffect::Truncate => Ok(blob.bytes.slice(..blob.bytes.len() / 2).into_response()),
        DownloadEffect::Corrupt => Ok(corrupted(&blob.bytes).into_response()),
        DownloadEffect::Slow(time) => Ok(slow(blob.bytes, time)),
        DownloadEffect::Break => Ok(broken(&blob.bytes)),
    }
}

/// The file, or the range of it that the client asks for.
fn serve(bytes: Bytes, headers: &HeaderMap) -> Result<Response, Refusal> {
    let length = bytes.len();
    match requested(headers, length) {
        RangeRequest::Whole => Ok(([(header::ACCEPT_RANGES, "bytes")], bytes).into_response()),
        RangeRequest::Part(range) => {
            let stated = format!("bytes {}-{}/{length}", range.start, range.end - 1);
            let headers = [(header::CONTENT_RANGE, stated)];
            Ok((StatusCode::PARTIAL_CONTENT, headers, bytes.slice(range)).into_response())
        }
        RangeRequest::Unsatisfiable => {
            let why = "the file is shorter than that";
            Err(Refusal(StatusCode::RANGE_NOT_SATISFIABLE, why))
        }
    }
}

/// The file in pieces that together take this long.
fn slow(bytes: Bytes, time: Duration) -> Response {
    const PIECES: usize = 10;
    let length = bytes.len();
    let piece = length.div_ceil(PIECES).max(1);
    let pause = time / 10;
    let pieces = futures::stream::unfold(bytes, move |mut rest| async move {
        if rest.is_empty() {
            return None;
        }
        tokio::time::sleep(pause).await;
        let next = rest.split_to(piece.min(rest.len()));
        Some((Ok::<_, std::io::Error>(next), rest))
    });
    stated(length, Body::from_stream(pieces))
}

/// Half of the file, of which the whole length was stated, and then the end of the connection.
fn broken(bytes: &Bytes) -> Response {
    let half = Ok(bytes.slice(..bytes.len() / 2));
    let end = Err(std::io::Error::other("a fault"));
    stated(bytes.len(), Body::from_stream(futures::stream::iter([half, end])))
}

fn stated(length: usize, body: Body) -> Response {
    ([(header::CONTENT_LENGTH, length.to_string())], body).into_response()
}

/// The same bytes with one bit flipped in the middle.
fn corrupted(sealed: &[u8]) -> Bytes {
    let mut sealed = sealed.to_vec();
    let middle = sealed.len() / 2;
    if let Some(byte) = sealed.get_mut(middle) {
        *byte ^= 1;
    }
    sealed.into()
}

/// The reason why a media server refuses a request.
pub(super) struct Refusal(StatusCode, &'static str);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Self(status, why) = self;
        (status, Json(json!({ "error": why }))).into_response()
    }
}
