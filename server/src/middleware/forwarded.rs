//! Warns of proxies that are not in `--trusted-proxy`. [`app::auth::forwarded`] has the rules.

use std::net::SocketAddr;

use app::AppState;
use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::Next;
use axum::response::Response;

pub(crate) async fn warn(State(app): State<AppState>, request: Request, next: Next) -> Response {
    if request.headers().contains_key("x-forwarded-for")
        && let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<SocketAddr>>()
        && !app.site.trusts(peer.ip())
    {
        app.site.warn_of(peer.ip().to_canonical());
    }
    next.run(request).await
}
