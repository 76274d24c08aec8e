//! The possible problems, each as a sentence with the configuration lines that fix it.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

/// One problem between a browser and the server.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Finding {
    /// No server answers.
    Unreachable {
        why: String,
    },
    /// Another program answers, or the proxy instead of the server.
    OtherAnswer {
        status: u16,
    },
    /// The address redirects to another one.
    Redirect {
        to: String,
    },
    /// The certificate is of no authority that browsers know.
    Certificate,
    NoPublicUrl {
        url: String,
    },
    OtherPublicUrl {
        url: String,
        public: String,
    },
    Origin {
        received: Option<String>,
    },
    Host {
        received: Option<String>,
        is_ours: bool,
    },
    /// `X-Forwarded-For` is missing or only what the sender wrote, which the server believes if
    /// `is_forgeable`.
    NoAddress {
        is_forgeable: bool,
    },
    NotTrusted {
        peer: Option<IpAddr>,
    },
    /// The proxy's entry is not an address.
    NoSuchAddress {
        entry: String,
    },
    /// The server believed the sender's claim.
    TooMuchTrust,
    Scheme {
        received: Option<String>,
    },
    /// The proxy refused a request that the server accepts.
    Body {
        bytes: usize,
        status: u16,
    },
    /// Events arrive late, all together.
    Buffered,
    Compressed {
        how: String,
    },
    /// The stream ended during a silence.
    Cut {
        after: Duration,
    },
    NoStream {
        why: String,
    },
}

/// The configuration lines that fix a problem.
struct Fix {
    nginx: &'static str,
    caddy: &'static str,
    /// A flag of this program.
    flag: Option<String>,
}

impl Finding {
    fn sentence(&self) -> String {
        let or_nothing =
            |received: &Option<String>| received.clone().unwrap_or_else(|| "nada".to_owned());
        match self {
            Self::Unreachable { why } => format!("o endereço não responde: {why}"),
            Self::OtherAnswer { status: status @ (502..=504) } => format!(
                "o proxy responde, mas não alcança o servidor ({status}); o servidor está rodando, e o proxy aponta para ele?"
            ),
            Self::OtherAnswer { status } => format!(
                "quem responde ({status}) não é o servidor desta pasta de dados; confira --url, --data-dir e para onde o proxy aponta"
            ),
            Self::Redirect { to } => {
                format!("o endereço leva a outro, {to}; use esse com --url e --public-url")
            }
            Self::Certificate => "o certificado não é de uma autoridade pública: navegadores recusam a página; se é de uma autoridade da casa, repita com --own-certificate".to_owned(),
            Self::NoPublicUrl { url } => format!(
                "o servidor não sabe o seu endereço público: convites podem sair com outro, e cookies vão também sem TLS; inicie-o com --public-url {url}"
            ),
            Self::OtherPublicUrl { url, public } => format!(
                "o servidor foi iniciado com --public-url {public}, e o endereço verificado é {url}; os dois têm de ser o mesmo"
            ),
            Self::Origin { received } => format!(
                "o proxy não passa o cabeçalho Origin como veio (chega: {}): formulários são recusados",
                or_nothing(received)
            ),
            Self::Host { received, is_ours: true } => format!(
                "o proxy não passa o Host que o navegador enviou (chega: {}); formulários só são aceitos por causa de --public-url",
                or_nothing(received)
            ),
            Self::Host { received, is_ours: false } => format!(
                "o proxy não passa o Host que o navegador enviou (chega: {}): páginas ou formulários são recusados",
                or_nothing(received)
            ),
            Self::NoAddress { is_forgeable: false } => "o proxy não diz de que endereço vem cada pedido (X-Forwarded-For): a auditoria mostra o do proxy, e tentativas de senha só são freadas por conta".to_owned(),
            Self::NoAddress { is_forgeable: true } => "o proxy passa o X-Forwarded-For de quem envia sem acrescentar nada: qualquer um pode se dar o endereço que quiser".to_owned(),
            Self::NotTrusted { peer } => format!(
                "o proxy em {} diz de quem vem cada pedido (X-Forwarded-For), mas o servidor não confia nele",
                peer.map_or_else(|| "outro endereço".to_owned(), |peer| peer.to_string())
            ),
            Self::NoSuchAddress { entry } => format!(
                "o que o proxy acrescenta a X-Forwarded-For não é um endereço: {entry:?}"
            ),
            Self::TooMuchTrust => "--trusted-proxy abrange mais do que os proxies: o servidor acredita no endereço que quem envia inventa".to_owned(),
            Self::Scheme { received } => format!(
                "o proxy não diz que o navegador veio por https (X-Forwarded-Proto, chega: {}); quem abre por http não é avisado com certeza",
                or_nothing(received)
            ),
            Self::Body { bytes, status } => format!(
                "um pedido de {bytes} bytes, que o servidor aceita, é recusado antes dele ({status})"
            ),
            Self::Buffered => "o proxy guarda o stream de eventos (/live) e o entrega tarde: mensagens novas não aparecem na hora".to_owned(),
            Self::Compressed { how } => format!(
                "o proxy comprime o stream de eventos ({how}), e o atrasa assim"
            ),
            Self::Cut { after } => format!(
                "o proxy corta o stream de eventos depois de {} s de silêncio; o servidor manda um sinal a cada 15 s",
                after.as_secs()
            ),
            Self::NoStream { why } => format!("o stream de eventos não chega: {why}"),
        }
    }

