//! Requests to pages of the web, at addresses that people typed and that pages of strangers name.
//!
//! Such an address may lead into the network of this server. So a request passes these checks, and each
//! redirect passes them anew. The scheme is `http` or `https`, without a user. The name is resolved
//! once, for the very connection that is made ([`PublicOnly`]), so a second answer cannot differ; all of
//! its addresses are public, and the port is that of the web. A proxy of the environment is not used,
//! because it would resolve the name again. The answer is a page or a picture, and what is read of it
//! and the time for it are bounded. There are no cookies, and nothing about this server is sent but its
//! address and [`AGENT`].

use std::io::Read as _;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use gateway::is_public;
use ureq::config::Config;
use ureq::http::{StatusCode, Uri, header};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use url::Url;

use crate::refusals::refused;

/// Time for a page, its redirects and its picture. The program does not end before that.
pub(super) const WITHIN: Duration = Duration::from_secs(5);
/// Redirects that are followed.
const REDIRECTS: usize = 3;
/// The name that pages are asked with.
const AGENT: &str = "inbox-pirata (link preview)";
/// The languages of the interface.
const LANGUAGES: &str = "pt-BR,pt;q=0.9,en;q=0.5";
/// Bytes of the headers of an answer.
const HEADERS: usize = 32 * 1024;

/// A kind of answer.
#[derive(Debug)]
pub(super) struct Kind {
    accept: &'static str,
    /// The beginnings of its media types.
    types: &'static [&'static str],
    /// Bytes that are read.
    most: u64,
    /// True if the beginning of a longer answer is of use.
    may_be_cut: bool,
}

/// A page, whose description is near its beginning.
pub(super) const PAGE: Kind = Kind {
    accept: "text/html,application/xhtml+xml;q=0.9",
    types: &["text/html", "application/xhtml+xml"],
    most: 512 * 1024,
    may_be_cut: true,
};

/// A picture.
pub(super) const PICTURE: Kind = Kind {
    accept: "image/jpeg,image/png,image/webp,image/gif",
    types: &["image/"],
    most: 1024 * 1024,
    may_be_cut: false,
};

/// The answer of a server.
#[derive(Debug)]
pub(super) struct Answer {
    /// The address after all redirects.
    pub(super) url: Url,
    /// The encoding that the server stated.
    pub(super) charset: Option<String>,
    pub(super) body: Vec<u8>,
}

/// The client for requests to the web.
#[derive(Debug)]
pub(super) struct Web(ureq::Agent);

impl Web {
    /// Creates a client. With `loopback`, which is for tests, this machine counts as part of the web, at
    /// any port.
    pub(super) fn new(loopback: bool) -> Self {
        let config = Config::builder()
            .proxy(None)
            .max_redirects(0)
            .http_status_as_error(false)
            .user_agent(AGENT)
            .max_response_header_size(HEADERS)
            // The next request is to another server.
            .max_idle_connections(0);
        let resolver = PublicOnly { names: DefaultResolver::default(), loopback };
        Self(ureq::Agent::with_parts(config.build(), DefaultConnector::default(), resolver))
    }

    /// Requests what is at an address, and follows its redirects; `None` if it is refused, is not there at
    /// `end`, or is of another kind. It blocks the thread.
    pub(super) fn get(&self, mut url: Url, kind: &Kind, end: Instant) -> Option<Answer> {
        for _ in 0..=REDIRECTS {
            if !is_of_web(&url) {
                refused("preview-address");
                return None;
            }
            url.set_fragment(None);
            let left = end.checked_duration_since(Instant::now()).filter(|left| !left.is_zero())?;
            let request = self.0.get(url.as_str()).config().timeout_global(Some(left)).build();
            let answer = request
                .header(header::ACCEPT, kind.accept)
                .header(header::ACCEPT_ENCODING, "identity")
                .header(header::ACCEPT_LANGUAGE, LANGUAGES)
                .call()
                .ok()?;
            if !answer.status().is_redirection() {
                return read(url, answer, kind);
            }
            let to = answer.headers().get(header::LOCATION)?.to_str().ok()?;
            url = url.join(to).ok()?;
        }
        refused("preview-redirects");
        None
    }
}

