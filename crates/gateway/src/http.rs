//! The library's way to WhatsApp's media hosts, and to no other place.
//!
//! What the library asks for has its path from strangers, so it goes through three checks that do not
//! trust each other: the address is one of WhatsApp's own hosts over TLS ([`media_address`]), no answer sends the
//! request elsewhere, and the name leads to an address of the internet ([`Outside`], which resolves for
//! the very connection that is made: a name that leads elsewhere the second time gains nothing).

use std::time::Duration;

use ureq::config::Config;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use whatsapp_rust::http::{HttpClient, HttpRequest, HttpResponse, UreqHttpClient};
use whatsapp_rust::wacore::net::{StreamingHttpResponse, UploadBody};
use whatsapp_rust::{anyhow, async_trait};

use crate::media_address;
use crate::public_ip::is_public;

/// How long a host may take to be reached, and to begin its answer.
const ANSWER_PATIENCE: Duration = Duration::from_secs(30);
/// How long it may take for the whole of it at the very most: two gigabytes, the most that WhatsApp
/// carries, on a slow line. `porter` does not wait that long for small files.
const WHOLE_PATIENCE: Duration = Duration::from_secs(10 * 60 * 60);
/// As the library has it: files are streamed.
const BUFFER: usize = 16 * 1024;
/// The emulator is on this machine, under a certificate that it signs itself.
const EMULATOR: bool = cfg!(feature = "emulator");

/// A client like the library's own, which would wait for ever and go anywhere.
pub(crate) fn client() -> Guarded {
    Guarded::new(EMULATOR)
}

/// Asks WhatsApp's hosts and no others.
pub(crate) struct Guarded {
    client: UreqHttpClient,
    /// This machine is one of them.
    loopback: bool,
}

impl Guarded {
    fn new(loopback: bool) -> Self {
        let config = Config::builder()
            .https_only(true)
            // A redirect is returned as what it is, which the library takes for a failure.
            .max_redirects(0)
            .timeout_resolve(Some(ANSWER_PATIENCE))
            .timeout_connect(Some(ANSWER_PATIENCE))
            .timeout_recv_response(Some(ANSWER_PATIENCE))
            .timeout_recv_body(Some(WHOLE_PATIENCE))
            .input_buffer_size(BUFFER)
            .output_buffer_size(BUFFER);
        #[cfg(feature = "emulator")]
        let config =
            config.tls_config(ureq::tls::TlsConfig::builder().disable_verification(true).build());
        let resolver = Outside { names: DefaultResolver::default(), loopback };
        let agent = ureq::Agent::with_parts(config.build(), DefaultConnector::default(), resolver);
        Self { client: UreqHttpClient::with_agent(agent), loopback }
    }

    fn allow(&self, request: &HttpRequest) -> anyhow::Result<()> {
        if media_address::is_whatsapps(&request.url, self.loopback) {
            return Ok(());
        }
        metrics::counter!("inbox_refused", "what" => "media_host").increment(1);
        // The address has the token in it, and is not for the log.
        Err(anyhow::anyhow!("the address is not one of WhatsApp's"))
    }
}

#[async_trait]
impl HttpClient for Guarded {
    async fn execute(&self, request: HttpRequest) -> anyhow::Result<HttpResponse> {
        self.allow(&request)?;
        self.client.execute(request).await
    }

    fn supports_streaming(&self) -> bool {
        self.client.supports_streaming()
    }

    fn execute_streaming(&self, request: HttpRequest) -> anyhow::Result<StreamingHttpResponse> {
        self.allow(&request)?;
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
        self.allow(&request)?;
        self.client.execute_upload(request, body, content_length)
    }
}

/// Resolves names to addresses that are out in the internet.
#[derive(Debug)]
struct Outside {
    names: DefaultResolver,
    /// And to those of this machine.
    loopback: bool,
}

impl Resolver for Outside {
    fn resolve(
        &self,
        uri: &ureq::http::Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.names.resolve(uri, config, timeout)?;
        // A proxy that the operator named (`HTTPS_PROXY`) is where they say, and then looks names up itself.
        if config.proxy().is_some_and(|proxy| proxy.uri() == uri) {
            return Ok(found);
        }
        let mut outside = self.empty();
        for address in found.iter() {
            if is_public(address.ip()) || (self.loopback && address.ip().is_loopback()) {
                outside.push(*address);
            }
        }
        if outside.is_empty() {
            metrics::counter!("inbox_refused", "what" => "media_host").increment(1);
            tracing::warn!(
                host = uri.host(),
                "a media host leads to an address that is not in the internet"
            );
            return Err(ureq::Error::HostNotFound);
        }
        Ok(outside)
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
    async fn the_product_connects_to_no_host_but_those_of_whatsapp() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let client = Guarded::new(false);
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
    fn a_name_that_leads_in_here_is_connected_to_only_where_the_emulator_is() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let agent = |loopback| {
            let resolver = Outside { names: DefaultResolver::default(), loopback };
            let config =
                Config::builder().proxy(None).timeout_global(Some(Duration::from_millis(300)));
            ureq::Agent::with_parts(config.build(), DefaultConnector::default(), resolver)
        };
        // `localhost` stands for a name of WhatsApp's whose answer was forged.
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
