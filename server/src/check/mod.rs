//! `inbox-pirata check`: what the proxy before a running server does wrong.
//!
//! The command sends requests to the public address, the server at the other end answers what has arrived
//! (`routes::check`), and the two are compared. They know each other by a secret in the data folder that
//! lives as long as the command, so that the server answers nobody else.
//!
//! * `secret`: that secret. `seen`: what the server answers. `visit`: the requests.
//! * `findings`: what is wrong, in a sentence with the lines that mend it. `judge`: how it is found.

mod findings;
mod judge;
pub(crate) mod secret;
pub(crate) mod seen;
mod visit;

use std::path::Path;

use anyhow::Context as _;
use url::Url;

use self::findings::Finding;
use self::secret::Secret;
use self::visit::Visit;
use crate::config::{Config, Probe};
use crate::exclusive;

/// Looks, and prints what is wrong. Answers whether nothing is.
///
/// # Errors
/// There is no address to look at, or the data folder is not the server's.
pub fn run(config: &Config, probe: &Probe) -> anyhow::Result<bool> {
    let url = probe.url.as_deref().or(config.public_url.as_deref());
    let url = url.context(
        "falta o endereço que as pessoas abrem: inbox-pirata check --url https://inbox.loja.com.br",
    )?;
    let secret = Secret::create(&config.data_dir).with_context(|| {
        format!(
            "a pasta de dados {} não pode ser usada; dê ao comando a --data-dir do servidor, e o rode com o mesmo usuário",
            config.data_dir.display()
        )
    })?;
    println!("verificando {url} (leva até {} s)", probe.silence.as_secs() + 1);
    let is_direct = leads_to_server(url, &config.data_dir);
    if is_direct {
        println!("esse é o endereço do próprio servidor: não há proxy no caminho");
    }
    let findings = look(url, probe, &secret, is_direct);
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

/// Whether an address is the one that the server itself listens on.
fn leads_to_server(url: &str, data_dir: &Path) -> bool {
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

fn look(url: &str, probe: &Probe, secret: &Secret, is_direct: bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    let visit = match Visit::begin(url, secret) {
        Ok(visit) => visit,
        Err(finding) => return vec![finding],
    };
    if !visit.is_certified && !probe.own_certificate {
        findings.push(Finding::Certificate);
    }
    match visit.echo() {
        Ok(seen) => findings.extend(judge::judge(url, &seen, is_direct)),
        Err(finding) => {
            findings.push(finding);
            return findings;
        }
    }
    findings.extend(visit.body().err());
    findings.extend(visit.stream(probe.silence));
    findings
}
