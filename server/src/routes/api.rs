//! Server functions at `/api/{name}`, with honest HTTP status codes.
//!
//! Leptos answers every error with 500. The error says what it is in its body, so the status is
//! taken from there, for our own errors and for bodies that could not be read alike.

use app::auth::AuthSession;
use app::{ApiError, AppState};
use axum::Json;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, Request, State};
use axum::http::request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use leptos::prelude::provide_context;
use leptos::server_fn::axum::get_server_fn_service;

use crate::middleware::body_size::declared;
use crate::router::LARGEST_BODY;

/// The header Leptos marks an error with (`server_fn::error::SERVER_FN_ERROR_HEADER`).
const MARK: &str = "serverfnerror";
/// Far more than an error of ours has.
const LIMIT: usize = 64 * 1024;

/// The longest form of somebody who is not logged in: the longest address, password and path, each letter
/// written as a code, several times over.
const LARGEST_DOOR: usize = 16 * 1024;
/// The longest form without a message in it: names, and lists of numbers.
const LARGEST_FORM: usize = 64 * 1024;

/// Functions for those who are not logged in.
const DOORS: [&str; 9] = [
    "asked",
    "create_first_admin",
    "finish_login",
    "first_run",
    "link",
    "login",
    "logout",
    "set_language",
    "use_link",
];
/// Functions that take the text of a message.
const TEXTS: [&str; 2] = ["save_draft", "send_text"];

pub(crate) async fn call(
    State(state): State<AppState>,
    Path(name): Path<String>,
    request: Request,
) -> Response {
    if get_server_fn_service(request.uri().path(), request.method().clone()).is_none() {
        return StatusCode::NOT_FOUND.into_response();
    }
    let is_door = DOORS.contains(&name.as_str());
    let session = request.extensions().get::<AuthSession>();
    let is_stranger = session.is_none_or(|session| session.user.is_none());
    let most = if is_stranger { LARGEST_DOOR } else { longest(&name) };
    let Some(request) = within(request, most).await else {
        metrics::counter!("inbox_refused", "what" => "form-size").increment(1);
        let (status, error) = match is_stranger && !is_door {
            // A shorter one would be answered the same.
            true => (StatusCode::UNAUTHORIZED, ApiError::Unauthenticated),
            false => (StatusCode::PAYLOAD_TOO_LARGE, ApiError::Malformed),
        };
        return (status, Json(error)).into_response();
    };
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

/// The longest form of somebody who is logged in.
fn longest(name: &str) -> usize {
    match name {
        name if DOORS.contains(&name) => LARGEST_DOOR,
        name if TEXTS.contains(&name) => LARGEST_BODY,
        _ => LARGEST_FORM,
    }
}

/// The request with its body read, unless that has more bytes than it may. One that says so is not read.
async fn within(request: Request, most: usize) -> Option<Request> {
    if declared(request.headers()).is_some_and(|length| length > most) {
        return None;
    }
    let (parts, body): (request::Parts, Body) = request.into_parts();
    let body = to_bytes(body, most).await.ok()?;
    Some(Request::from_parts(parts, Body::from(body)))
}

async fn with_status(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, LIMIT).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let error = serde_json::from_slice::<ApiError>(&bytes).ok();
    if let Some(ApiError::TooMany { seconds }) = error {
        parts.headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    parts.status = error
        .and_then(|error| StatusCode::from_u16(error.status()).ok())
        .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    Response::from_parts(parts, Body::from(bytes))
}
