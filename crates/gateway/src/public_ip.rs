//! Checks IP addresses for being public.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Returns true if a host on the internet may have this address. Private, loopback, link-local,
/// shared, reserved, documentation and multicast addresses are excluded (the registries of RFC 6890
/// and its updates), also when an IPv6 address embeds one of them.
pub fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    !matches!(
        ip.octets(),
        [0 | 10 | 127 | 224..=255, ..]
            | [100, 64..=127, ..]
            | [169, 254, ..]
            | [172, 16..=31, ..]
            | [192, 0, 0 | 2, _]
            | [192, 88, 99, _]
            | [192, 168, ..]
            | [198, 18..=19, ..]
            | [198, 51, 100, _]
            | [203, 0, 113, _]
    )
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let inside = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match ip.segments() {
        // An IPv4 address that is mapped into IPv6, or reached through a translator (RFC 6052).
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            inside(high, low)
        }
        // Teredo, other special purposes and documentation.
        [0x2001, 0..=0x01ff | 0x0db8, ..] | [0x3fff, 0..=0x0fff, ..] => false,
        // 6to4.
        [0x2002, high, low, ..] => inside(high, low),
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_in_here_are_told_from_those_out_there() {
        for ip in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.168.1.1",
            "198.18.0.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::a00:1",
            "64:ff9b:1::1",
            "fe80::1",
            "fc00::1",
            "fd12::1",
            "ff02::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "2002:c0a8:101::",
            "3fff::1",
            "4000::1",
        ] {
            assert!(!is_public(ip.parse().unwrap()), "{ip}");
        }
        for ip in [
            "157.240.12.60",
            "31.13.85.51",
            "172.32.0.1",
            "100.128.0.1",
            "192.0.1.1",
            "8.8.8.8",
            "2a03:2880:f205:c5:face:b00c:0:167",
            "64:ff9b::9df0:c3c",
            "::ffff:157.240.12.60",
            "2001:4860::1",
        ] {
            assert!(is_public(ip.parse().unwrap()), "{ip}");
        }
    }

    proptest! {
        #[test]
        fn what_the_standard_library_knows_to_be_in_here_is_not_public(bits: u32) {
            let ip = Ipv4Addr::from(bits);
            let is_special = ip.is_private() || ip.is_loopback() || ip.is_link_local()
                || ip.is_multicast() || ip.is_broadcast() || ip.is_documentation() || ip.is_unspecified();
            prop_assert!(!(is_special && is_public(IpAddr::V4(ip))));
            prop_assert_eq!(is_public(IpAddr::V4(ip)), is_public(IpAddr::V6(ip.to_ipv6_mapped())));
        }
    }
}
