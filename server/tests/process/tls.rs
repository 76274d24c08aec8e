//! Response headers and cookies over TLS.

use std::path::Path;

use crate::program::{Answer, PASSWORD, Running, add_admin, program};

const ANA: &str = "ana@loja.example";
const OVER_TLS: [(&str, &str); 2] = [("host", "inbox.loja.com.br"), ("x-forwarded-proto", "https")];

fn server(folder: &Path, public: &str) -> Running {
    add_admin(folder, ANA);
    Running::start(program(folder).args(["--public-url", public]))
}

fn cookies(answer: &Answer) -> Vec<&str> {
    let lines = answer.head.lines().filter_map(|line| line.split_once(": "));
    lines.filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie")).map(|(_, it)| it).collect()
}

#[test]
fn browsers_are_told_to_stay_with_tls_where_they_came_by_it() {
    let folder = tempfile::tempdir().unwrap();
    let server = server(folder.path(), "https://inbox.loja.com.br");
    for path in ["/entrar", "/healthz", "/nao/existe", "/atendente/inbox-pirata", "/live"] {
        let told = server.get(path, &OVER_TLS);
        let told = told.header("strict-transport-security");
        assert_eq!(told, Some("max-age=15552000"), "{path}");
        let plain =
            server.get(path, &[("host", "inbox.loja.com.br"), ("x-forwarded-proto", "http")]);
        assert_eq!(plain.header("strict-transport-security"), None, "{path}");
    }
    let direct = server.get("/entrar", &[]);
    assert_eq!(direct.header("strict-transport-security"), None);
}

#[test]
fn a_session_over_tls_is_bound_to_this_very_host() {
    let folder = tempfile::tempdir().unwrap();
    let server = server(folder.path(), "https://inbox.loja.com.br");
    let login = server.log_in(ANA, PASSWORD, &OVER_TLS);
    assert_eq!(login.status, 200, "{}", login.body);
    let all = cookies(&login);
    let session = all.iter().find(|cookie| cookie.contains("inbox_session")).expect("a session");
    assert!(session.starts_with("__Host-inbox_session="), "{session}");
    for part in ["Secure", "HttpOnly", "Path=/", "SameSite=Lax"] {
        assert!(session.split("; ").any(|it| it == part), "{part}: {session}");
    }
    assert!(!session.contains("Domain"), "{session}");
    assert!(all.iter().all(|cookie| cookie.contains("Secure")), "{all:?}");

    let inbox = |cookie: &str| {
        let sent = [OVER_TLS[0], OVER_TLS[1], ("cookie", cookie)];
        server.get("/atendente/inbox-pirata", &sent).status
    };
    let (name, id) = session.split(';').next().unwrap().split_once('=').unwrap();
    assert_eq!(inbox(&format!("{name}={id}")), 200);
    // A neighbouring site or somebody on the network could have set this one.
    assert_eq!(inbox(&format!("inbox_session={id}")), 303);
    let spoilt = format!("inbox_session=x; {name}={id}; inbox_session=y");
    assert_eq!(inbox(&spoilt), 200);
    // Other cookies hold no secret, and also work over TLS.
    let sent = [OVER_TLS[0], OVER_TLS[1], ("origin", "https://inbox.loja.com.br")];
    let language = server.post("/api/set_language", &sent, "language=en");
    assert!(
        cookies(&language).iter().any(|it| it.starts_with("idioma=en") && it.ends_with("Secure"))
    );
}

#[test]
fn without_tls_nothing_of_it_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let server = server(folder.path(), "http://inbox.lan:8080");
    let login = server.log_in(ANA, PASSWORD, &OVER_TLS[1..]);
    assert_eq!(login.status, 200, "{}", login.body);
    assert!(cookies(&login).iter().all(|it| !it.contains("__Host-") && !it.contains("Secure")));
    assert_eq!(login.header("strict-transport-security"), None);
}
