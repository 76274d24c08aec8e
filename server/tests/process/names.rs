//! Host names: a stranger's name that resolves to this server is served nothing.

use std::path::Path;

use crate::program::{PASSWORD, Running, add_admin, program};

const ANA: &str = "ana@loja.example";
const PUBLIC: &str = "https://inbox.loja.com.br";
const NAMES_OF_STRANGERS: [&str; 6] = [
    "evil.example",
    "evil.example:3000",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "evil.example:80@localhost",
    "inbox.loja.com.br.evil.example",
];

fn server(folder: &Path, public: Option<&str>) -> Running {
    add_admin(folder, ANA);
    let mut program = program(folder);
    program.args(public.into_iter().flat_map(|url| ["--public-url", url]));
    Running::start(program.env("INBOX_METRICS_TOKEN", "segredo"))
}

#[test]
fn a_name_of_a_stranger_is_served_nothing_and_told_what_to_set() {
    for public in [None, Some(PUBLIC)] {
        let folder = tempfile::tempdir().unwrap();
        let server = server(folder.path(), public);
        for name in NAMES_OF_STRANGERS {
            for path in ["/", "/entrar", "/configurar", "/live", "/midia/1", "/admin/auditoria.csv"]
            {
                let answer = server.get(path, &[("host", name)]);
                assert_eq!(answer.status, 421, "{name} {path}: {}", answer.head);
                assert!(answer.body.contains("--public-url"), "{}", answer.body);
                assert!(answer.header("set-cookie").is_none());
            }
            // To the browser the page belongs to that name, so it declares the same origin.
            let origin = format!("http://{name}");
            let own = [("host", name), ("origin", &*origin), ("sec-fetch-site", "same-origin")];
            let login = server.log_in(ANA, PASSWORD, &own);
            assert_eq!(login.status, 421, "{name}: {}", login.body);
            let forwarded = [("host", name), ("x-forwarded-host", name)];
            assert_eq!(server.get("/entrar", &forwarded).status, 421, "{name}");
        }
        let absolute = server.get("http://evil.example/entrar", &[("host", "localhost")]);
        assert_eq!(absolute.status, 421);
        let metrics = server.get("/metrics", &[("authorization", "Bearer segredo")]).body;
        assert!(metrics.contains(r#"inbox_refused{what="host"}"#), "{metrics}");
    }
}

#[test]
fn without_a_public_address_localhost_and_addresses_are_served() {
    let folder = tempfile::tempdir().unwrap();
    let server = server(folder.path(), None);
    for name in ["localhost:3000", "inbox.localhost", "127.0.0.1", "192.168.0.7:3000", "[::1]:3000"]
    {
        assert_eq!(server.get("/entrar", &[("host", name)]).status, 200, "{name}");
    }
    for name in ["inbox.loja.com.br", "inbox", "inbox.local:3000"] {
        let answer = server.get("/entrar", &[("host", name)]);
        assert_eq!(answer.status, 421, "{name}");
        assert!(answer.body.contains(&format!("--public-url http://{name}")), "{}", answer.body);
    }
    let english = [("host", "inbox.lan"), ("cookie", "idioma=en")];
    assert!(server.get("/entrar", &english).body.contains("does not answer to the name inbox.lan"));
    for path in ["/healthz", "/readyz"] {
        assert_eq!(server.get(path, &[("host", "probe.example")]).status, 200);
    }
}

#[test]
fn behind_a_proxy_pages_are_served_whatever_name_it_passes() {
    let folder = tempfile::tempdir().unwrap();
    let server = server(folder.path(), Some(PUBLIC));
    for behind in [
        &[("host", "inbox.loja.com.br")][..],
        &[("host", "INBOX.loja.com.br:443")],
        &[("host", "inbox:3000")],
        &[("host", "127.0.0.1:3000")],
        &[("host", "inbox.web.svc.example"), ("x-forwarded-for", "203.0.113.7")],
        &[("host", "inbox.web.svc.example"), ("x-forwarded-host", "inbox.loja.com.br")],
    ] {
        let answer = server.get("/entrar", behind);
        assert_eq!(answer.status, 200, "{behind:?} {}", answer.body);
    }
    let form = |host, origin| {
        let sent = [("host", host), ("origin", origin), ("x-forwarded-for", "203.0.113.7")];
        server.log_in(ANA, PASSWORD, &sent).status
    };
    assert_eq!(form("inbox.web.svc.example", PUBLIC), 200);
    // A page can claim to be a proxy, but not to be at the server's address.
    assert_eq!(form("evil.example", "http://evil.example"), 403);
}
