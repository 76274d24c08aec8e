//! Compares the sent request with the received one.

use url::Url;

use super::findings::Finding;
use super::received::{CLAIMED, Received};

/// Returns the problems of a request that was sent to `url` with that origin, and with [`CLAIMED`]
/// as `X-Forwarded-For`.
///
/// If `is_direct`, there is no proxy, and the forwarding headers are not required.
pub(super) fn evaluate(url: &str, received: &Received, is_direct: bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    match &received.public {
        None => findings.push(Finding::NoPublicUrl { url: url.to_owned() }),
        Some(public) if public != url => {
            findings.push(Finding::OtherPublicUrl { url: url.to_owned(), public: public.clone() });
        }
        Some(_) => {}
    }
    if received.origin.as_deref() != Some(url) {
        findings.push(Finding::Origin { received: received.origin.clone() });
    }
    let hosts = [&received.host, &received.forwarded_host];
    if !hosts.into_iter().flatten().any(|host| is_host(url, host)) {
        findings.push(Finding::Host { received: received.host.clone(), is_ours: received.is_ours });
    }
    if !is_direct {
        findings.extend(address(received));
        findings.extend(scheme(url, received));
    }
    findings
}

/// Checks that the sender's address has arrived.
fn address(received: &Received) -> Option<Finding> {
    let entries: Vec<_> = received.forwarded_for.iter().flat_map(|line| line.split(',')).collect();
    let last = entries.last().map(|entry| entry.trim()).filter(|entry| !entry.is_empty());
    match last {
        // The proxy has passed on the claim, or nothing.
        None | Some(CLAIMED) => {
            Some(Finding::NoAddress { is_forgeable: last.is_some() && received.is_trusted })
        }
        Some(_) if !received.is_trusted => Some(Finding::NotTrusted { peer: received.peer }),
        Some(entry) if received.client.is_none() => {
            Some(Finding::NoSuchAddress { entry: entry.to_owned() })
        }
        Some(_) if received.trusts_strangers => Some(Finding::TooMuchTrust),
        Some(_) => None,
    }
}

/// Checks that the server knows the scheme that people use.
fn scheme(url: &str, received: &Received) -> Option<Finding> {
    let scheme = url.split("://").next().unwrap_or_default();
    let sent =
        received.forwarded_proto.as_deref().map(|sent| sent.split(',').next().unwrap_or("").trim());
    match sent {
        None if scheme == "http" => None,
        Some(sent) if sent.eq_ignore_ascii_case(scheme) => None,
        _ => Some(Finding::Scheme { received: received.forwarded_proto.clone() }),
    }
}

/// Returns true if a `Host` belongs to the address.
fn is_host(url: &str, host: &str) -> bool {
    let scheme = url.split("://").next().unwrap_or_default();
    let hosts = host.split(',').map(|host| Url::parse(&format!("{scheme}://{}", host.trim())));
    hosts.into_iter().flatten().any(|host| host.origin().ascii_serialization() == url)
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://inbox.loja.com.br";

    /// The headers that a correct proxy passes.
    fn right() -> Received {
        Received {
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

    fn found(change: impl FnOnce(&mut Received)) -> Vec<Finding> {
        let mut received = right();
        change(&mut received);
        evaluate(URL, &received, false)
    }

    #[test]
    fn a_proxy_that_passes_everything_on_is_right() {
        assert_eq!(found(|_| {}), []);
        assert_eq!(found(|received| received.host = Some("INBOX.loja.com.br:443".into())), []);
        assert_eq!(found(|received| received.forwarded_for = vec!["203.0.113.7".into()]), []);
        assert_eq!(found(|received| received.forwarded_proto = Some("https, http".into())), []);
        let elsewhere = |received: &mut Received| {
            received.host = Some("127.0.0.1:3000".into());
            received.forwarded_host = Some("inbox.loja.com.br".into());
        };
        assert_eq!(found(elsewhere), []);
        let direct =
            Received { forwarded_for: vec![CLAIMED.into()], forwarded_proto: None, ..right() };
        assert_eq!(evaluate(URL, &direct, true), []);
    }

    #[test]
    fn each_mistake_is_found_alone() {
        let peer = "172.18.0.2".parse().ok();
        type Change = fn(&mut Received);
        let cases: [(Change, Finding); 11] = [
            (
                |received| received.host = Some("127.0.0.1:3000".into()),
                Finding::Host { received: Some("127.0.0.1:3000".into()), is_ours: true },
            ),
            (|received| received.origin = None, Finding::Origin { received: None }),
            (|received| received.forwarded_proto = None, Finding::Scheme { received: None }),
            (
                |received| received.forwarded_proto = Some("http".into()),
                Finding::Scheme { received: Some("http".into()) },
            ),
            (|received| received.forwarded_for.clear(), Finding::NoAddress { is_forgeable: false }),
            (
                |received| received.forwarded_for = vec![CLAIMED.into()],
                Finding::NoAddress { is_forgeable: true },
            ),
            (|received| received.is_trusted = false, Finding::NotTrusted { peer }),
            (
                |received| received.client = None,
                Finding::NoSuchAddress { entry: "203.0.113.7".into() },
            ),
            (|received| received.trusts_strangers = true, Finding::TooMuchTrust),
            (|received| received.public = None, Finding::NoPublicUrl { url: URL.into() }),
            (
                |received| received.public = Some("https://outra.com".into()),
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
