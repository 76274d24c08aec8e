//! Accepts requests that change something from the server's own pages only: server functions carry
//! no token of their own against cross-site requests. [`app::auth::foreign`] recognises the own
//! pages and has the sentence of the refusal.

use app::AppState;
use app::auth::foreign;
use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

/// The longest logged part of a header, in bytes: strangers choose its content.
const LOGGED: usize = 100;

pub(crate) async fn same_origin(
    State(app): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    let (headers, path) = (request.headers(), request.uri().path());
    if request.method().is_safe() || foreign::is_ours(headers, &app.site) {
        return next.run(request).await;
    }
    metrics::counter!("inbox_refused", "what" => "foreign").increment(1);
    tracing::warn!(
        origin = ?logged(headers, header::ORIGIN),
        host = ?logged(headers, header::HOST),
        "a form from another site was refused; if it was ours, --public-url or the proxy's Host is wrong"
    );
    match takes_html(headers).then(|| foreign::way_back(headers, path)).flatten() {
        Some(back) => Redirect::to(&back).into_response(),
        None => (StatusCode::FORBIDDEN, Json(foreign::refusal(headers, &app.site))).into_response(),
    }
}

/// Returns the beginning of a header.
fn logged(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    let value = headers.get(name)?.as_bytes();
    let beginning = value.get(..LOGGED).unwrap_or(value);
    Some(String::from_utf8_lossy(beginning).into_owned())
}

/// Returns true if a browser sent the form and will display the response.
fn takes_html(headers: &HeaderMap) -> bool {
    let accepts = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    accepts.into_iter().any(|accepts| accepts.contains("text/html"))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn a_strangers_header_is_logged_in_part() {
        let mut headers = HeaderMap::new();
        assert_eq!(logged(&headers, header::ORIGIN), None);
        headers.insert(header::ORIGIN, HeaderValue::from_static("https://evil.example"));
        assert_eq!(logged(&headers, header::ORIGIN).as_deref(), Some("https://evil.example"));
        let long = HeaderValue::from_bytes(&[b'\xe9'; 5000]).unwrap();
        headers.insert(header::ORIGIN, long);
        assert_eq!(logged(&headers, header::ORIGIN).unwrap().chars().count(), LOGGED);
    }
}
