//! Checks of the addresses that files are downloaded from.
//!
//! A message states the path of its file on WhatsApp's media hosts, and the library appends that
//! path to the name of the host (`wacore::download`, `prepare_download_requests`). A path such as
//! `@other.example/x` would change the host and send that one the media token of the number. So a
//! path is accepted only if the whole address, parsed, still has the host that WhatsApp named.

use model::bounds;
use url::{Host, Url};

/// Domains whose hosts serve WhatsApp's files. `media_conn` names `mmg.whatsapp.net`,
/// `mmg-fallback.whatsapp.net` and hosts under `cdn.whatsapp.net` and `fna.whatsapp.net`
/// (`wacore::iq::mediaconn`, `wacore::download::DEFAULT_MEDIA_HOSTS`); `fbcdn.net` is the older
/// name of the same network.
const MEDIA_DOMAINS: [&str; 2] = [".whatsapp.net", ".fbcdn.net"];
/// The host on which the library looks up its version (`whatsapp_rust::version`).
const VERSION_HOST: &str = "web.whatsapp.com";

/// Returns true if a path has the form of one on a media host, whatever the host.
pub(crate) fn is_path(path: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'\\' | b'#');
    path.len() <= bounds::DIRECT_PATH
        && path.starts_with('/')
        && !path.starts_with("//")
        && path.bytes().all(is_plain)
        && stays_on("mmg.whatsapp.net", path)
}

/// Returns true if the address that the library makes of both has exactly this host, `name` or
/// `name:port`.
pub(crate) fn stays_on(host: &str, path: &str) -> bool {
    let (Ok(named), Ok(whole)) =
        (Url::parse(&format!("https://{host}/")), Url::parse(&format!("https://{host}{path}")))
    else {
        return false;
    };
    let authority = |url: &Url| (url.host().map(|host| host.to_owned()), url.port());
    has_no_user(&named)
        && named.path() == "/"
        && has_no_user(&whole)
        && authority(&named) == authority(&whole)
}

/// Returns true if an address that the library requests is one of WhatsApp's own. Both parsers that
/// it passes must agree on its host.
pub(crate) fn is_whatsapps(address: &str, loopback: bool) -> bool {
    let Ok(url) = Url::parse(address) else { return false };
    let Ok(uri) = address.parse::<ureq::http::Uri>() else { return false };
    let (Some(host), Some(authority)) = (url.host(), uri.authority()) else { return false };
    if url.scheme() != "https" || !has_no_user(&url) || authority.as_str().contains('@') {
        return false;
    }
    match host {
        Host::Domain(name) => {
            let is_known = MEDIA_DOMAINS.iter().any(|domain| name.ends_with(domain))
                || name == VERSION_HOST
                || (loopback && name == "localhost");
            let has_port = url.port().is_some();
            is_known && name.eq_ignore_ascii_case(authority.host()) && (loopback || !has_port)
        }
        // Only the emulator has no host name.
        Host::Ipv4(ip) => loopback && ip.is_loopback() && authority.host() == ip.to_string(),
        Host::Ipv6(ip) => loopback && ip.is_loopback(),
    }
}