    fn fix(&self) -> Option<Fix> {
        let lines = |nginx, caddy| Some(Fix { nginx, caddy, flag: None });
        match self {
            Self::Unreachable { .. } | Self::Redirect { .. } => None,
            Self::OtherAnswer { .. } => {
                lines("proxy_pass http://127.0.0.1:3000;", "reverse_proxy 127.0.0.1:3000")
            }
            Self::Certificate => lines(
                "ssl_certificate /…/fullchain.pem;",
                "inbox.loja.com.br { … } (busca um sozinho)",
            ),
            Self::NoPublicUrl { url } | Self::OtherPublicUrl { url, .. } => {
                Some(Fix { nginx: "", caddy: "", flag: Some(format!("--public-url {url}")) })
            }
            Self::Origin { .. } => {
                lines("proxy_set_header Origin $http_origin;", "header_up Origin {header.Origin}")
            }
            Self::Host { .. } => {
                lines("proxy_set_header Host $http_host;", "header_up Host {http.request.hostport}")
            }
            Self::NoAddress { .. } | Self::NoSuchAddress { .. } => lines(
                "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
                "header_up X-Forwarded-For {remote_host}",
            ),
            Self::NotTrusted { peer } => Some(Fix {
                nginx: "",
                caddy: "",
                flag: peer
                    .map(|peer| format!("--trusted-proxy {peer} (ou INBOX_TRUSTED_PROXY={peer})")),
            }),
            Self::TooMuchTrust => Some(Fix {
                nginx: "",
                caddy: "",
                flag: Some("--trusted-proxy só com os endereços dos proxies".to_owned()),
            }),
            Self::Scheme { .. } => lines(
                "proxy_set_header X-Forwarded-Proto $scheme;",
                "header_up X-Forwarded-Proto {scheme}",
            ),
            Self::Body { .. } => lines("client_max_body_size 5m;", "request_body { max_size 5MB }"),
            Self::Buffered => lines("proxy_buffering off;", "flush_interval -1"),
            Self::Compressed { .. } => lines(
                "location /live { gzip off; … }",
                "@pages not path /live, e encode @pages gzip",
            ),
            Self::Cut { .. } => lines(
                "proxy_read_timeout 1h;",
                "transport http { response_header_timeout 0 read_timeout 0 }",
            ),
            Self::NoStream { .. } => {
                lines("proxy_http_version 1.1; proxy_buffering off;", "flush_interval -1")
            }
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "✗ {}", self.sentence())?;
        let Some(Fix { nginx, caddy, flag }) = self.fix() else { return Ok(()) };
        for (name, line) in [("nginx", nginx), ("Caddy", caddy)] {
            if !line.is_empty() {
                writeln!(f, "    {name}: {line}")?;
            }
        }
        match flag {
            Some(flag) => writeln!(f, "    inbox-pirata: {flag}"),
            None => Ok(()),
        }
    }
}
