//! Slow, silent or many clients do not delay others.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::Command;
use std::time::Duration;

use rustix::process::{Pid, Resource, Rlimit, Signal, getrlimit, kill_process, setrlimit};
use tokio::net::TcpSocket;

use crate::program::{PASSWORD, Running, add_admin, program};

const ANA: &str = "ana@loja.example";

/// Timeout, far longer than any step here takes.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Unfinished requests.
const HALVES: [&str; 4] = [
    "",
    "GET /healthz HTTP/1.1\r\nhost: localhost\r\nx-slow: ",
    "POST /api/login HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/x-www-form-urlencoded\r\n\
     content-length: 1000\r\n\r\nemail=",
    "POST /api/login HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/x-www-form-urlencoded\r\n\
     transfer-encoding: chunked\r\n\r\n6\r\nemail=\r\n",
];

/// A connection with an unfinished request.
fn half(address: &str, nth: usize) -> TcpStream {
    let mut socket = TcpStream::connect(address).expect("it listens");
    socket.set_read_timeout(Some(TIMEOUT)).unwrap();
    // The server may have closed it by now.
    let _ = socket.write_all(HALVES[nth % HALVES.len()].as_bytes());
    socket
}

/// Waits until the server ends a connection, and ignores the received data.
fn is_ended(socket: &mut TcpStream) -> bool {
    let mut rest = Vec::new();
    match socket.read_to_end(&mut rest) {
        Ok(_) => true,
        Err(error) => error.kind() == ErrorKind::ConnectionReset,
    }
}

fn with_limits(data: &std::path::Path, limits: &[(&str, &str)]) -> Command {
    let mut program = program(data);
    program.envs(limits.iter().copied());
    program
}

/// Requests a page without a login and one behind it, each on a connection of its own.
fn assert_answers(server: &Running, cookie: &str) {
    assert_eq!(server.get("/healthz", &[]).body, "ok");
    let page = server.get("/atendente/inbox-pirata", &[("cookie", cookie)]);
    assert_eq!(page.status, 200, "{}", page.head);
}

#[test]
fn two_thousand_slow_connections_silence_nobody() {
    let folder = tempfile::tempdir().unwrap();
    add_admin(folder.path(), ANA);
    // The server starts with the limit of a shell, and has to raise it by itself.
    let allowed = getrlimit(Resource::Nofile);
    let as_by_shells = Rlimit { current: Some(1024), maximum: allowed.maximum };
    setrlimit(Resource::Nofile, as_by_shells).unwrap();
    let server = Running::start(&mut program(folder.path()));
    setrlimit(Resource::Nofile, Rlimit { current: allowed.maximum, ..allowed }).unwrap();
    let cookie = server.log_in(ANA, PASSWORD, &[]).cookie("inbox_session").unwrap().to_owned();

    let room = allowed.maximum.map_or(2000, |most| usize::try_from(most).unwrap_or(2000) - 200);
    let slow: Vec<_> = (0..room.min(2000)).map(|nth| half(&server.address, nth)).collect();
    assert_answers(&server, &cookie);
    drop(slow);
    assert_answers(&server, &cookie);
}

#[test]
fn whoever_asks_gets_the_place_of_whoever_does_not() {
    let folder = tempfile::tempdir().unwrap();
    add_admin(folder.path(), ANA);
    let limits = [("INBOX_CONNECTIONS", "20"), ("INBOX_METRICS_TOKEN", "segredo")];
    let server = Running::start(&mut with_limits(folder.path(), &limits));
    let cookie = server.log_in(ANA, PASSWORD, &[]).cookie("inbox_session").unwrap().to_owned();
    let mut slow: Vec<_> = (0..100).map(|nth| half(&server.address, nth % 2)).collect();
    assert_answers(&server, &cookie);
    assert!(slow[..80].iter_mut().all(is_ended), "the oldest made room");
    // Unfinished bodies count like unfinished heads.
    let _slow: Vec<_> = (0..100).map(|nth| half(&server.address, 2 + nth % 2)).collect();
    assert_answers(&server, &cookie);
    let metrics = server.get("/metrics", &[("authorization", "Bearer segredo")]).body;
    let displaced = r#"inbox_refused{what="connections-displaced"}"#;
    assert!(metrics.contains(displaced), "{metrics}");
}

#[test]
fn answers_that_nobody_reads_make_room_too() {
    let folder = tempfile::tempdir().unwrap();
    add_admin(folder.path(), ANA);
    let server = Running::start(&mut with_limits(folder.path(), &[("INBOX_CONNECTIONS", "8")]));
    let cookie = server.log_in(ANA, PASSWORD, &[]).cookie("inbox_session").unwrap().to_owned();
    let asks = "GET /entrar HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(100);
    let _unread: Vec<_> = (0..8)
        .map(|_| {
            let mut socket = half(&server.address, 0);
            socket.set_write_timeout(Some(Duration::from_millis(500))).unwrap();
            while socket.write_all(asks.as_bytes()).is_ok() {}
            socket
        })
        .collect();
    assert_answers(&server, &cookie);
}

