//! `inbox-pirata check`: finds the mistakes of the proxy in front of a running server.
//!
//! The command sends requests to the public address, the server at the other end answers with the
//! request as it arrived (`routes::check`), and the two are compared. A secret in the data folder
//! that lives as long as the command authenticates it, so that the server answers nobody else.
//!
//! * `secret`: that secret. `received`: the server's answer. `probe`: the requests.
//! * `findings`: the problems, each as a sentence with the lines that fix it. `evaluate`: finds
//!   them.

mod evaluate;
mod findings;
mod probe;
pub(crate) mod received;
pub(crate) mod secret;

use std::path::Path;

use anyhow::Context as _;
use url::Url;

use self::findings::Finding;
use self::probe::Probe;
use self::secret::Secret;
use crate::config::{CheckArgs, Config};
use crate::exclusive;

/// Runs the check and prints the problems. Returns true if there are none.
///
/// # Errors
/// Fails if there is no address to check, or if the data folder is not the server's.
pub fn run(config: &Config, args: &CheckArgs) -> anyhow::Result<bool> {
    let url = args.url.as_deref().or(config.public_url.as_deref());
    let url = url.context(
        "falta o endereço que as pessoas abrem: inbox-pirata check --url https://inbox.loja.com.br",
    )?;
    let secret = Secret::create(&config.data_dir).with_context(|| {
        format!(
            "a pasta de dados {} não pode ser usada; dê ao comando a --data-dir do servidor, e o rode com o mesmo usuário",
            config.data_dir.display()
        )
    })?;
    println!("verificando {url} (leva até {} s)", args.silence.as_secs() + 1);
    let is_direct = is_server_address(url, &config.data_dir);
    if is_direct {
        println!("esse é o endereço do próprio servidor: não há proxy no caminho");
    }
    let findings = find_problems(url, args, &secret, is_direct);
    for finding in &findings {
        print!("{finding}");
    }
    match findings.len() {
        0 => println!("✓ tudo certo entre o navegador e o servidor"),
        1 => println!("1 problema"),
        count => println!("{count} problemas"),
    }
    println!("WebSocket não é necessário: só HTTP, e um stream de eventos em /live");
    Ok(findings.is_empty())
}

/// Returns true if the address is the one that the server itself listens on.
fn is_server_address(url: &str, data_dir: &Path) -> bool {
    let Some(listens) = exclusive::address(data_dir) else { return false };
    let leads = || url.parse::<Url>().ok()?.socket_addrs(|| None).ok();
    url.starts_with("http://")
        && leads().is_some_and(|leads| {
            leads.into_iter().any(|address| {
                let same = address.ip() == listens.ip() || listens.ip().is_unspecified();
                address.port() == listens.port() && same
            })
        })
}

fn find_problems(url: &str, args: &CheckArgs, secret: &Secret, is_direct: bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    let probe = match Probe::begin(url, secret) {
        Ok(probe) => probe,
        Err(finding) => return vec![finding],
    };
    if !probe.is_certified && !args.own_certificate {
        findings.push(Finding::Certificate);
    }
    match probe.echo() {
        Ok(received) => findings.extend(evaluate::evaluate(url, &received, is_direct)),
        Err(finding) => {
            findings.push(finding);
            return findings;
        }
    }
    findings.extend(probe.body().err());
    findings.extend(probe.stream(args.silence));
    findings
}
