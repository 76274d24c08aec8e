//! Measures the duration of requests by route and status. A gauge of their own counts streams
//! instead.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;

pub(crate) async fn measure(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "unmatched".to_owned(), |path| path.as_str().to_owned());
    let response = next.run(request).await;
    if route != "/live" {
        metrics::histogram!(
            "inbox_request_seconds",
            "route" => route,
            "status" => response.status().as_u16().to_string()
        )
        .record(started.elapsed().as_secs_f64());
    }
    response
}
