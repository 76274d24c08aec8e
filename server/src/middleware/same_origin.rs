//! Requests that change something must come from our own pages.
//!
//! Server functions carry no token of their own against cross-site requests. Browsers say where a
//! request comes from (`Sec-Fetch-Site`, and `Origin` on every POST), so a foreign one is refused.
//! Programs that are no browser send neither and have no cookies to be abused.

use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

pub(crate) async fn same_origin(request: Request, next: Next) -> Response {
    if request.method().is_safe() || is_ours(request.headers()) {
        next.run(request).await
    } else {
        (StatusCode::FORBIDDEN, "cross-site request").into_response()
    }
}

fn is_ours(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    match (text(header::ORIGIN.as_str()), text(header::HOST.as_str())) {
        (None, _) => true,
        (Some(origin), Some(host)) => {
            origin.split_once("://").is_some_and(|(_, origin_host)| origin_host == host)
        }
        (Some(_), None) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|&(name, value)| {
                (name.parse().expect("a header name"), value.parse().expect("a header value"))
            })
            .collect()
    }

    #[test]
    fn foreign_sites_are_refused() {
        assert!(!is_ours(&headers(&[("sec-fetch-site", "cross-site")])));
        assert!(!is_ours(&headers(&[("sec-fetch-site", "same-site")])));
        assert!(!is_ours(&headers(&[("origin", "https://evil.example"), ("host", "inbox:3000")])));
        assert!(!is_ours(&headers(&[("origin", "null"), ("host", "inbox:3000")])));
    }

    #[test]
    fn our_pages_and_programs_pass() {
        assert!(is_ours(&headers(&[("sec-fetch-site", "same-origin")])));
        assert!(is_ours(&headers(&[("origin", "http://inbox:3000"), ("host", "inbox:3000")])));
        assert!(is_ours(&headers(&[("host", "inbox:3000")])));
    }
}
