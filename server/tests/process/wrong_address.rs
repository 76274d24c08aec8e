//! `--public-url`: forms from it are accepted, links carry it, and pages opened at another address
//! report it.

use crate::program::{PASSWORD, Running, add_admin, program};

const ANA: &str = "ana@loja.example";

fn server(folder: &std::path::Path, public: Option<&str>) -> Running {
    add_admin(folder, ANA);
    let mut program = program(folder);
    program.args(public.into_iter().flat_map(|url| ["--public-url", url]));
    Running::start(&mut program)
}

#[test]
fn a_form_from_the_public_address_is_taken_whatever_host_a_proxy_passes() {
    let folder = tempfile::tempdir().unwrap();
    let server = server(folder.path(), Some("http://inbox.lan:8080"));
    for host in ["127.0.0.1:3000", "inbox.lan", "app", "outro.example:99"] {
        let sent = [("host", host), ("origin", "http://inbox.lan:8080")];
        assert_eq!(server.log_in(ANA, PASSWORD, &sent).status, 200, "{host}");
    }
}

#[test]
fn a_form_that_is_refused_says_which_header_to_set_with_and_without_javascript() {
    let folder = tempfile::tempdir().unwrap();
    let server = server(folder.path(), None);
    let sent = [("origin", "http://inbox.lan:8080"), ("host", "127.0.0.1:3000")];
    let scripted =
        server.log_in(ANA, PASSWORD, &[sent[0], sent[1], ("accept", "application/json")]);
    assert_eq!(scripted.status, 403);
    for part in ["\"foreign\"", "X-Forwarded-Host", "Host", "--public-url http://inbox.lan:8080"] {
        assert!(scripted.body.contains(part), "{part}: {}", scripted.body);
    }

    let page = ("referer", "http://inbox.lan:8080/entrar?next=/perfil");
    let plain = [sent[0], sent[1], ("accept", "text/html,*/*;q=0.8"), page];
    let plain = server.log_in(ANA, PASSWORD, &plain);
    assert_eq!(plain.status, 303, "{}", plain.head);
    let back = plain.header("location").expect("a way back");
    assert!(back.starts_with("/entrar?next=/perfil&__path="), "{back}");
    let shown = server.get(back, &[page]).body;
    for part in ["role=\"alert\"", "X-Forwarded-Host", "--public-url http://inbox.lan:8080"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    // With the header that the message names, it works.
    let mended = [sent[0], sent[1], ("x-forwarded-host", "inbox.lan:8080")];
    assert_eq!(server.log_in(ANA, PASSWORD, &mended).status, 200);
}

#[test]
fn nobody_puts_words_of_theirs_into_the_refusal() {
    let folder = tempfile::tempdir().unwrap();
    let server = server(folder.path(), None);
    // {"foreign":"ligue 0800"}
    let address = "/entrar?__path=%2Fapi%2Flogin&__err=eyJmb3JlaWduIjoibGlndWUgMDgwMCJ9";
    let shown = server.get(address, &[]).body;
    assert!(shown.contains("--public-url") && !shown.contains("ligue 0800"), "{shown}");
}

#[test]
fn a_page_that_was_opened_over_http_names_the_address_to_open() {
    let folder = tempfile::tempdir().unwrap();
    let public = "https://inbox.loja.com.br";
    let server = server(folder.path(), Some(public));
    let shown = server.get("/entrar?next=/perfil", &[]).body;
    assert!(shown.contains("href=\"https://inbox.loja.com.br/entrar?next=/perfil\""), "{shown}");
    let english = server.get("/entrar", &[("cookie", "idioma=en")]).body;
    assert!(english.contains("Open https://inbox.loja.com.br"), "{english}");
    for behind in [
        &[("host", "inbox.loja.com.br"), ("x-forwarded-proto", "https")][..],
        &[
            ("host", "127.0.0.1:3000"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-for", "203.0.113.7"),
        ],
        &[("host", "inbox.loja.com.br"), ("sec-fetch-mode", "navigate")],
    ] {
        let shown = server.get("/entrar", behind).body;
        assert!(!shown.contains("href=\"https://inbox.loja.com.br"), "{behind:?}: {shown}");
    }
}

#[test]
fn links_for_others_carry_the_public_address() {
    let folder = tempfile::tempdir().unwrap();
    let server = server(folder.path(), Some("https://inbox.loja.com.br/"));
    let login = server.log_in(ANA, PASSWORD, &[]);
    let cookie = login.cookie("__Host-inbox_session").unwrap().to_owned();
    let origin = format!("http://{}", server.address);
    let own = [("cookie", cookie.as_str()), ("origin", origin.as_str())];
    let form = "name=Bia&email=bia%40loja.example&role=atendente";
    let made = server.post("/api/invite", &own, form);
    assert!(made.status < 400, "{} {}", made.status, made.body);
    let shown = server.get("/admin/atendentes", &own).body;
    assert!(shown.contains("https://inbox.loja.com.br/convite/"), "{shown}");
    assert!(!shown.contains(&format!("{origin}/convite/")));
    let users = server.post("/api/users", &own, "").body;
    let user = users.split("\"id\":").filter_map(|rest| rest.split([',', '}']).next()).nth(1);
    let made = server.post("/api/make_link", &own, &format!("user={}", user.expect("bia")));
    assert!(made.status < 400, "{} {}", made.status, made.body);
    assert!(
        server.get("/admin/atendentes", &own).body.contains("https://inbox.loja.com.br/convite/")
    );
}
