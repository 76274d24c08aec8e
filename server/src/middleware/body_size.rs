//! Counts requests whose body is too long for every route. `RequestBodyLimitLayer` refuses them.

use axum::extract::Request;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::router::LARGEST_BODY;

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