fn read(url: Url, answer: ureq::http::Response<ureq::Body>, kind: &Kind) -> Option<Answer> {
    let body = answer.body();
    let is_wanted = |mime: &str| {
        let mime = mime.to_ascii_lowercase();
        kind.types.iter().any(|wanted| mime.starts_with(wanted))
    };
    let is_plain = answer
        .headers()
        .get(header::CONTENT_ENCODING)
        .is_none_or(|encoding| encoding.as_bytes().eq_ignore_ascii_case(b"identity"));
    if answer.status() != StatusCode::OK || !is_plain || !body.mime_type().is_some_and(is_wanted) {
        return None;
    }
    let charset = body.charset().map(str::to_owned);
    let mut bytes = Vec::new();
    // One byte more shows that it is longer.
    let mut reader = answer.into_body().into_reader().take(kind.most + 1);
    if let Err(error) = reader.read_to_end(&mut bytes)
        && !kind.may_be_cut
    {
        tracing::debug!(%error, "the picture of a page was not received");
        return None;
    }
    let most = usize::try_from(kind.most).unwrap_or(usize::MAX);
    if bytes.len() > most {
        if !kind.may_be_cut {
            refused("preview-picture");
            return None;
        }
        bytes.truncate(most);
    }
    Some(Answer { url, charset, body: bytes })
}

/// Returns true for an address of the web that names no user.
fn is_of_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.username().is_empty()
        && url.password().is_none()
}

/// Resolves a name to public addresses at the ports of the web. A name with any other address is
/// refused.
#[derive(Debug)]
struct PublicOnly {
    names: DefaultResolver,
    /// Addresses of this machine are accepted too.
    loopback: bool,
}

impl PublicOnly {
    fn accepts(&self, address: &SocketAddr) -> bool {
        let is_web = is_public(address.ip()) && matches!(address.port(), 80 | 443);
        is_web || (self.loopback && address.ip().is_loopback())
    }
}

impl Resolver for PublicOnly {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.names.resolve(uri, config, timeout)?;
        if found.iter().all(|address| self.accepts(address)) {
            return Ok(found);
        }
        refused("preview-host");
        Err(ureq::Error::HostNotFound)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    const HTML: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=utf-8\r\n";

