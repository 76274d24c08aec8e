//! Server functions at `/api/{name}`, with honest HTTP status codes.
//!
//! Leptos answers every error with 500. The error says what it is in its body, so the status is
//! taken from there, for our own errors and for bodies that could not be read alike.

use app::{ApiError, AppState};
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use leptos::prelude::provide_context;
use leptos::server_fn::axum::get_server_fn_service;

/// The header Leptos marks an error with (`server_fn::error::SERVER_FN_ERROR_HEADER`).
const MARK: &str = "serverfnerror";
/// Far more than an error of ours has.
const LIMIT: usize = 64 * 1024;

pub(crate) async fn call(State(state): State<AppState>, request: Request) -> Response {
    if get_server_fn_service(request.uri().path(), request.method().clone()).is_none() {
        return StatusCode::NOT_FOUND.into_response();
    }
    let provide = move || provide_context(state.clone());
    let response =
        leptos_axum::handle_server_fns_with_context(provide, request).await.into_response();
    if response.status() == StatusCode::INTERNAL_SERVER_ERROR
        && response.headers().contains_key(MARK)
    {
        with_status(response).await
    } else {
        response
    }
}

async fn with_status(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, LIMIT).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let status = serde_json::from_slice::<ApiError>(&bytes).ok().map(|error| error.status());
    parts.status = status
        .and_then(|status| StatusCode::from_u16(status).ok())
        .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    Response::from_parts(parts, Body::from(bytes))
}
