//! Finds the links of a text: addresses of the web ([`web`]) and of e-mail ([`mail`]), and phone
//! numbers ([`number`]).
//!
//! `linkify` was tried and rejected. With its rules for hosts and the markers of WhatsApp it finds
//! nothing in `_https://a.example_` or in `https://a.example,ok`, and no host with an underscore.

mod link;
mod mail;
mod number;
mod web;

pub(crate) use link::Link;

/// Returns the host that a link leads to, as its address has it; `None` if it is of e-mail or a phone number.
///
/// The address is one of [`Style::Link`](model::Style::Link). Those have no user before the host.
pub fn host(address: &str) -> Option<&str> {
    web::host_of(address)
}

/// Finds the links of one text.
#[derive(Debug)]
pub(crate) struct Links {
    /// Phone numbers that may still be looked up in the numbering plans.
    lookups: usize,
}

impl Links {
    pub(crate) fn new() -> Self {
        Self { lookups: number::LOOKUPS }
    }

    /// Finds no phone numbers. Formatting is the same without them, as they contain no markers.
    pub(crate) fn without_numbers() -> Self {
        Self { lookups: 0 }
    }

    /// Returns the link that begins at `start` in a text; `None` if none does.
    pub(crate) fn find(&mut self, text: &str, start: usize) -> Option<Link> {
        // The name of `www.ana@loja.example` is not a host.
        mail::find(text, start)
            .or_else(|| web::find(text, start))
            .or_else(|| number::find(text, start, &mut self.lookups))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Returns the links of a text, each with its words.
    pub(crate) fn links(text: &str) -> Vec<(&str, String)> {
        let mut links = Links::new();
        let mut found = Vec::new();
        let mut at = 0;
        while let Some(letter) = text[at..].chars().next() {
            let link = links.find(text, at);
            let next = link.as_ref().map_or(at + letter.len_utf8(), |link| link.end);
            found.extend(link.map(|link| (&text[at..link.end], link.address)));
            at = next;
        }
        found
    }

    #[test]
    fn numbers_are_left_out_where_nobody_needs_them() {
        let text = "61 99812-4471";
        assert!(Links::new().find(text, 0).is_some());
        assert_eq!(Links::without_numbers().find(text, 0), None);
        assert!(Links::without_numbers().find("www.loja.example", 0).is_some());
    }

    #[test]
    fn the_host_of_a_link_is_the_one_that_browsers_ask() {
        for (text, expected) in [
            ("www.loja.example/?a=b.example", Some("www.loja.example")),
            ("HTTPS://Loja.Example:8080/x", Some("Loja.Example")),
            ("https://loja.example?https://b.example", Some("loja.example")),
            ("https://loja.example/@b.example", Some("loja.example")),
            ("ana@loja.example", None),
            ("+55 61 99812-4471", None),
        ] {
            let (_, address) = links(text).remove(0);
            assert_eq!(host(&address), expected, "{text}");
        }
    }

    #[test]
    fn an_address_is_of_one_kind() {
        for (text, expected) in [
            ("www.ana@loja.example", "mailto:www.ana@loja.example"),
            ("https://loja.example?a=ana@b.example", "https://loja.example?a=ana@b.example"),
            ("https://loja.example/@ana", "https://loja.example/@ana"),
            ("http@loja.example", "mailto:http@loja.example"),
            ("61998124471@loja.example", "mailto:61998124471@loja.example"),
            ("https://loja.example/+5561998124471", "https://loja.example/+5561998124471"),
        ] {
            let addresses: Vec<_> = links(text).into_iter().map(|(_, address)| address).collect();
            assert_eq!(addresses, [expected], "{text}");
        }
    }
}
