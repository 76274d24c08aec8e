//! A proxy in front of the server with configurable faults.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;

/// The faults of a proxy.
#[derive(Clone, Copy, Default)]
pub(crate) struct ProxyFaults {
    /// Passes the server's host instead of the browser's.
    pub(crate) own_host: bool,
    /// Adds no address, and passes the claimed one.
    pub(crate) no_address: bool,
    /// Does not pass the scheme.
    pub(crate) no_scheme: bool,
    /// Drops `Origin`.
    pub(crate) no_origin: bool,
    /// Passes a response when it is complete.
    pub(crate) buffers: bool,
    /// Refuses bodies of more than two megabytes.
    pub(crate) small_bodies: bool,
    /// Answers by itself, as if the server was down.
    pub(crate) bad_gateway: bool,
}

/// Serves on a free port until the process ends, and returns `host:port`.
pub(crate) fn serve(server: &str, faults: ProxyFaults) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let server = server.to_owned();
    thread::spawn(move || {
        for browser in listener.incoming().map_while(Result::ok) {
            let server = server.clone();
            thread::spawn(move || pass(browser, &server, faults));
        }
    });
    address
}

/// Passes one request and its response.
fn pass(mut browser: TcpStream, server: &str, faults: ProxyFaults) -> Option<()> {
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
    let refusal = match faults {
        ProxyFaults { bad_gateway: true, .. } => Some("502 Bad Gateway"),
        ProxyFaults { small_bodies: true, .. } if length > 2_000_000 => {
            Some("413 Content Too Large")
        }
        _ => None,
    };
    if let Some(refusal) = refusal {
        let answer =
            format!("HTTP/1.1 {refusal}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        return browser.write_all(answer.as_bytes()).ok();
    }
    for line in &mut lines[1..] {
        match name(line).as_str() {
            "host" if faults.own_host => *line = format!("host: {server}"),
            "x-forwarded-for" if !faults.no_address => line.push_str(", 203.0.113.7"),
            "connection" => *line = "connection: close".to_owned(),
            _ => {}
        }
    }
    lines.retain(|line| !(faults.no_origin && name(line) == "origin"));
    lines.push("connection: close".to_owned());
    if !faults.no_scheme {
        lines.push("x-forwarded-proto: http".to_owned());
    }
    let mut upstream = TcpStream::connect(server).ok()?;
    upstream.write_all((lines.join("\r\n") + "\r\n\r\n").as_bytes()).ok()?;
    upstream.write_all(&body).ok()?;
    if faults.buffers {
        let mut all = Vec::new();
        upstream.read_to_end(&mut all).ok()?;
        return browser.write_all(&all).ok();
    }
    std::io::copy(&mut upstream, &mut browser).ok()?;
    Some(())
}
