//! Security headers of every response. Pages add their content security policy.

use app::Site;
use app::auth::is_over_tls;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

/// Whatever a file of a stranger turns out to be, opened by itself it is a document without scripts, forms
/// and origin, which loads nothing. The browser's own page around a picture or a player needs its styles,
/// and asks for the file again.
const OF_FILES: &str =
    "sandbox; default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'";

/// 180 days: browsers ask for https by themselves for so long. Names below this one and the lists that
/// browsers are built with are left out, because the one who runs this rarely speaks for the whole domain.
const ONLY_TLS: HeaderValue = HeaderValue::from_static("max-age=15552000");

pub(crate) async fn security(State(site): State<Site>, request: Request, next: Next) -> Response {
    let is_file = request.uri().path().starts_with("/midia/");
    let is_over_tls = is_over_tls(request.headers(), request.version(), &site);
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(
        "permissions-policy",
        HeaderValue::from_static("camera=(), geolocation=(), payment=(), usb=()"),
    );
    headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
    if is_file {
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(OF_FILES));
        // No other site shows one, or learns from one whether somebody is logged in.
        headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    }
    if is_over_tls {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, ONLY_TLS);
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
