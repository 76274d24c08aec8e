//! Redirects requests for pages: to the set-up while there is no user, then to the login.
//!
//! This applies to pages only. Server functions, the stream, and files in both directions check the
//! viewer themselves and answer 401, which scripts can handle.

use std::sync::atomic::{AtomicBool, Ordering};

use app::AppState;
use app::auth::factor::Unproved;
use app::auth::{AuthSession, setup};
use axum::extract::{Request, State};
use axum::http::{StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

use crate::routes::uploads;

pub(crate) const SET_UP: &str = "/configurar";
const LOGIN: &str = "/entrar";
/// The query parameter of the code in the link to [`SET_UP`].
pub(crate) const CODE: &str = "codigo";
const INBOX: &str = "/atendente/inbox-pirata";
/// Beginnings of the addresses that are no pages.
const FOR_SCRIPTS: [&str; 4] = ["/api/", "/midia/", "/foto/", "/envios/"];

/// True once a user exists. It never becomes false again, so it is read from the database once.
static SET_UP_DONE: AtomicBool = AtomicBool::new(false);

pub(crate) async fn guard(
    State(app): State<AppState>,
    auth: AuthSession,
    request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path();
    let is_for_scripts = path == "/live" || path == uploads::ADDRESS;
    if is_for_scripts || FOR_SCRIPTS.iter().any(|prefix| path.starts_with(prefix)) {
        return next.run(request).await;
    }
    let set_up = match is_set_up(&app).await {
        Ok(set_up) => set_up,
        Err(error) => {
            tracing::error!(%error, "the database does not answer");
            return (StatusCode::SERVICE_UNAVAILABLE, "O banco de dados não responde.")
                .into_response();
        }
    };
    if request.extensions().get::<Unproved>().is_some() {
        return match path {
            app::api::CODE => next.run(request).await,
            path if path.starts_with(app::api::LINK) => next.run(request).await,
            // The address has a destination already.
            LOGIN => {
                let query =
                    request.uri().query().map_or(String::new(), |query| format!("?{query}"));
                Redirect::to(&format!("{}{query}", app::api::CODE)).into_response()
            }
            SET_UP | "/" => Redirect::to(app::api::CODE).into_response(),
            _ => Redirect::to(&with_next(app::api::CODE, request.uri())).into_response(),
        };
    }
    match (set_up, auth.user.is_some(), path) {
        // A person who opens a link is not logged in yet, or wants to log in as somebody else.
        (true, _, path) if path.starts_with(app::api::LINK) => next.run(request).await,
        (false, _, SET_UP) => match code_of(request.uri()) {
            Some(code) => with_code(&code, &app),
            None => next.run(request).await,
        },
        (false, ..) => Redirect::to(SET_UP).into_response(),
        (true, true, SET_UP | LOGIN | app::api::CODE | "/") => Redirect::to(INBOX).into_response(),
        (true, false, SET_UP | "/") => Redirect::to(LOGIN).into_response(),
        // Nobody is logged in yet between password and code; the page itself checks the pending
        // login.
        (true, false, LOGIN | app::api::CODE) | (true, true, _) => next.run(request).await,
        (true, false, _) => Redirect::to(&with_next(LOGIN, request.uri())).into_response(),
    }
}

/// The code in the link that the server printed.
fn code_of(uri: &Uri) -> Option<String> {
    let query = url::form_urlencoded::parse(uri.query()?.as_bytes());
    query.into_iter().find(|(name, _)| name == CODE).map(|(_, code)| code.into_owned())
}

/// Redirects to the page without the code in its address, which would be displayed and kept in the
/// history; a cookie keeps the code until the form is sent.
fn with_code(code: &str, app: &AppState) -> Response {
    let mut response = Redirect::to(SET_UP).into_response();
    if let Some(cookie) = setup::cookie(code.trim(), &app.site) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

async fn is_set_up(app: &AppState) -> Result<bool, service::Error> {
    if !SET_UP_DONE.load(Ordering::Relaxed) && !service::setup::is_first_run(&app.services).await? {
        SET_UP_DONE.store(true, Ordering::Relaxed);
    }
    Ok(SET_UP_DONE.load(Ordering::Relaxed))
}

/// Address of a login page that returns to the requested page afterwards.
fn with_next(page: &str, uri: &Uri) -> String {
    let wanted: String = uri
        .path_and_query()
        .map(|path| path.as_str())
        .unwrap_or("/")
        .bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => {
                char::from(byte).to_string()
            }
            byte => format!("%{byte:02X}"),
        })
        .collect();
    format!("{page}?next={wanted}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_survives_the_login() {
        let uri = Uri::from_static("/atendente/inbox-pirata/chat/7?a=1&b=2");
        assert_eq!(
            with_next(LOGIN, &uri),
            "/entrar?next=/atendente/inbox-pirata/chat/7%3Fa%3D1%26b%3D2"
        );
    }
}
