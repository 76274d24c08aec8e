//! Sends the test requests, as a browser would.

use std::io::Read as _;
use std::time::{Duration, Instant};

use ureq::http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, LOCATION, ORIGIN};
use ureq::http::{Request, Response};
use ureq::tls::TlsConfig;
use ureq::{Agent, Body};

use super::findings::Finding;
use super::received::{CLAIMED, Received};
use super::secret::{self, Secret};
use crate::routes::uploads::LARGEST_PART;

/// Timeout of an answer.
const TIMEOUT: Duration = Duration::from_secs(20);

/// An address that answers, and the client to test it with.
pub(super) struct Probe<'a> {
    url: &'a str,
    secret: &'a Secret,
    agent: Agent,
    /// The certificate is one that browsers know, or there is no TLS.
    pub(super) is_certified: bool,
}

impl<'a> Probe<'a> {
    pub(super) fn begin(url: &'a str, secret: &'a Secret) -> Result<Self, Finding> {
        let probe = |is_certified| {
            let agent = agent(is_certified, TIMEOUT);
            Self { url, secret, agent, is_certified }
        };
        let strict = probe(true);
        match strict.send_echo() {
            Ok(_) => Ok(strict),
            // Without TLS there is no certificate to be lenient about.
            Err(error) if url.starts_with("http://") => Err(unreachable(&error)),
            Err(_) => {
                let lenient = probe(false);
                match lenient.send_echo() {
                    Ok(_) => Ok(lenient),
                    Err(error) => Err(unreachable(&error)),
                }
            }
        }
    }

    /// Returns a form as it arrived at the server.
    pub(super) fn echo(&self) -> Result<Received, Finding> {
        let mut answer = self.send_echo().map_err(|error| unreachable(&error))?;
        let status = answer.status().as_u16();
        if answer.status().is_redirection() {
            let to = answer.headers().get(LOCATION).and_then(|to| to.to_str().ok());
            let to = to.unwrap_or("?").split("/check/").next().unwrap_or("?").to_owned();
            return Err(Finding::Redirect { to });
        }
        let text = answer.body_mut().read_to_string().unwrap_or_default();
        serde_json::from_str(&text).map_err(|_| Finding::OtherAnswer { status })
    }

    /// Checks that the largest body that the server accepts arrives.
    pub(super) fn body(&self) -> Result<(), Finding> {
        let body = "a".repeat(LARGEST_PART);
        let request = self
            .request("POST", "/check/body")
            .body(body)
            .map_err(|_| Finding::Body { bytes: LARGEST_PART, status: 0 })?;
        // A proxy that refuses the body may not read it to its end.
        let refused = |status| Finding::Body { bytes: LARGEST_PART, status };
        let mut answer = self.agent.run(request).map_err(|_| refused(413))?;
        let arrived = answer.body_mut().read_to_string().unwrap_or_default();
        match arrived == LARGEST_PART.to_string() {
            true => Ok(()),
            false => Err(refused(answer.status().as_u16())),
        }
    }

    /// Checks a stream of events that is silent for a while.
    pub(super) fn stream(&self, silence: Duration) -> Vec<Finding> {
        let path = format!("/check/stream?milliseconds={}", silence.as_millis());
        let request = self.request("GET", &path).header(ACCEPT_ENCODING, "gzip, br, zstd").body(());
        let agent = agent(self.is_certified, silence + TIMEOUT);
        let no_stream = |why: String| vec![Finding::NoStream { why }];
        let mut answer = match request.map_err(ureq::Error::from).and_then(|it| agent.run(it)) {
            Ok(answer) if answer.status().is_success() => answer,
            Ok(answer) => return no_stream(answer.status().to_string()),
            Err(error) => return no_stream(reason(&error)),
        };
        let how = answer.headers().get(CONTENT_ENCODING).and_then(|how| how.to_str().ok());
        let how = how.filter(|how| !how.eq_ignore_ascii_case("identity")).map(str::to_owned);
        let received = read_stream(&mut answer);
        if !received.is_whole(how.is_some()) {
            return vec![Finding::Cut { after: received.begun.elapsed() }];
        }
        // A stream that is compressed and flushed at every event is on time, too.
        match (received.between() < silence / 2, how) {
            (false, _) => Vec::new(),
            (true, Some(how)) => vec![Finding::Compressed { how }],
            (true, None) => vec![Finding::Buffered],
        }
    }

    fn send_echo(&self) -> Result<Response<Body>, ureq::Error> {
        self.agent.run(self.request("POST", "/check/echo").body("")?)
    }

    fn request(&self, method: &str, path: &str) -> ureq::http::request::Builder {
        Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.url))
            .header(secret::HEADER, self.secret.value())
            .header(ORIGIN, self.url)
            .header("x-forwarded-for", CLAIMED)
    }
}

/// The content of a stream and the times of its arrival.
struct ReceivedStream {
    begun: Instant,
    first: Option<Instant>,
    last: Option<Instant>,
    text: Vec<u8>,
    /// The stream ended without an error.
    is_ended: bool,
}

impl ReceivedStream {
    /// Time between the first and the last event.
    fn between(&self) -> Duration {
        match (self.first, self.last) {
            (Some(first), Some(last)) => last - first,
            _ => Duration::ZERO,
        }
    }

    /// Returns true if the last event arrived. Compressed content cannot be read, so its end is
    /// enough.
    fn is_whole(&self, is_compressed: bool) -> bool {
        let last = b"data: last";
        let has_last = self.text.windows(last.len()).any(|text| text == last);
        self.is_ended && (has_last || is_compressed)
    }
}

fn read_stream(answer: &mut Response<Body>) -> ReceivedStream {
    let begun = Instant::now();
    let mut received =
        ReceivedStream { begun, first: None, last: None, text: Vec::new(), is_ended: false };
    let mut reader = answer.body_mut().as_reader();
    let mut buffer = [0; 4096];
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => {
                received.is_ended = true;
                return received;
            }
            Ok(read) => {
                let now = Instant::now();
                received.first.get_or_insert(now);
                received.last = Some(now);
                received.text.extend_from_slice(&buffer[..read]);
            }
            Err(_) => return received,
        }
    }
}

fn agent(is_strict: bool, timeout: Duration) -> Agent {
    // The secret in the requests has expired by the time that anybody could use it.
    let tls = TlsConfig::builder().disable_verification(!is_strict).build();
    Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .timeout_global(Some(timeout))
        .tls_config(tls)
        // A proxy for this machine's outgoing requests is not on the way of visitors.
        .proxy(None)
        .build()
        .new_agent()
}

fn unreachable(error: &ureq::Error) -> Finding {
    Finding::Unreachable { why: reason(error) }
}

fn reason(error: &ureq::Error) -> String {
    match error {
        ureq::Error::HostNotFound => "o nome não existe (DNS)".to_owned(),
        ureq::Error::Timeout(_) => format!("não respondeu em {} s", TIMEOUT.as_secs()),
        ureq::Error::Io(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => {
            "ninguém escuta nesse endereço e porta".to_owned()
        }
        error => error.to_string(),
    }
}
