//! The session cookie: its removal and its lifetime.

use axum::body::Body;
use axum::http::{Request, Response, header};
use model::Role;

use crate::support::{App, PASSWORD};

const PUBLIC: &str = "inbox.loja.example";

/// Sends a form, or requests a page if there is no form, with these cookies.
async fn send(app: &App, path: &str, cookie: &str, form: Option<&str>) -> Response<Body> {
    let request = Request::builder()
        .method(if form.is_some() { "POST" } else { "GET" })
        .uri(path)
        .header(header::HOST, PUBLIC)
        .header(header::COOKIE, cookie)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    app.send(request.body(Body::from(form.unwrap_or_default().to_owned())).unwrap()).await
}

/// The line of a response that sets the session cookie.
fn session_of(answer: &Response<Body>) -> Option<String> {
    let cookies = answer.headers().get_all(header::SET_COOKIE).iter();
    let mut cookies = cookies.map(|cookie| cookie.to_str().unwrap().to_owned());
    cookies.find(|cookie| cookie.contains("inbox_session="))
}

/// Logs in and returns the cookie pair that the browser sends from now on.
async fn log_in(app: &App, email: &str, remember: bool) -> String {
    let password = PASSWORD.replace(' ', "+");
    let form = format!("email={email}&password={password}&remember={remember}&next=");
    let answer = send(app, "/api/login", "", Some(&form)).await;
    let line = session_of(&answer).expect("a session");
    assert_eq!(line.contains("Max-Age="), remember, "{line}");
    line.split(';').next().expect("a pair").to_owned()
}

#[tokio::test]
async fn logging_out_removes_the_cookie_over_tls() {
    for (scheme, name) in [("https", "__Host-inbox_session"), ("http", "inbox_session")] {
        let public = format!("{scheme}://{PUBLIC}");
        let app = App::with_flags(&["--public-url", &public]).await;
        let ana = app.user("ana", Role::Atendente).await;
        let cookie = log_in(&app, &ana.email, false).await;
        assert!(cookie.starts_with(&format!("{name}=")), "{cookie}");
        let left = session_of(&send(&app, "/api/logout", &cookie, Some("")).await);
        let left = left.expect("a removal");
        assert!(left.starts_with(&format!("{name}=;")) && left.contains("Path=/"), "{left}");
        assert!(left.contains("Max-Age=0"), "{left}");
        assert_eq!(left.ends_with("; Secure"), scheme == "https", "{left}");
    }
}

#[tokio::test]
async fn an_answer_to_an_id_of_before_leaves_the_cookie_alone() {
    let app = App::with_flags(&["--public-url", &format!("http://{PUBLIC}")]).await;
    let ana = app.user("ana", Role::Atendente).await;
    let old = log_in(&app, &ana.email, false).await;
    let password = PASSWORD.replace(' ', "+");
    let form = format!("old={password}&password=outra+senha+comprida");
    let changed = send(&app, "/api/change_password", &old, Some(&form)).await;
    let new = session_of(&changed).expect("another id");
    assert!(!new.starts_with(&old), "{new}");
    // Another tab sent its requests before the response arrived.
    for path in ["/perfil", "/live", "/entrar"] {
        let answer = send(&app, path, &old, None).await;
        assert_eq!(session_of(&answer), None, "{path}");
    }
    assert_eq!(session_of(&send(&app, "/api/me", &old, Some("")).await), None);
}

#[tokio::test]
async fn a_remembered_login_stays_one_on_every_page() {
    let app = App::with_flags(&["--public-url", &format!("http://{PUBLIC}")]).await;
    let ana = app.user("ana", Role::Admin).await;
    let cookie = log_in(&app, &ana.email, true).await;
    for page in ["/admin/atendentes", "/perfil/duas-etapas", "/perfil"] {
        let answer = send(&app, page, &cookie, None).await;
        assert!(answer.status().is_success(), "{page}: {}", answer.status());
        assert_eq!(session_of(&answer), None, "{page}: nothing was changed");
    }
    // A value that is displayed once and removed then keeps the session's end.
    let form = format!("user={}", app.user("bia", Role::Atendente).await.id);
    let changes = [
        ("/api/make_link", Some(form.as_str())),
        ("/admin/atendentes", None),
        ("/api/begin_second_factor", Some("")),
    ];
    for (path, form) in changes {
        let answer = send(&app, path, &cookie, form).await;
        let line = session_of(&answer).unwrap_or_else(|| panic!("{path} changes the session"));
        assert!(line.contains("Max-Age="), "{path}: {line}");
    }
}
