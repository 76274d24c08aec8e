//! Compares what was sent with what has arrived.

use url::Url;

use super::findings::Finding;
use super::seen::Seen;
use super::visit::CLAIMED;

/// What is wrong with a request that was sent to `url` with that origin, and with [`CLAIMED`] as
/// `X-Forwarded-For`.
///
/// Without a proxy, `is_direct`, nobody has to say on whose behalf.
pub(super) fn judge(url: &str, seen: &Seen, is_direct: bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    match &seen.public {
        None => findings.push(Finding::NoPublicUrl { url: url.to_owned() }),
        Some(public) if public != url => {
            findings.push(Finding::OtherPublicUrl { url: url.to_owned(), public: public.clone() });
        }
        Some(_) => {}
    }
    if seen.origin.as_deref() != Some(url) {
        findings.push(Finding::Origin { seen: seen.origin.clone() });
    }
    let hosts = [&seen.host, &seen.forwarded_host];
    if !hosts.into_iter().flatten().any(|host| is_host(url, host)) {
        findings.push(Finding::Host { seen: seen.host.clone(), is_ours: seen.is_ours });
    }
    if !is_direct {
        findings.extend(address(seen));
        findings.extend(scheme(url, seen));
    }
    findings
}

/// Whether the sender's address has arrived.
fn address(seen: &Seen) -> Option<Finding> {
    let entries: Vec<_> = seen.forwarded_for.iter().flat_map(|line| line.split(',')).collect();
    let last = entries.last().map(|entry| entry.trim()).filter(|entry| !entry.is_empty());
    match last {
        // The proxy has passed on what was claimed, or nothing.
        None | Some(CLAIMED) => {
            Some(Finding::NoAddress { is_forgeable: last.is_some() && seen.is_trusted })
        }
        Some(_) if !seen.is_trusted => Some(Finding::NotTrusted { peer: seen.peer }),
        Some(entry) if seen.client.is_none() => {
            Some(Finding::NoSuchAddress { entry: entry.to_owned() })
        }
        Some(_) if seen.trusts_strangers => Some(Finding::TooMuchTrust),
        Some(_) => None,
    }
}

/// Whether the server knows that people come over TLS.
fn scheme(url: &str, seen: &Seen) -> Option<Finding> {
    let scheme = url.split("://").next().unwrap_or_default();
    let said =
        seen.forwarded_proto.as_deref().map(|said| said.split(',').next().unwrap_or("").trim());
    match said {
        None if scheme == "http" => None,
        Some(said) if said.eq_ignore_ascii_case(scheme) => None,
        _ => Some(Finding::Scheme { seen: seen.forwarded_proto.clone() }),
    }
}

/// Whether a `Host` is that of an address.
fn is_host(url: &str, host: &str) -> bool {
    let scheme = url.split("://").next().unwrap_or_default();
    let hosts = host.split(',').map(|host| Url::parse(&format!("{scheme}://{}", host.trim())));
    hosts.into_iter().flatten().any(|host| host.origin().ascii_serialization() == url)
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://inbox.loja.com.br";

    /// What a proxy passes that does everything right.
    fn right() -> Seen {
        Seen {
            host: Some("inbox.loja.com.br".into()),
            origin: Some(URL.into()),
            forwarded_host: None,
            forwarded_proto: Some("https".into()),
            forwarded_for: vec![format!("{CLAIMED}, 203.0.113.7")],
            peer: "172.18.0.2".parse().ok(),
            is_trusted: true,
            trusts_strangers: false,
            client: "203.0.113.7".parse().ok(),
            is_ours: true,
            public: Some(URL.into()),
        }
    }

    fn found(change: impl FnOnce(&mut Seen)) -> Vec<Finding> {
        let mut seen = right();
        change(&mut seen);
        judge(URL, &seen, false)
    }

    #[test]
    fn a_proxy_that_passes_everything_on_is_right() {
        assert_eq!(found(|_| {}), []);
        assert_eq!(found(|seen| seen.host = Some("INBOX.loja.com.br:443".into())), []);
        assert_eq!(found(|seen| seen.forwarded_for = vec!["203.0.113.7".into()]), []);
        assert_eq!(found(|seen| seen.forwarded_proto = Some("https, http".into())), []);
        let elsewhere = |seen: &mut Seen| {
            seen.host = Some("127.0.0.1:3000".into());
            seen.forwarded_host = Some("inbox.loja.com.br".into());
        };
        assert_eq!(found(elsewhere), []);
        let direct = Seen { forwarded_for: vec![CLAIMED.into()], forwarded_proto: None, ..right() };
        assert_eq!(judge(URL, &direct, true), []);
    }

    #[test]
    fn each_mistake_is_found_alone() {
        let peer = "172.18.0.2".parse().ok();
        type Change = fn(&mut Seen);
        let cases: [(Change, Finding); 11] = [
            (
                |seen| seen.host = Some("127.0.0.1:3000".into()),
                Finding::Host { seen: Some("127.0.0.1:3000".into()), is_ours: true },
            ),
            (|seen| seen.origin = None, Finding::Origin { seen: None }),
            (|seen| seen.forwarded_proto = None, Finding::Scheme { seen: None }),
            (
                |seen| seen.forwarded_proto = Some("http".into()),
                Finding::Scheme { seen: Some("http".into()) },
            ),
            (|seen| seen.forwarded_for.clear(), Finding::NoAddress { is_forgeable: false }),
            (
                |seen| seen.forwarded_for = vec![CLAIMED.into()],
                Finding::NoAddress { is_forgeable: true },
            ),
            (|seen| seen.is_trusted = false, Finding::NotTrusted { peer }),
            (|seen| seen.client = None, Finding::NoSuchAddress { entry: "203.0.113.7".into() }),
            (|seen| seen.trusts_strangers = true, Finding::TooMuchTrust),
            (|seen| seen.public = None, Finding::NoPublicUrl { url: URL.into() }),
            (
                |seen| seen.public = Some("https://outra.com".into()),
                Finding::OtherPublicUrl { url: URL.into(), public: "https://outra.com".into() },
            ),
        ];
        for (change, finding) in cases {
            assert_eq!(found(change), [finding]);
        }
    }

    #[test]
    fn a_port_belongs_to_the_host() {
        assert!(is_host("https://inbox.lan:8443", "inbox.lan:8443"));
        assert!(is_host("http://inbox.lan", "inbox.lan:80"));
        assert!(is_host("http://inbox.lan", "cache.lan, inbox.lan"));
        assert!(!is_host("https://inbox.lan:8443", "inbox.lan"));
        assert!(!is_host("https://inbox.lan", "inbox.lan:80"));
    }
}