#[test]
fn one_address_cannot_take_all_places_and_those_that_are_served_keep_theirs() {
    let folder = tempfile::tempdir().unwrap();
    add_admin(folder.path(), ANA);
    let limits = [("INBOX_CONNECTIONS_PER_ADDRESS", "4")];
    let mut with = with_limits(folder.path(), &limits);
    // There is no proxy, so this machine is an address like others.
    let server = Running::start(with.args(["--trusted-proxy", "192.0.2.0/24"]));
    let cookie = server.log_in(ANA, PASSWORD, &[]).cookie("inbox_session").unwrap().to_owned();
    let mut streams: Vec<_> = (0..4).map(|_| stream(&server.address, &cookie)).collect();
    let mut fifth = TcpStream::connect(&server.address).unwrap();
    fifth.set_read_timeout(Some(TIMEOUT)).unwrap();
    assert!(is_ended(&mut fifth), "all places of this address are in use");

    let mut elsewhere = from("127.0.0.2", &server.address);
    elsewhere
        .write_all(b"GET /healthz HTTP/1.1\r\nhost: x.localhost\r\nconnection: close\r\n\r\n")
        .unwrap();
    let mut answer = String::new();
    elsewhere.read_to_string(&mut answer).unwrap();
    assert!(answer.ends_with("\r\n\r\nok"), "{answer}");
    for stream in &mut streams {
        stream.set_nonblocking(true).unwrap();
        let silent = stream.read(&mut [0; 1024]).map_err(|error| error.kind());
        assert!(!matches!(silent, Ok(0)), "a stream in use was ended");
    }
    drop(streams);
}

/// A live stream that has begun.
fn stream(address: &str, cookie: &str) -> TcpStream {
    let mut socket = TcpStream::connect(address).unwrap();
    socket.set_read_timeout(Some(TIMEOUT)).unwrap();
    let ask = format!("GET /live HTTP/1.1\r\nhost: localhost\r\ncookie: {cookie}\r\n\r\n");
    socket.write_all(ask.as_bytes()).unwrap();
    let mut begin = [0; 15];
    socket.read_exact(&mut begin).unwrap();
    assert_eq!(&begin, b"HTTP/1.1 200 OK");
    socket
}

/// A connection from another address of this machine.
fn from(ip: &str, address: &str) -> TcpStream {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let socket = runtime.block_on(async {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::new(ip.parse().unwrap(), 0)).unwrap();
        socket.connect(address.parse().unwrap()).await.unwrap().into_std().unwrap()
    });
    socket.set_nonblocking(false).unwrap();
    socket.set_read_timeout(Some(TIMEOUT)).unwrap();
    socket
}

#[test]
fn each_step_of_a_request_has_its_time() {
    for step in ["INBOX_HEAD_WITHIN", "INBOX_BODY_WITHIN", "INBOX_IDLE_WITHIN"] {
        let folder = tempfile::tempdir().unwrap();
        let server = Running::start(&mut with_limits(folder.path(), &[(step, "1s")]));
        let mut sockets: Vec<_> = match step {
            "INBOX_HEAD_WITHIN" => [0, 1].map(|nth| half(&server.address, nth)).into(),
            "INBOX_BODY_WITHIN" => [2, 3].map(|nth| half(&server.address, nth)).into(),
            _ => {
                let mut kept = half(&server.address, 0);
                kept.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
                vec![kept]
            }
        };
        assert!(sockets.iter_mut().all(is_ended), "{step}");
    }
}

#[test]
fn a_byte_now_and_then_does_not_gain_time() {
    let folder = tempfile::tempdir().unwrap();
    let limits = [("INBOX_HEAD_WITHIN", "1s"), ("INBOX_BODY_WITHIN", "1s")];
    let server = Running::start(&mut with_limits(folder.path(), &limits));
    for nth in [1, 2] {
        let mut socket = half(&server.address, nth);
        // The read timeout paces the loop: no data arrives until the server ends the connection.
        socket.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
        let mut sent = 0;
        while matches!(socket.read(&mut [0; 64]), Err(error) if error.kind() == ErrorKind::WouldBlock)
        {
            sent += 1;
            assert!(sent < 600, "{:?} goes on for ever", HALVES[nth]);
            if socket.write_all(b"a").is_err() {
                break;
            }
        }
    }
}

#[test]
fn whoever_does_not_read_is_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let server = Running::start(&mut with_limits(folder.path(), &[("INBOX_READ_WITHIN", "1s")]));
    let mut socket = half(&server.address, 0);
    socket.set_write_timeout(Some(TIMEOUT)).unwrap();
    // Unread responses fill every buffer on the way, and then the server waits.
    let asks = "GET /configurar HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(100);
    let ended = loop {
        if let Err(error) = socket.write_all(asks.as_bytes()) {
            break error.kind();
        }
    };
    assert!(matches!(ended, ErrorKind::ConnectionReset | ErrorKind::BrokenPipe), "{ended:?}");
}

#[test]
fn half_requests_do_not_hold_up_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Running::start(&mut program(folder.path()));
    let mut kept = half(&server.address, 0);
    kept.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    let _slow = [half(&server.address, 0), half(&server.address, 1)];
    assert_eq!(server.get("/healthz", &[]).body, "ok");
    kill_process(Pid::from_raw(server.pid()).unwrap(), Signal::TERM).unwrap();
    assert!(server.wait(), "it stops as it should");
}

#[test]
fn a_head_has_an_end() {
    let folder = tempfile::tempdir().unwrap();
    let server = Running::start(&mut program(folder.path()));
    let mut socket = half(&server.address, 1);
    let _ = socket.write_all("a".repeat(1024 * 1024).as_bytes());
    assert!(is_ended(&mut socket));
    let long = "a".repeat(16 * 1024);
    assert_eq!(server.get("/healthz", &[("x-long", &long)]).status, 200);
}
