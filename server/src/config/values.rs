//! Parsers of single flags. A refusal describes a valid value; `command_line` adds the flag's name.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use app::IpNet;
use bytesize::ByteSize;
use store::SecretKeys;
use url::Url;

/// Longest duration: later dates cannot be computed.
const LONGEST: Duration = Duration::from_secs(3650 * 24 * 3600);

pub(super) fn listen(text: &str) -> Result<SocketAddr, String> {
    text.trim().parse().map_err(|_| {
        "escreva um endereço IP e uma porta, como 127.0.0.1:3000, 0.0.0.0:3000 ou [::]:3000"
            .to_owned()
    })
}

/// Parses the listener of metrics without a token.
pub(super) fn loopback(text: &str) -> Result<SocketAddr, String> {
    let address: SocketAddr = text.trim().parse().map_err(|_| {
        "escreva um endereço desta máquina e uma porta, como 127.0.0.1:9464".to_owned()
    })?;
    match address.ip().is_loopback() {
        true => Ok(address),
        false => Err("sem senha, métricas são servidas só nesta máquina, como em 127.0.0.1:9464; \
                      para lê-las de fora use --metrics-token"
            .to_owned()),
    }
}

pub(super) fn folder(text: &str) -> Result<PathBuf, String> {
    match text.trim().is_empty() {
        true => Err("escreva o caminho de uma pasta, como /var/lib/inbox-pirata".to_owned()),
        false => Ok(text.into()),
    }
}

pub(super) fn file(text: &str) -> Result<PathBuf, String> {
    match text.trim().is_empty() {
        true => Err("escreva o caminho de um arquivo".to_owned()),
        false => Ok(text.into()),
    }
}

pub(super) fn secret_keys(text: &str) -> Result<SecretKeys, String> {
    SecretKeys::parse(text).map_err(|_| {
        "uma chave tem 64 dígitos hexadecimais; `openssl rand -hex 32` faz uma".to_owned()
    })
}

/// Requires at least 16 MiB: writes of the WhatsApp library have no other protection from a full
/// disk.
pub(super) fn reserve(text: &str) -> Result<ByteSize, String> {
    let reserve: ByteSize =
        text.parse().map_err(|_| "escreva um tamanho, como 256MiB ou 2GiB".to_owned())?;
    match reserve < ByteSize::mib(16) {
        true => {
            Err("a reserva tem de ser de 16MiB ou mais, ou mensagens se perdem em um disco cheio"
                .to_owned())
        }
        false => Ok(reserve),
    }
}

/// Parses any size.
pub(super) fn size(text: &str) -> Result<ByteSize, String> {
    text.trim().parse().map_err(|_| "escreva um tamanho, como 500MiB ou 2GiB".to_owned())
}

/// Requires at least five minutes, because use is recorded once a minute.
pub(super) fn lasting(text: &str) -> Result<Duration, String> {
    let least = Duration::from_secs(300);
    between(text, least, "um login tem de durar cinco minutos ou mais, como 30d ou 12h")
}

/// Requires at least a second: anything less would mark every message as not sent.
pub(super) fn waiting(text: &str) -> Result<Duration, String> {
    let least = Duration::from_secs(1);
    between(text, least, "uma mensagem tem de esperar um segundo ou mais, como 24h ou 30m")
}

/// Parses the silence of a tested stream.
pub(super) fn pause(text: &str) -> Result<Duration, String> {
    match humantime::parse_duration(text.trim()) {
        Ok(pause) if pause <= Duration::from_secs(600) => Ok(pause),
        _ => Err("escreva uma duração de até 10 minutos, como 20s".to_owned()),
    }
}

/// Parses a count greater than zero.
pub(super) fn count(text: &str) -> Result<usize, String> {
    text.trim()
        .parse()
        .ok()
        .filter(|count| *count > 0)
        .ok_or_else(|| "escreva um número inteiro maior que zero".to_owned())
}

/// Parses the longest duration of a connection's step.
pub(super) fn step(text: &str) -> Result<Duration, String> {
    let least = Duration::from_millis(100);
    between(text, least, "um passo de uma conexão tem de durar 100 ms ou mais, como 30s")
}

fn between(text: &str, least: Duration, too_short: &str) -> Result<Duration, String> {
    let duration = humantime::parse_duration(text.trim())
        .map_err(|_| "escreva uma duração com unidade, como 30d, 12h ou 30m".to_owned())?;
    match duration {
        duration if duration < least => Err(too_short.to_owned()),
        duration if duration > LONGEST => {
            Err("mais que 10 anos não se pode contar; escreva por exemplo 3650d".to_owned())
        }
        duration => Ok(duration),
    }
}

/// Parses a network, or one address.
pub(super) fn network(text: &str) -> Result<IpNet, String> {
    let text = text.trim();
    let one = || text.parse::<IpAddr>().ok().map(|ip| IpNet::from(ip.to_canonical()));
    text.parse().ok().or_else(one).ok_or_else(|| {
        "escreva a rede do proxy, como 172.18.0.0/16, ou o seu endereço, como 172.18.0.2; várias com \
         vírgula entre elas"
            .to_owned()
    })
}

