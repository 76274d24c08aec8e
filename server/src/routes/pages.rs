//! Pages, rendered by `app`, each with a content security policy with its own nonce.

use app::AppState;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use leptos::nonce::use_nonce;
use leptos::prelude::{expect_context, provide_context};
use leptos::server_fn::axum::server_fn_paths;
use leptos_axum::{LeptosRoutes as _, ResponseOptions, generate_route_list_with_exclusions};

use crate::state::RouterState;

/// All pages of the application.
pub(crate) fn routes(state: &RouterState) -> Router<RouterState> {
    // Server functions have a route of their own, which gives them accurate status codes.
    let functions = server_fn_paths().map(|(path, _)| path.to_owned()).collect();
    let pages = generate_route_list_with_exclusions(app::App, Some(functions));
    let assets = state.app.assets.clone();
    Router::new().leptos_routes_with_context(state, pages, context(state.app.clone()), move || {
        app::shell(&assets)
    })
}

/// Answers every other address with the application's own "not found" page.
pub(crate) async fn missing(State(app): State<AppState>, request: Request) -> Response {
    let assets = app.assets.clone();
    let render =
        leptos_axum::render_app_async_with_context(context(app), move || app::shell(&assets));
    let mut response = render(request).await.into_response();
    if response.status() == StatusCode::OK {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    response
}

fn context(app: AppState) -> impl Fn() + Clone + Send + Sync + 'static {
    move || {
        provide_context(app.clone());
        set_headers();
    }
}

/// Only scripts that carry this response's nonce run, and nothing is loaded from other sites. Files
/// that a person has chosen to send, and recordings, are shown from the browser's memory (`blob:`).
/// Pages contain conversations, so no cache stores them.
fn set_headers() {
    let response = expect_context::<ResponseOptions>();
    let nonce = use_nonce().map(|nonce| nonce.to_string()).unwrap_or_default();
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; \
         style-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; font-src 'self'; connect-src 'self'; \
         manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    let set = |name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.insert_header(name, value);
        }
    };
    set(header::CONTENT_SECURITY_POLICY, &policy);
    set(header::CACHE_CONTROL, "no-store");
}
