//! The client's address for requests through proxies: `--trusted-proxy`.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use crate::program::{PASSWORD, Running, add_admin, program};

const ANA: &str = "ana@loja.example";

/// A server with one administrator.
fn server(folder: &std::path::Path, trusted: Option<&str>) -> Running {
    add_admin(folder, ANA);
    let mut program = program(folder);
    program.args(trusted.into_iter().flat_map(|network| ["--trusted-proxy", network]));
    Running::start(&mut program)
}

/// The address of the newest login in the audit log.
fn address_in_history(server: &Running, forwarded: &[(&str, &str)]) -> String {
    let login = server.log_in(ANA, PASSWORD, forwarded);
    assert_eq!(login.status, 200, "{}", login.body);
    let cookie = login.cookie("inbox_session").expect("a session").to_owned();
    let history = server.get("/admin/auditoria.csv", &[("cookie", &cookie)]);
    assert_eq!(history.status, 200, "{}", history.head);
    let row = history.body.lines().find(|line| line.contains(",login,")).expect("a login");
    row.split(',').nth(7).expect("an address").to_owned()
}

#[test]
fn a_proxy_on_this_machine_is_trusted_without_being_named() {
    let folder = tempfile::tempdir().unwrap();
    let server = server(folder.path(), None);
    let sent = [("x-forwarded-for", "6.6.6.6, 203.0.113.7")];
    assert_eq!(address_in_history(&server, &sent), "203.0.113.7");
    assert!(server.logged().iter().all(|line| !line.contains("--trusted-proxy")));
}

#[test]
fn the_last_address_that_is_no_trusted_proxy_is_the_sender() {
    let folder = tempfile::tempdir().unwrap();
    let server = server(folder.path(), Some("127.0.0.0/8,10.0.0.0/8"));
    let sent = [("x-forwarded-for", "6.6.6.6, 203.0.113.7"), ("x-forwarded-for", "10.0.0.4:5123")];
    assert_eq!(address_in_history(&server, &sent), "203.0.113.7");
}

#[test]
fn a_proxy_that_is_not_trusted_is_warned_of_once_and_nobody_waits_for_another() {
    let folder = tempfile::tempdir().unwrap();
    let server = server(folder.path(), Some("192.0.2.0/24"));
    let from = |ip: &str| [("x-forwarded-for".to_owned(), ip.to_owned())];
    let guess = |ip: &str, nth: usize| {
        let from = from(ip);
        let headers: Vec<_> =
            from.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        server.log_in(&format!("eva{nth}@mal.example"), "nenhuma dessas", &headers).status
    };
    // Each guess is at another account, so only the address is limited.
    let statuses: Vec<_> = (0..60).map(|nth| guess("203.0.113.7", nth)).collect();
    assert_eq!(statuses[59], 429, "one client behind it is slowed down");
    assert_eq!(guess("203.0.113.8", 99), 401, "the next one is not");
    let sent = [("x-forwarded-for", "203.0.113.9")];
    assert_eq!(address_in_history(&server, &sent), "127.0.0.1", "and nobody is believed");
    let line = server.logs("--trusted-proxy 127.0.0.1");
    assert!(line.contains("WARN") && line.contains("INBOX_TRUSTED_PROXY"), "{line}");
    assert!(server.logged().iter().all(|line| !line.contains("--trusted-proxy")), "once");
}

#[test]
fn people_behind_a_trusted_proxy_that_names_nobody_do_not_wait_for_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let server = server(folder.path(), None);
    for nth in 0..60 {
        let sent = [("x-forwarded-for", "unknown"), ("forwarded", "for=203.0.113.7")];
        let sent = &sent[..nth % 3];
        let guess = server.log_in(&format!("eva{nth}@mal.example"), "nenhuma dessas", sent);
        assert_eq!(guess.status, 401, "{nth} {sent:?}");
    }
}

#[test]
fn behind_a_trusted_proxy_each_client_has_a_throttle_and_a_label_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let server = server(folder.path(), Some("127.0.0.1/32"));
    let guess = |ip: &str, nth: usize| {
        let sent = [("x-forwarded-for", ip)];
        server.log_in(&format!("eva{nth}@mal.example"), "nenhuma dessas", &sent).status
    };
    let statuses: Vec<_> = (0..60).map(|nth| guess("203.0.113.7", nth)).collect();
    assert_eq!(statuses[59], 429, "the one who guesses is slowed down");
    assert_eq!(guess("203.0.113.8", 99), 401, "the next one is not");
    // No claimed address gives a client the limit of another one, or none.
    assert_eq!(guess("203.0.113.9, 203.0.113.7", 100), 429);
    let sent = [("x-forwarded-for", "198.51.100.1, 203.0.113.9")];
    let login = server.log_in(ANA, PASSWORD, &sent);
    let cookie = login.cookie("inbox_session").expect("a session");
    let profile = server.get("/perfil", &[("cookie", cookie)]).body;
    assert!(profile.contains("203.0.113.9") && !profile.contains("198.51.100.1"), "{profile}");
}

#[test]
fn many_come_through_a_trusted_proxy_and_none_of_them_takes_the_places_of_an_address() {
    let folder = tempfile::tempdir().unwrap();
    let mut program = program(folder.path());
    program.args(["--trusted-proxy", "127.0.0.1/32"]).env("INBOX_CONNECTIONS_PER_ADDRESS", "2");
    let server = Running::start(&mut program);
    let kept: Vec<_> = (0..20).map(|_| TcpStream::connect(&server.address).unwrap()).collect();
    for mut socket in kept {
        let ask = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
        socket.write_all(ask).unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).unwrap();
        assert!(answer.ends_with("ok"), "{answer}");
    }
}
