//! Memory for requests of strangers is freed after the response.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use crate::program::{PASSWORD, Running, add_admin, program};

const ANA: &str = "ana@loja.example";
const ROOM: u64 = 48 * 1024 * 1024;

/// Sends a login whose email address has `length` bytes. The server may close before it has all of
/// it.
fn attempt(server: &Running, nth: usize, length: usize) {
    let email = format!("{}{nth}%40mal.example", "a".repeat(length));
    let body = format!("email={email}&password={}", "x".repeat(length / 8));
    let head = format!(
        "POST /api/login HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n",
        server.address,
        body.len()
    );
    let mut socket = TcpStream::connect(&server.address).expect("it listens");
    let sent = socket.write_all(head.as_bytes()).and_then(|()| socket.write_all(body.as_bytes()));
    let _ = sent.and_then(|()| socket.read_to_end(&mut Vec::new()));
}

#[test]
fn anonymous_logins_leave_no_memory_behind() {
    let folder = tempfile::tempdir().unwrap();
    add_admin(folder.path(), ANA);
    let server = Running::start(&mut program(folder.path()));
    assert_eq!(server.log_in(ANA, PASSWORD, &[]).status, 200);
    let before = server.memory();
    for length in [900_000, 15_000, 240] {
        for nth in 0..200 {
            attempt(&server, nth, length);
        }
    }
    let after = server.memory();
    assert!(after < before + ROOM, "{before} {after}");
    assert_eq!(server.log_in(ANA, PASSWORD, &[]).status, 200);
}
