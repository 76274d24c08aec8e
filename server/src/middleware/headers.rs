//! Security headers of every response. Pages add their own content security policy.

use app::Site;
use app::auth::is_over_tls;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

/// Policy of files that strangers sent: opened by itself, such a file is a document without
/// scripts, forms and origin, which loads nothing. The browser's own page around a picture or a
/// player needs its styles, and requests the file again.
const OF_FILES: &str =
    "sandbox; default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'";

/// Browsers use https by themselves for 180 days. Subdomains and the browsers' preload lists are
/// left out, because the operator rarely speaks for the whole domain.
const ONLY_TLS: HeaderValue = HeaderValue::from_static("max-age=15552000");

pub(crate) async fn security(State(site): State<Site>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let is_file = ["/midia/", "/foto/"].iter().any(|files| path.starts_with(files));
    let is_over_tls = is_over_tls(request.headers(), request.version(), &site);
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(
        "permissions-policy",
        HeaderValue::from_static(
            "camera=(self), microphone=(self), geolocation=(self), payment=(), usb=()",
        ),
    );
    headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
    if is_file {
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(OF_FILES));
        // Other sites cannot embed a file, nor learn from one if somebody is logged in.
        headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    }
    if is_over_tls {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, ONLY_TLS);
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
