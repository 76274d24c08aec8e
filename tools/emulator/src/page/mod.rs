//! A page with the simulated phones, for people who try the product without a spare phone.
//!
//! The page uses the control API for everything except the phone's camera: it takes a picture of
//! the screen and `POST /decode-qr` reads it.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Query};
use axum::http::StatusCode;
use axum::response::Html;
use axum::routing::{get, post};
use serde::Deserialize;

/// A picture of a 4K screen, one byte per pixel.
const LARGEST_PICTURE: usize = 3840 * 2160;

/// The page at `/` and the QR reader of its phones.
pub(crate) fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/", get(async || Html(include_str!("page.html"))))
        .route("/decode-qr", post(decode))
        .layer(DefaultBodyLimit::max(LARGEST_PICTURE))
}

#[derive(Deserialize)]
struct Picture {
    width: usize,
}

/// Reads the first QR in a grey picture: one byte per pixel, row by row, `?width=` pixels per row.
async fn decode(Query(picture): Query<Picture>, grey: Bytes) -> Result<String, StatusCode> {
    if picture.width == 0 || grey.is_empty() || !grey.len().is_multiple_of(picture.width) {
        return Err(StatusCode::UNPROCESSABLE_ENTITY);
    }
    let height = grey.len() / picture.width;
    let at = |x: usize, y: usize| grey[y * picture.width + x];
    rqrr::PreparedImage::prepare_from_greyscale(picture.width, height, at)
        .detect_grids()
        .iter()
        .find_map(|grid| grid.decode().ok())
        .map(|(_, text)| text)
        .ok_or(StatusCode::NOT_FOUND)
}
