//! `inbox-pirata check` finds what a proxy does wrong, and the server answers nobody else.

use std::path::Path;

use crate::program::{Running, finish, program};
use crate::proxy::{Habits, serve};

/// What it says about a proxy with these habits, before a server with these flags.
fn check(habits: Habits, flags: &[&str]) -> (bool, String) {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(program(folder.path()).args(flags));
    let url = format!("http://{}", serve(&running.address, habits));
    look(folder.path(), &url)
}

fn look(data: &Path, url: &str) -> (bool, String) {
    finish(program(data).args(["check", "--url", url, "--silence", "2s"]))
}

#[test]
fn every_mistake_is_found_with_the_line_that_mends_it() {
    let right = Habits::default();
    for (habits, lines) in [
        (Habits { own_host: true, ..right }, ["Host $http_host;", "header_up Host"]),
        (Habits { no_origin: true, ..right }, ["Origin $http_origin;", "header_up Origin"]),
        (
            Habits { no_address: true, ..right },
            ["X-Forwarded-For $proxy_add_x_forwarded_for;", "header_up X-Forwarded-For"],
        ),
        (Habits { buffers: true, ..right }, ["proxy_buffering off;", "flush_interval -1"]),
        (Habits { small_bodies: true, ..right }, ["client_max_body_size", "max_size"]),
        (Habits { bad_gateway: true, ..right }, ["proxy_pass", "reverse_proxy"]),
    ] {
        let (is_right, said) = check(habits, &[]);
        assert!(!is_right, "{said}");
        for line in lines {
            assert!(said.contains(line), "{line}: {said}");
        }
    }
}

#[test]
fn a_proxy_that_is_not_trusted_is_found() {
    let (is_right, said) = check(Habits::default(), &["--trusted-proxy", "192.0.2.0/24"]);
    assert!(!is_right && said.contains("--trusted-proxy 127.0.0.1"), "{said}");
}

#[test]
fn a_proxy_that_does_everything_right_is_told_so() {
    let folder = tempfile::tempdir().unwrap();
    // The proxy's port is known only after the server's, so the server is started twice.
    let first = Running::start(&mut program(folder.path()));
    let address = first.address.clone();
    let proxied = serve(&address, Habits::default());
    first.kill();
    let url = format!("http://{proxied}");
    let mut again = program(folder.path());
    again.args(["--public-url", &url]);
    let again = Running::start_at(&mut again, &address);
    let (is_right, said) = look(folder.path(), &url);
    assert!(is_right && said.contains("tudo certo"), "{said}");
    // The public address is what it looks at by itself.
    let (is_right, said) =
        finish(program(folder.path()).args(["--public-url", &url, "check", "--silence", "1s"]));
    assert!(is_right, "{said}");
    // No proxy is wrong in nothing but what the server does not know.
    let direct = format!("http://{}", again.address);
    let (_, said) = look(folder.path(), &direct);
    assert!(said.contains("não há proxy no caminho") && !said.contains("X-Forwarded"), "{said}");
}

#[test]
fn an_address_where_nobody_is_or_somebody_else_is_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let (is_right, said) = look(folder.path(), "http://127.0.0.1:9");
    assert!(!is_right && said.contains("ninguém escuta"), "{said}");
    // Another data folder, so the server does not know the secret.
    let other = tempfile::tempdir().unwrap();
    let running = Running::start(&mut program(other.path()));
    let (is_right, said) = look(folder.path(), &format!("http://{}", running.address));
    assert!(!is_right && said.contains("--data-dir"), "{said}");
    let (is_right, said) = finish(program(folder.path()).arg("check"));
    assert!(!is_right && said.contains("--url"), "{said}");
    assert!(!folder.path().join("check.secret").exists(), "nothing is left behind");
}

#[test]
fn strangers_are_told_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(&mut program(folder.path()));
    std::fs::write(folder.path().join("check.secret"), "a".repeat(64)).unwrap();
    let wrong = "b".repeat(64);
    for secret in [None, Some(""), Some(wrong.as_str())] {
        let headers: Vec<_> = secret.iter().map(|secret| ("x-inbox-check", *secret)).collect();
        for (method, path) in [
            ("POST", "/check/echo"),
            ("POST", "/check/body"),
            ("GET", "/check/stream?milliseconds=0"),
        ] {
            let answer = running.send(method, path, &headers, "");
            assert_eq!((answer.status, answer.body.as_str()), (404, ""), "{path} {secret:?}");
        }
    }
    std::fs::remove_file(folder.path().join("check.secret")).unwrap();
    let answer = running.send("POST", "/check/echo", &[("x-inbox-check", "")], "");
    assert_eq!(answer.status, 404, "no secret is not an empty one");
}
