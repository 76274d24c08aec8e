//! Lets only a logout remove the session cookie from a browser.
//!
//! tower-sessions removes it in the response to every request whose session is unknown. Such a
//! request may come from another tab and be under way while the session gets another id; its
//! response would remove the new cookie. The removal also lacks `Secure`, without which browsers
//! ignore it for a `__Host-` name.

use app::AppState;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use leptos::server_fn::ServerFn as _;

/// The name of the cookie, without the prefix that it has over TLS.
pub(crate) const NAME: &str = "inbox_session";
/// Path of the logout.
const LOGOUT: &str = app::api::Logout::PATH;

pub(crate) async fn removal(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let is_logout = request.uri().path() == LOGOUT;
    let mut response = next.run(request).await;
    let removal = format!("{}=;", app.site.cookie_name(NAME));
    let secured = match app.site.is_https() {
        true => "; Secure",
        false => "",
    };
    replace(response.headers_mut(), &removal, is_logout.then_some(secured));
    response
}

/// Drops the cookies that begin with `removal`, or appends `ending` to them if it is given.
fn replace(headers: &mut HeaderMap, removal: &str, ending: Option<&str>) {
    let is_removal = |cookie: &HeaderValue| cookie.as_bytes().starts_with(removal.as_bytes());
    let cookies: Vec<HeaderValue> = headers.get_all(header::SET_COOKIE).iter().cloned().collect();
    if !cookies.iter().any(is_removal) {
        return;
    }
    headers.remove(header::SET_COOKIE);
    for cookie in cookies {
        if !is_removal(&cookie) {
            headers.append(header::SET_COOKIE, cookie);
        } else if let Some(ending) = ending {
            let line = [cookie.as_bytes(), ending.as_bytes()].concat();
            if let Ok(line) = HeaderValue::from_bytes(&line) {
                headers.append(header::SET_COOKIE, line);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_removal_of_that_cookie_is_dropped_or_ended() {
        let all = ["a=1; Path=/", "s=; Max-Age=0", "s=new; Path=/", "other_s=; Path=/"];
        let left = |ending| {
            let mut headers = HeaderMap::new();
            for cookie in all {
                headers.append(header::SET_COOKIE, HeaderValue::from_static(cookie));
            }
            replace(&mut headers, "s=;", ending);
            let left = headers.get_all(header::SET_COOKIE).iter();
            left.map(|cookie| cookie.to_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(left(None), [all[0], all[2], all[3]]);
        assert_eq!(left(Some("; Secure")), [all[0], "s=; Max-Age=0; Secure", all[2], all[3]]);
    }
}
