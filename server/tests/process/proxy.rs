//! A proxy before the server that does what a test wants done wrong.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;

/// What a proxy does with requests and answers.
#[derive(Clone, Copy, Default)]
pub(crate) struct Habits {
    /// Passes the host of the server instead of the browser's.
    pub(crate) own_host: bool,
    /// Names nobody, and leaves what was claimed.
    pub(crate) no_address: bool,
    /// Does not say which scheme people use.
    pub(crate) no_scheme: bool,
    /// Drops `Origin`.
    pub(crate) no_origin: bool,
    /// Hands an answer on when it has all of it.
    pub(crate) buffers: bool,
    /// Refuses bodies of a megabyte.
    pub(crate) small_bodies: bool,
    /// Answers itself, as where the server is down.
    pub(crate) bad_gateway: bool,
}

/// Serves on a free port until the process ends, and answers with `host:port`.
pub(crate) fn serve(server: &str, habits: Habits) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let server = server.to_owned();
    thread::spawn(move || {
        for browser in listener.incoming().map_while(Result::ok) {
            let server = server.clone();
            thread::spawn(move || pass(browser, &server, habits));
        }
    });
    address
}

/// One request and its answer.
fn pass(mut browser: TcpStream, server: &str, habits: Habits) -> Option<()> {
    let mut request = BufReader::new(browser.try_clone().ok()?);
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        request.read_line(&mut line).ok().filter(|read| *read > 0)?;
        match line.trim_end() {
            "" => break,
            line => lines.push(line.to_owned()),
        }
    }
    let name = |line: &str| line.split(':').next().unwrap_or_default().to_ascii_lowercase();
    let length = lines.iter().find(|line| name(line) == "content-length");
    let length = length.and_then(|line| line.split(':').nth(1)?.trim().parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    request.read_exact(&mut body).ok()?;
    let refusal = match habits {
        Habits { bad_gateway: true, .. } => Some("502 Bad Gateway"),
        Habits { small_bodies: true, .. } if length > 1_000_000 => Some("413 Content Too Large"),
        _ => None,
    };
    if let Some(refusal) = refusal {
        let answer =
            format!("HTTP/1.1 {refusal}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        return browser.write_all(answer.as_bytes()).ok();
    }
    for line in &mut lines[1..] {
        match name(line).as_str() {
            "host" if habits.own_host => *line = format!("host: {server}"),
            "x-forwarded-for" if !habits.no_address => line.push_str(", 203.0.113.7"),
            "connection" => *line = "connection: close".to_owned(),
            _ => {}
        }
    }
    lines.retain(|line| !(habits.no_origin && name(line) == "origin"));
    lines.push("connection: close".to_owned());
    if !habits.no_scheme {
        lines.push("x-forwarded-proto: http".to_owned());
    }
    let mut upstream = TcpStream::connect(server).ok()?;
    upstream.write_all((lines.join("\r\n") + "\r\n\r\n").as_bytes()).ok()?;
    upstream.write_all(&body).ok()?;
    if habits.buffers {
        let mut all = Vec::new();
        upstream.read_to_end(&mut all).ok()?;
        return browser.write_all(&all).ok();
    }
    std::io::copy(&mut upstream, &mut browser).ok()?;
    Some(())
}
