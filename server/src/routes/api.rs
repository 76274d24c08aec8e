//! Server functions at `/api/{name}`, with accurate HTTP status codes.
//!
//! Leptos answers every error with 500. The error is in the body, so the status is derived from it,
//! for this project's errors and for bodies that could not be parsed.

use app::auth::{AuthSession, without_error};
use app::{ApiError, AppState};
use axum::Json;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, Request, State};
use axum::http::request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use leptos::prelude::provide_context;
use leptos::server_fn::axum::get_server_fn_service;

use crate::middleware::body_size::{LARGEST_BODY, declared};

/// The header by which Leptos marks an error (`server_fn::error::SERVER_FN_ERROR_HEADER`).
const ERROR_HEADER: &str = "serverfnerror";
/// Longest body of an error in bytes, far more than any has.
const LARGEST_ERROR: usize = 64 * 1024;

/// Longest form in bytes of somebody who is not logged in: the longest address, password and path,
/// each letter percent-encoded, several times over.
const LARGEST_PUBLIC_FORM: usize = 16 * 1024;
/// Longest form in bytes without a message in it: names, and lists of numbers.
const LARGEST_FORM: usize = 64 * 1024;

/// Functions for people who are not logged in.
const PUBLIC_FUNCTIONS: [&str; 9] = [
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
const MESSAGE_FUNCTIONS: [&str; 3] = ["edit_message", "save_draft", "send_text"];

pub(crate) async fn call(
    State(state): State<AppState>,
    Path(name): Path<String>,
    request: Request,
) -> Response {
    if get_server_fn_service(request.uri().path(), request.method().clone()).is_none() {
        return StatusCode::NOT_FOUND.into_response();
    }
    let is_public = PUBLIC_FUNCTIONS.contains(&name.as_str());
    let session = request.extensions().get::<AuthSession>();
    let is_stranger = session.is_none_or(|session| session.user.is_none());
    let most = if is_stranger { LARGEST_PUBLIC_FORM } else { longest(&name) };
    let Some(mut request) = within(request, most).await else {
        metrics::counter!("inbox_refused", "what" => "form-size").increment(1);
        let (status, error) = match is_stranger && !is_public {
            // A shorter form would get the same answer.
            true => (StatusCode::UNAUTHORIZED, ApiError::Unauthenticated),
            false => (StatusCode::PAYLOAD_TOO_LARGE, ApiError::Malformed),
        };
        return (status, Json(error)).into_response();
    };
    forget_last_error(request.headers_mut());
    let provide = move || provide_context(state.clone());
    let response =
        leptos_axum::handle_server_fns_with_context(provide, request).await.into_response();
    if response.status() == StatusCode::INTERNAL_SERVER_ERROR
        && response.headers().contains_key(ERROR_HEADER)
    {
        with_status(response).await
    } else {
        response
    }
}

/// Removes the error of the last attempt from the address of the form's page. Leptos redirects there, with the
/// error of this one.
fn forget_last_error(headers: &mut HeaderMap) {
    let page = headers.get(header::REFERER).and_then(|page| page.to_str().ok()).map(without_error);
    if let Some(Ok(page)) = page.map(HeaderValue::try_from) {
        headers.insert(header::REFERER, page);
    }
}

/// Longest form of somebody who is logged in.
fn longest(name: &str) -> usize {
    match name {
        name if PUBLIC_FUNCTIONS.contains(&name) => LARGEST_PUBLIC_FORM,
        name if MESSAGE_FUNCTIONS.contains(&name) => LARGEST_BODY,
        _ => LARGEST_FORM,
    }
}

/// Reads the body of the request; `None` if it is longer than `most`. A body with a longer declared
/// length is not read.
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
    let Ok(bytes) = to_bytes(body, LARGEST_ERROR).await else {
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