pub(super) fn web_socket(text: &str) -> Result<String, String> {
    let is_one = Url::parse(text.trim())
        .is_ok_and(|url| matches!(url.scheme(), "ws" | "wss") && url.has_host());
    match is_one {
        true => Ok(text.trim().to_owned()),
        false => {
            Err("escreva um endereço de WebSocket, como ws://127.0.0.1:4000/ws/chat; sem ele vale \
                      o do próprio WhatsApp"
                .to_owned())
        }
    }
}

pub(super) fn version(text: &str) -> Result<(u32, u32, u32), String> {
    let parts = text.trim().split('.').map(str::parse);
    match parts.collect::<Result<Vec<u32>, _>>().as_deref() {
        Ok(&[major, minor, build]) => Ok((major, minor, build)),
        _ => Err("uma versão tem três números, como 2.3000.1042742319".to_owned()),
    }
}

/// Requires a code that cannot be guessed: 16 letters and digits are 80 bits.
pub(super) fn setup_code(text: &str) -> Result<String, String> {
    let text = text.trim();
    let is_one = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let letters = text.bytes().filter(u8::is_ascii_alphanumeric).count();
    match is_one && (16..=64).contains(&letters) && text.len() <= 64 {
        true => Ok(text.to_owned()),
        false => Err(
            "use de 16 a 64 letras sem acento e dígitos, com ou sem hífen; `openssl rand -hex 10` faz um"
                .to_owned(),
        ),
    }
}

/// Requires characters that can be sent in a header; no client could send any other token.
pub(super) fn token(text: &str) -> Result<String, String> {
    match !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        true => Ok(text.to_owned()),
        false => Err(
            "use letras sem acento, dígitos e sinais, sem espaços; `openssl rand -hex 24` faz um"
                .to_owned(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_to_listen_on_has_a_port() {
        assert!(listen("127.0.0.1:3000").is_ok() && listen("[::]:0").is_ok());
        for wrong in ["", "3000", ":3000", "localhost:3000", "127.0.0.1", "127.0.0.1:99999"] {
            assert!(listen(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn metrics_stay_on_loopback() {
        assert!(loopback("127.0.0.1:9464").is_ok() && loopback("[::1]:9464").is_ok());
        for wrong in ["0.0.0.0:9464", "127.0.0.1", ""] {
            assert!(loopback(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn logins_last_five_minutes_or_more() {
        assert_eq!(lasting("12h"), Ok(Duration::from_secs(12 * 3600)));
        for wrong in ["4m", "12", "", "-1d", "0", "0s", "9000000d"] {
            assert!(lasting(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn messages_wait_for_a_second_or_more() {
        assert_eq!(waiting(" 2s"), Ok(Duration::from_secs(2)));
        for wrong in ["0s", "0", "1ms", "", "nunca", "99999999999d"] {
            assert!(waiting(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_disk_keeps_a_reserve() {
        assert_eq!(reserve("2GiB"), Ok(ByteSize::gib(2)));
        for wrong in ["0B", "15MiB", "much", ""] {
            assert!(reserve(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_proxy_is_a_network_or_an_address() {
        for (text, network_of) in [
            ("172.18.0.0/16", "172.18.0.0/16"),
            (" 10.0.0.7", "10.0.0.7/32"),
            ("fd00::/8", "fd00::/8"),
            ("::ffff:10.0.0.7", "10.0.0.7/32"),
        ] {
            assert_eq!(network(text).map(|net| net.to_string()).as_deref(), Ok(network_of));
        }
        for wrong in ["", "proxy", "10.0.0.0/33", "10.0.0", "10.0.0.0/8;fd00::/8"] {
            assert!(network(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn sockets_are_web_sockets() {
        assert!(web_socket("ws://127.0.0.1:4000/ws/chat").is_ok());
        for wrong in ["", "http://127.0.0.1:4000", "127.0.0.1:4000/ws/chat", "ws://"] {
            assert!(web_socket(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn versions_have_three_numbers() {
        assert_eq!(version("2.3000.1042742319"), Ok((2, 3000, 1_042_742_319)));
        for wrong in ["2.3000", "2.x.1", "2.3000.1.x", ""] {
            assert!(version(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_setup_code_cannot_be_guessed() {
        assert!(setup_code("ABCD-EFGH-JKMN-PQRS").is_ok() && setup_code(&"a".repeat(64)).is_ok());
        for wrong in
            ["", "ABCD-EFGH-JKMN-PQR", "----------------", "abcd efgh jkmn pqrs", &"a".repeat(65)]
        {
            assert!(setup_code(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_token_can_be_sent() {
        assert!(token("segredo").is_ok());
        for wrong in ["", " ", "duas palavras", "açaí", "a\nb"] {
            assert!(token(wrong).is_err(), "{wrong:?}");
        }
    }
}
