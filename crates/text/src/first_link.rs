//! The first link of a text, of which a preview is made.

use model::{MessageKind, Piece, Style};

use crate::{host, rich};

/// A link of a text to an address of the web.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebLink {
    /// The link as the text has it, such as `www.loja.example`.
    pub written: String,
    /// The address that it leads to, such as `https://www.loja.example`.
    pub address: String,
}

/// Returns the first link of a text to an address of the web, as its bubble has it: none is found
/// between the markers of code. `None` if it has none.
pub fn first_link(text: &str) -> Option<WebLink> {
    first(&rich(MessageKind::Text, text))
}

fn first(pieces: &[Piece]) -> Option<WebLink> {
    pieces.iter().find_map(|piece| {
        if piece.style != Style::Link {
            return first(&piece.within);
        }
        // Addresses of e-mail and phone numbers have no host.
        host(&piece.text)?;
        let mut written = String::new();
        piece.read(&mut written);
        Some(WebLink { written, address: piece.text.clone() })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_address_of_the_web_is_found_as_it_is_shown() {
        for (text, expected) in [
            ("Veja https://loja.example/azul.", Some("https://loja.example/azul")),
            ("*www.loja.example* e https://b.example", Some("https://www.loja.example")),
            ("ana@loja.example, 61 99812-4471, http://b.example", Some("http://b.example")),
            ("`https://loja.example` https://b.example", Some("https://b.example")),
            ("> https://loja.example", Some("https://loja.example")),
            ("https://loja.example@mal.example/", None),
            ("javascript:alert(1)", None),
            ("oi", None),
            ("", None),
        ] {
            let found = first_link(text);
            let address = found.as_ref().map(|link| link.address.as_str());
            assert_eq!(address, expected, "{text}");
            assert!(found.is_none_or(|link| text.contains(&link.written)), "{text}");
        }
    }
}
