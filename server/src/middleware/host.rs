//! Refuses requests for host names that are not the server's own. [`app::auth::host`] has the rules
//! and the exempt requests.

use app::AppState;
use app::auth::host;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

pub(crate) async fn host(State(app): State<AppState>, request: Request, next: Next) -> Response {
    if host::is_ours(&request, &app.site) {
        return next.run(request).await;
    }
    metrics::counter!("inbox_refused", "what" => "host").increment(1);
    tracing::debug!("a request for another name was refused");
    let sentence = host::refusal(request.headers(), &app.site);
    (StatusCode::MISDIRECTED_REQUEST, sentence + "\n").into_response()
}