fn has_no_user(url: &Url) -> bool {
    url.username().is_empty() && url.password().is_none()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HOST: &str = "mmg.whatsapp.net";

    #[test]
    fn paths_that_whatsapp_gives_are_accepted() {
        for path in [
            "/v/t62.7118-24/1_2_3_n.enc?ccb=11-4&oh=01_Q5Aa&oe=68F2&_nc_sid=5e03e0",
            "/o1/v/t24/f2/m231/AQM-x_y?ccb=9-4&oh=01~a&oe=1&_nc_sid=e6ed6c&mms3=true",
            "/m1/v/t24/An8%2Bx.y:z;a=b",
            "/x",
        ] {
            assert!(is_path(path), "{path}");
            assert!(stays_on(HOST, path) && stays_on("127.0.0.1:4433", path), "{path}");
        }
    }

    #[test]
    fn paths_that_make_another_host_of_it_are_refused() {
        let long = "/".to_owned() + &"a".repeat(bounds::DIRECT_PATH);
        for path in [
            "",
            "v/x",
            "@127.0.0.1:14050/x",
            ":x@127.0.0.1/x",
            ":8443/x",
            ".other.example/x",
            "-evil.example/x",
            "//other.example/x",
            "/\\other.example/x",
            "\\\\other.example/x",
            "\t/x",
            "/x\t",
            "/x\r\nHost: other.example",
            "/x y",
            "/x\0",
            "?x@other.example/",
            "#@other.example/",
            "/x#y",
            "/ação",
            "%40other.example/x",
            "https://other.example/x",
            &long,
        ] {
            assert!(!is_path(path), "{path:?}");
        }
    }

    #[test]
    fn only_whatsapps_own_hosts_are_asked_and_only_over_tls() {
        for address in [
            "https://mmg.whatsapp.net/v/x?auth=a&token=b",
            "https://media-gru2-1.cdn.whatsapp.net/v/x",
            "https://media.fgru5-1.fna.whatsapp.net/v/x",
            "https://scontent.fbcdn.net/v/x",
            "https://MMG.whatsapp.net/v/x",
            "https://mmg.whatsapp.net:443/v/x",
            "https://web.whatsapp.com/sw.js",
        ] {
            assert!(is_whatsapps(address, false), "{address}");
        }
        for address in [
            "http://mmg.whatsapp.net/v/x",
            "https://mmg.whatsapp.net@127.0.0.1/x",
            "https://mmg.whatsapp.net:x@127.0.0.1/x",
            "https://a@mmg.whatsapp.net/x",
            "https://mmg.whatsapp.net.other.example/x",
            "https://mmg.whatsapp.net./x",
            "https://whatsapp.net.other.example/x",
            "https://evilwhatsapp.net/x",
            "https://whatsapp.com/x",
            "https://mmg.whatsapp.net:8443/x",
            "https://127.0.0.1/x",
            "https://[::1]/x",
            "https://2130706433/x",
            "https://localhost/x",
            "https://other.example\\.whatsapp.net/x",
            "https://other.example#.whatsapp.net/x",
            "https://other.example?.whatsapp.net/x",
            "ftp://mmg.whatsapp.net/x",
            "mmg.whatsapp.net/x",
            "",
        ] {
            assert!(!is_whatsapps(address, false), "{address}");
        }
        assert!(is_whatsapps("https://127.0.0.1:4433/v/x", true));
        assert!(!is_whatsapps("https://10.0.0.1:4433/v/x", true));
        assert!(!is_whatsapps("https://other.example/v/x", true));
    }

    proptest! {
        #[test]
        fn whatever_path_is_accepted_the_host_stays(
            path in "[/\\\\@:.?#%a-c0-9 \t\u{0}\\[\\]é-]{0,40}",
        ) {
            if is_path(&path) {
                let url = Url::parse(&format!("https://{HOST}{path}?auth=a&token=b")).unwrap();
                prop_assert_eq!(url.host_str(), Some(HOST));
                prop_assert_eq!((url.scheme(), url.port(), url.username()), ("https", None, ""));
                prop_assert!(url.query().is_some_and(|query| query.ends_with("auth=a&token=b")));
            }
        }

        #[test]
        fn an_address_that_is_asked_for_is_whatsapps_for_both_parsers(
            between in "[/\\\\@:.?#%a-c0-9 \t-]{0,12}", path in "\\PC{0,12}",
        ) {
            let address = format!("https://mmg.whatsapp.net{between}{path}");
            if is_whatsapps(&address, false) {
                let uri: ureq::http::Uri = address.parse().unwrap();
                prop_assert!(uri.host().unwrap().to_lowercase().ends_with(".whatsapp.net"));
                prop_assert!(uri.port_u16().is_none_or(|port| port == 443));
            }
        }

        #[test]
        fn nothing_that_is_sent_as_a_path_panics(path in ".{0,80}", host in ".{0,20}") {
            let _ = (is_path(&path), stays_on(&host, &path), is_whatsapps(&path, true));
        }
    }
}
