//! The HTTP client of the library, which connects to WhatsApp's hosts only.
//!
//! The library requests paths that strangers chose, so a request passes three independent checks.
//! The address is one of WhatsApp's own hosts over TLS ([`media_address`]). Redirects are not
//! followed. The name resolves to a public address ([`PublicResolver`], which resolves for the very
//! connection that is made, so a second answer cannot differ).

use std::time::Duration;

use ureq::config::Config;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use whatsapp_rust::http::{HttpClient, HttpRequest, HttpResponse, UreqHttpClient};
use whatsapp_rust::wacore::net::{StreamingHttpResponse, UploadBody};
use whatsapp_rust::{anyhow, async_trait};

use crate::media_address;
use crate::public_ip::is_public;

/// Time that a host has to be reached, and to begin its answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);
/// Time that the whole body of an answer or of an upload may take: two gigabytes, the most that
/// WhatsApp carries, on a slow line. `media_downloader` and `media_uploader` have shorter timeouts
/// for small files.
const BODY_TIMEOUT: Duration = Duration::from_secs(10 * 60 * 60);
/// Buffer size of the library, which streams files.
const BUFFER: usize = 16 * 1024;
/// True in builds for tests: the emulator runs on this machine, with a self-signed certificate.
pub const EMULATOR: bool = cfg!(feature = "emulator");

/// Creates a client like the library's own, with timeouts and checked addresses.
pub(crate) fn client() -> WhatsappHttpClient {
    WhatsappHttpClient::new(EMULATOR)
}

/// An HTTP client that connects to WhatsApp's hosts only.
pub(crate) struct WhatsappHttpClient {
    client: UreqHttpClient,
    /// This machine counts as one of them.
    loopback: bool,
}

impl WhatsappHttpClient {
    fn new(loopback: bool) -> Self {
        let config = Config::builder()
            .https_only(true)
            // A redirect is returned as it is, and the library treats it as a failure.
            .max_redirects(0)
            .timeout_resolve(Some(ANSWER_TIMEOUT))
            .timeout_connect(Some(ANSWER_TIMEOUT))
            // Without these, a host that stops reading would keep the thread of an upload.
            .timeout_send_request(Some(ANSWER_TIMEOUT))
            .timeout_send_body(Some(BODY_TIMEOUT))
            .timeout_per_write(Some(ANSWER_TIMEOUT))
            .timeout_recv_response(Some(ANSWER_TIMEOUT))
            .timeout_recv_body(Some(BODY_TIMEOUT))
            .input_buffer_size(BUFFER)
            .output_buffer_size(BUFFER);
        #[cfg(feature = "emulator")]
        let config =
            config.tls_config(ureq::tls::TlsConfig::builder().disable_verification(true).build());
        let resolver = PublicResolver { names: DefaultResolver::default(), loopback };
        let agent = ureq::Agent::with_parts(config.build(), DefaultConnector::default(), resolver);
        Self { client: UreqHttpClient::with_agent(agent), loopback }
    }

    /// Rejects a request to another host.
    fn check(&self, request: &HttpRequest) -> anyhow::Result<()> {
        if media_address::is_whatsapps(&request.url, self.loopback) {
            return Ok(());
        }
        metrics::counter!("inbox_refused", "what" => "media_host").increment(1);
        // The address contains the media token and must not be logged.
        Err(anyhow::anyhow!("the address is not one of WhatsApp's"))
    }
}

#[async_trait]
impl HttpClient for WhatsappHttpClient {
    async fn execute(&self, request: HttpRequest) -> anyhow::Result<HttpResponse> {
        self.check(&request)?;
        self.client.execute(request).await
    }

    fn supports_streaming(&self) -> bool {
        self.client.supports_streaming()
    }

    fn execute_streaming(&self, request: HttpRequest) -> anyhow::Result<StreamingHttpResponse> {
        self.check(&request)?;
        self.client.execute_streaming(request)
    }

    fn supports_upload_streaming(&self) -> bool {
        self.client.supports_upload_streaming()
    }

    fn execute_upload(
        &self,
        request: HttpRequest,
        body: UploadBody,
        content_length: u64,
    ) -> anyhow::Result<HttpResponse> {
        self.check(&request)?;
        self.client.execute_upload(request, body, content_length)
    }
}

/// Resolves names to public addresses only.
#[derive(Debug)]
struct PublicResolver {
    names: DefaultResolver,
    /// Addresses of this machine are accepted too.
    loopback: bool,
}

impl Resolver for PublicResolver {
    fn resolve(
        &self,
        uri: &ureq::http::Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.names.resolve(uri, config, timeout)?;
        // The operator chose the proxy (`HTTPS_PROXY`), so its address is not checked. The proxy
        // resolves names itself.
        if config.proxy().is_some_and(|proxy| proxy.uri() == uri) {
            return Ok(found);
        }
        let mut public = self.empty();
        for address in found.iter() {
            if is_public(address.ip()) || (self.loopback && address.ip().is_loopback()) {
                public.push(*address);
            }
        }
        if public.is_empty() {
            metrics::counter!("inbox_refused", "what" => "media_host").increment(1);
            tracing::warn!(
                host = uri.host(),
                "a media host leads to an address that is not in the internet"
            );
            return Err(ureq::Error::HostNotFound);
        }
        Ok(public)
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    fn nobody_came(listener: &TcpListener) -> bool {
        listener.set_nonblocking(true).unwrap();
        matches!(listener.accept(), Err(error) if error.kind() == std::io::ErrorKind::WouldBlock)
    }

    #[tokio::test]
    async fn only_hosts_of_whatsapp_are_connected_to() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let client = WhatsappHttpClient::new(false);
        for address in [
            format!("https://127.0.0.1:{port}/x"),
            format!("http://127.0.0.1:{port}/x"),
            format!("https://mmg.whatsapp.net@127.0.0.1:{port}/x?auth=token"),
            format!("https://localhost:{port}/x"),
        ] {
            assert!(client.execute(HttpRequest::get(&address)).await.is_err(), "{address}");
            assert!(client.execute_streaming(HttpRequest::get(&address)).is_err(), "{address}");
        }
        assert!(nobody_came(&listener));
    }

    #[test]
    fn a_name_of_this_machine_is_accepted_only_with_the_emulator() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let agent = |loopback| {
            let resolver = PublicResolver { names: DefaultResolver::default(), loopback };
            let config =
                Config::builder().proxy(None).timeout_global(Some(Duration::from_millis(300)));
            ureq::Agent::with_parts(config.build(), DefaultConnector::default(), resolver)
        };
        // `localhost` stands for a name of WhatsApp whose DNS answer was forged.
        let refused = agent(false).get(format!("http://localhost:{port}/")).call();
        assert!(matches!(refused, Err(ureq::Error::HostNotFound)), "{refused:?}");
        assert!(nobody_came(&listener));
        assert!(
            agent(true).get(format!("http://127.0.0.1:{port}/")).call().is_err(),
            "it says nothing"
        );
        assert!(!nobody_came(&listener));
    }
}
