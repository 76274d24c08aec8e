//! The library's way to WhatsApp's media hosts.

use std::time::Duration;

use ureq::config::Config;
use whatsapp_rust::http::UreqHttpClient;

/// How long a host may take to be reached, and to begin its answer.
const ANSWER_PATIENCE: Duration = Duration::from_secs(30);
/// How long it may take for the whole of it at the very most: two gigabytes, the most that WhatsApp
/// carries, on a slow line. `porter` does not wait that long for small files.
const WHOLE_PATIENCE: Duration = Duration::from_secs(10 * 60 * 60);
/// As the library has it: files are streamed.
const BUFFER: usize = 16 * 1024;

/// A client like the library's own, which would wait for ever.
pub(crate) fn client() -> UreqHttpClient {
    let config = Config::builder()
        .timeout_resolve(Some(ANSWER_PATIENCE))
        .timeout_connect(Some(ANSWER_PATIENCE))
        .timeout_recv_response(Some(ANSWER_PATIENCE))
        .timeout_recv_body(Some(WHOLE_PATIENCE))
        .input_buffer_size(BUFFER)
        .output_buffer_size(BUFFER);
    // The emulator signs its own certificate.
    #[cfg(feature = "emulator")]
    let config =
        config.tls_config(ureq::tls::TlsConfig::builder().disable_verification(true).build());
    UreqHttpClient::with_agent(config.build().into())
}