    /// Answers one request after the other with these responses, and returns the requests.
    fn serve(responses: Vec<Vec<u8>>) -> (u16, thread::JoinHandle<Vec<String>>) {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let serving = thread::spawn(move || {
            let mut requests = Vec::new();
            for response in responses {
                let (mut stream, _) = listener.accept().expect("a request");
                let mut request = Vec::new();
                let mut byte = [0];
                while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) > 0 {
                    request.push(byte[0]);
                }
                requests.push(String::from_utf8_lossy(&request).into_owned());
                // The client closes the connection when it has read enough.
                let _ = stream.write_all(&response);
            }
            requests
        });
        (port, serving)
    }

    fn response(head: &str, body: &[u8]) -> Vec<u8> {
        let length = body.len();
        let head = format!("{head}content-length: {length}\r\nconnection: close\r\n\r\n");
        [head.as_bytes(), body].concat()
    }

    fn url(address: &str) -> Url {
        Url::parse(address).expect("an address")
    }

    fn get(loopback: bool, address: &str, kind: &Kind) -> Option<Answer> {
        Web::new(loopback).get(url(address), kind, Instant::now() + WITHIN)
    }

    fn nobody_came(listener: &TcpListener) -> bool {
        listener.set_nonblocking(true).expect("a listener");
        matches!(listener.accept(), Err(error) if error.kind() == std::io::ErrorKind::WouldBlock)
    }

    #[test]
    fn nothing_in_this_network_is_connected_to() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        for address in [
            format!("http://127.0.0.1:{port}/"),
            format!("http://localhost:{port}/"),
            format!("http://2130706433:{port}/"),
            format!("http://0x7f.1:{port}/"),
            format!("http://[::ffff:127.0.0.1]:{port}/"),
            format!("http://ana:1@127.0.0.1:{port}/"),
            format!("https://127.0.0.1:{port}/"),
        ] {
            assert!(get(false, &address, &PAGE).is_none(), "{address}");
        }
        assert!(nobody_came(&listener));
    }

    #[test]
    fn only_public_addresses_at_the_ports_of_the_web_are_accepted() {
        let of = |loopback| PublicOnly { names: DefaultResolver::default(), loopback };
        let accepted =
            |address: &str, loopback| of(loopback).accepts(&address.parse().expect("an address"));
        for address in ["157.240.12.60:443", "157.240.12.60:80", "[2001:4860::1]:443"] {
            assert!(accepted(address, false), "{address}");
        }
        for address in [
            "157.240.12.60:22",
            "157.240.12.60:8080",
            "10.0.0.7:80",
            "169.254.169.254:80",
            "192.168.0.1:443",
            "[::1]:80",
            "[fd12::1]:443",
            "[64:ff9b::a00:1]:80",
        ] {
            assert!(!accepted(address, false), "{address}");
        }
        assert!(!accepted("127.0.0.1:80", false));
        assert!(accepted("127.0.0.1:3000", true), "for tests");
        assert!(!accepted("10.0.0.7:80", true));
    }

    #[test]
    fn other_schemes_and_users_are_not_of_the_web() {
        for address in
            ["ftp://loja.example/", "file:///etc/passwd", "data:text/html,x", "http://a@b.example/"]
        {
            assert!(!is_of_web(&url(address)), "{address}");
        }
        assert!(is_of_web(&url("https://loja.example/?a=b")));
    }

    #[test]
    fn a_page_is_read_without_saying_who_asks() {
        let (port, serving) = serve(vec![response(HTML, b"<title>Loja</title>")]);
        let address = format!("http://127.0.0.1:{port}/azul#fim");
        let answer = get(true, &address, &PAGE).expect("a page");
        assert_eq!(answer.body, b"<title>Loja</title>");
        assert_eq!(answer.charset.as_deref(), Some("utf-8"));
        let request = serving.join().expect("requests").remove(0).to_lowercase();
        assert!(request.starts_with("get /azul http/1.1\r\n"), "{request}");
        assert!(!request.contains("cookie") && !request.contains("referer"), "{request}");
        assert!(request.contains("user-agent: inbox-pirata (link preview)\r\n"), "{request}");
    }

    #[test]
    fn redirects_are_followed_a_few_times_and_checked_each_time() {
        let to =
            |place: &str| response(&format!("HTTP/1.1 302 Found\r\nlocation: {place}\r\n"), b"");
        let page = || response(HTML, b"<title>Loja</title>");
        let (port, _) = serve(vec![to("/1"), to("/2"), to("/3"), page()]);
        let address = format!("http://127.0.0.1:{port}/");
        let answer = get(true, &address, &PAGE).expect("a page");
        assert_eq!(answer.url.path(), "/3");
        let (port, _) = serve(vec![to("/1"), to("/2"), to("/3"), to("/4"), page()]);
        let address = format!("http://127.0.0.1:{port}/");
        assert!(get(true, &address, &PAGE).is_none(), "a fourth one");
        for inside in ["http://10.0.0.7/", "file:///etc/passwd", "http://a@127.0.0.1/", "http://["]
        {
            let (port, serving) = serve(vec![to(inside)]);
            let address = format!("http://127.0.0.1:{port}/");
            assert!(get(true, &address, &PAGE).is_none(), "{inside}");
            assert_eq!(serving.join().expect("requests").len(), 1);
        }
    }

    #[test]
    fn a_server_that_says_nothing_is_not_waited_for() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let address = url(&format!("http://127.0.0.1:{port}/"));
        let (begun, within) = (Instant::now(), Duration::from_millis(200));
        assert!(Web::new(true).get(address.clone(), &PAGE, begun + within).is_none());
        assert!(begun.elapsed() < WITHIN);
        assert!(!nobody_came(&listener));
        assert!(Web::new(true).get(address, &PAGE, begun).is_none(), "the time is over");
    }

    #[test]
    fn what_is_no_page_or_too_long_is_not_read() {
        let get = |response: Vec<u8>, kind: &Kind| {
            let (port, _) = serve(vec![response]);
            get(true, &format!("http://127.0.0.1:{port}/"), kind)
        };
        let long = vec![b'a'; 2 * 1024 * 1024];
        let page = get(response(HTML, &long), &PAGE).expect("its beginning");
        assert_eq!(page.body.len() as u64, PAGE.most);
        let jpeg = "HTTP/1.1 200 OK\r\ncontent-type: image/jpeg\r\n";
        assert!(get(response(jpeg, &long), &PICTURE).is_none());
        assert!(get(response(jpeg, b"x"), &PICTURE).is_some());
        assert!(get(response(jpeg, b"x"), &PAGE).is_none());
        assert!(get(response(HTML, b"x"), &PICTURE).is_none());
        assert!(get(response(&HTML.replace("200 OK", "404 Not Found"), b"x"), &PAGE).is_none());
        let packed = format!("{HTML}content-encoding: gzip\r\n");
        assert!(get(response(&packed, b"x"), &PAGE).is_none());
    }
}
