//! Counts requests whose body is too long for every route. `RequestBodyLimitLayer` refuses them.

use axum::extract::Request;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::Response;

/// Largest request body in bytes: a message of 65,536 characters, form-encoded at its worst. Parts of
/// files are larger ([`LARGEST_PART`](crate::routes::uploads::LARGEST_PART)).
pub(crate) const LARGEST_BODY: usize = 1024 * 1024;

pub(crate) async fn count(request: Request, next: Next) -> Response {
    if declared(request.headers()).is_some_and(|length| length > LARGEST_BODY) {
        metrics::counter!("inbox_refused", "what" => "body-size").increment(1);
    }
    next.run(request).await
}

/// The length of a body, if the request states it.
pub(crate) fn declared(headers: &HeaderMap) -> Option<usize> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}
