//! Every route, and the middleware around them.

use app::AppState;
use app::auth::Backend;
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use axum_login::AuthManagerLayerBuilder;
use axum_login::tower_sessions::cookie::SameSite;
use axum_login::tower_sessions::{Expiry, SessionManagerLayer};
use leptos::config::LeptosOptions;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio_util::sync::CancellationToken;
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;

use crate::config::Config;
use crate::middleware::{
    body_size, factor, forwarded, guard, headers, host, latency, same_origin, session_cookie,
};
use crate::routes::{
    api, audit, check, health, live, media, metrics, pages, pictures, text, uploads,
};
use crate::site;
use crate::state::{RouterState, UploadTiming};

/// Builds the router of the site. `stop` ends the streams that would hold up a graceful shutdown.
pub fn build(
    app: AppState,
    config: &Config,
    metrics: PrometheusHandle,
    stop: CancellationToken,
) -> Router {
    let sessions = SessionManagerLayer::new(app.services.store.web_sessions())
        .with_name(app.site.cookie_name(session_cookie::NAME))
        .with_http_only(true)
        // With `Strict`, every link from outside would look logged out.
        .with_same_site(SameSite::Lax)
        .with_secure(app.site.is_https())
        .with_expiry(Expiry::OnSessionEnd);
    let auth = AuthManagerLayerBuilder::new(Backend::new(app.services.clone()), sessions).build();
    let state = RouterState {
        app: app.clone(),
        leptos: LeptosOptions::builder().output_name("inbox-pirata").build(),
        stop,
        live: live::Live {
            streams: live::Streams::default(),
            watchers: live::Watchers::default(),
            timing: config.live,
        },
        uploads: UploadTiming { stall: config.limits.upload_stall },
    };
    // Every request of a person passes these layers, the last one first.
    let for_people = |routes: Router<RouterState>| {
        routes
            .layer(from_fn_with_state(state.clone(), guard::guard))
            .layer(from_fn(factor::check))
            .layer(auth.clone())
            .layer(from_fn_with_state(state.clone(), session_cookie::removal))
            .layer(from_fn_with_state(state.clone(), same_origin::same_origin))
            .layer(from_fn_with_state(state.clone(), host::host))
            .layer(from_fn_with_state(state.clone(), forwarded::warn))
    };

    // Streams and files are sent as they are. The fastest level makes a page a fifth of its size,
    // and the next ones take more time than the smaller page saves.
    let compression = CompressionLayer::new().gzip(true).quality(CompressionLevel::Fastest);
    let compressed = Router::new()
        .route("/api/{name}", post(api::call))
        .route(app::api::AUDIT_CSV, get(audit::csv))
        .route("/mensagem/{message}", get(text::text))
        .merge(pages::routes(&state))
        .fallback(pages::missing)
        .layer(compression);
    let people = Router::new()
        .route("/live", get(live::live))
        .route("/midia/{message}", get(media::file))
        .route("/midia/{message}/previa", get(media::preview))
        .route("/foto/{chat}", get(pictures::of_chat))
        .route("/foto/{chat}/grande", get(pictures::large))
        .route("/foto/pessoa/{contact}", get(pictures::of_contact))
        .merge(compressed);

    let public = app.site.clone();
    let mut site = Router::new()
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/pkg/{*path}", get(site::package))
        .merge(for_people(people))
        .with_state(state.clone());
    if let Some(token) = config.metrics_token.clone() {
        let guarded = metrics::Guarded { handle: metrics, token };
        site = site.route("/metrics", get(metrics::guarded).with_state(guarded));
    }
    let site = site
        .layer(RequestBodyLimitLayer::new(body_size::LARGEST_BODY))
        .layer(from_fn(body_size::count));
    // These take the largest bodies, and limit them by themselves.
    let parts = for_people(uploads::routes()).merge(check::routes(&config.data_dir));
    let parts: Router = parts.with_state(state);
    site.merge(parts)
        .layer(CatchPanicLayer::new())
        .layer(from_fn_with_state(public, headers::security))
        .layer(from_fn(latency::measure))
}
