//! `inbox-pirata check` finds the mistakes of a proxy, and the server answers nobody else.

use std::path::Path;

use crate::program::{Running, finish, program};
use crate::proxy::{ProxyFaults, serve};

/// Runs the check against a proxy with these faults in front of a server with these flags. Returns
/// success and output.
fn check(faults: ProxyFaults, flags: &[&str]) -> (bool, String) {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(program(folder.path()).args(flags));
    let url = format!("http://{}", serve(&running.address, faults));
    look(folder.path(), &url)
}

fn look(data: &Path, url: &str) -> (bool, String) {
    finish(program(data).args(["check", "--url", url, "--silence", "2s"]))
}

#[test]
fn every_mistake_is_found_with_the_line_that_mends_it() {
    let right = ProxyFaults::default();
    for (faults, lines) in [
        (ProxyFaults { own_host: true, ..right }, ["Host $http_host;", "header_up Host"]),
        (ProxyFaults { no_origin: true, ..right }, ["Origin $http_origin;", "header_up Origin"]),
        (
            ProxyFaults { no_address: true, ..right },
            ["X-Forwarded-For $proxy_add_x_forwarded_for;", "header_up X-Forwarded-For"],
        ),
        (ProxyFaults { buffers: true, ..right }, ["proxy_buffering off;", "flush_interval -1"]),
        (ProxyFaults { small_bodies: true, ..right }, ["client_max_body_size", "max_size"]),
        (ProxyFaults { bad_gateway: true, ..right }, ["proxy_pass", "reverse_proxy"]),
    ] {
        let (is_right, output) = check(faults, &[]);
        assert!(!is_right, "{output}");
        for line in lines {
            assert!(output.contains(line), "{line}: {output}");
        }
    }
}

#[test]
fn a_proxy_that_is_not_trusted_is_found() {
    let (is_right, output) = check(ProxyFaults::default(), &["--trusted-proxy", "192.0.2.0/24"]);
    assert!(!is_right && output.contains("--trusted-proxy 127.0.0.1"), "{output}");
}

#[test]
fn a_proxy_that_does_everything_right_is_told_so() {
    let folder = tempfile::tempdir().unwrap();
    // The proxy's port is known only after the server's, so the server is started twice.
    let first = Running::start(&mut program(folder.path()));
    let address = first.address.clone();
    let proxied = serve(&address, ProxyFaults::default());
    first.kill();
    let url = format!("http://{proxied}");
    let mut again = program(folder.path());
    again.args(["--public-url", &url]);
    let again = Running::start_at(&mut again, &address);
    let (is_right, output) = look(folder.path(), &url);
    assert!(is_right && output.contains("tudo certo"), "{output}");
    // By default it checks the public address.
    let (is_right, output) =
        finish(program(folder.path()).args(["--public-url", &url, "check", "--silence", "1s"]));
    assert!(is_right, "{output}");
    // Without a proxy the forwarding headers are not required.
    let direct = format!("http://{}", again.address);
    let (_, output) = look(folder.path(), &direct);
    assert!(
        output.contains("não há proxy no caminho") && !output.contains("X-Forwarded"),
        "{output}"
    );
}

#[test]
fn an_address_where_nobody_is_or_somebody_else_is_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let (is_right, output) = look(folder.path(), "http://127.0.0.1:9");
    assert!(!is_right && output.contains("ninguém escuta"), "{output}");
    // The secret is in another data folder, so the server does not accept it.
    let other = tempfile::tempdir().unwrap();
    let running = Running::start(&mut program(other.path()));
    let (is_right, output) = look(folder.path(), &format!("http://{}", running.address));
    assert!(!is_right && output.contains("--data-dir"), "{output}");
    let (is_right, output) = finish(program(folder.path()).arg("check"));
    assert!(!is_right && output.contains("--url"), "{output}");
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
