//! Numbers in links that open a chat on WhatsApp.

use crate::plain::is_separator;

/// Beginnings of links whose query has the number as `phone`.
const SEND: [&str; 4] =
    ["api.whatsapp.com/send", "web.whatsapp.com/send", "whatsapp.com/send", "whatsapp://send"];

/// Returns the number in a link such as `https://wa.me/5561998124471?text=Oi`, in international digits
/// with or without a plus; `None` for any other text. The form of these links is WhatsApp's "click to
/// chat". A link without a number (`wa.me/message/…`) returns what stands in its place.
pub(crate) fn number_in(typed: &str) -> Option<String> {
    let text = typed.trim_start_matches(is_separator);
    let text =
        ["https://", "http://"].iter().find_map(|scheme| strip(text, scheme)).unwrap_or(text);
    let text = strip(text, "www.").unwrap_or(text);
    let number = match strip(text, "wa.me/") {
        Some(path) => path.split(['/', '?', '#']).next().unwrap_or_default(),
        None => {
            let rest = SEND.iter().find_map(|beginning| strip(text, beginning))?;
            let (_, query) = rest.split_once('?')?;
            let mut values = query.split(['&', '#']).filter_map(|pair| strip(pair, "phone="));
            values.next()?
        }
    };
    Some(number.replace("%2B", "+").replace("%2b", "+").replace("%20", " "))
}

/// Returns the rest of a text that begins with `prefix`, in any case.
fn strip<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (beginning, rest) = text.split_at_checked(prefix.len())?;
    beginning.eq_ignore_ascii_case(prefix).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_has_a_number() {
        for (link, number) in [
            ("https://wa.me/5561998124471", "5561998124471"),
            ("wa.me/+5561998124471", "+5561998124471"),
            ("  HTTP://WWW.WA.ME/5561998124471/?text=61%2099999", "5561998124471"),
            ("https://api.whatsapp.com/send?phone=5561998124471&text=Oi", "5561998124471"),
            ("https://api.whatsapp.com/send/?text=Oi&phone=%2B55%2061998124471", "+55 61998124471"),
            ("https://web.whatsapp.com/send?phone=5561998124471#x", "5561998124471"),
            ("whatsapp://send?phone=+5561998124471", "+5561998124471"),
            ("https://wa.me/message/ABC123", "message"),
            ("https://wa.me/", ""),
        ] {
            assert_eq!(number_in(link).as_deref(), Some(number), "{link}");
        }
    }

    #[test]
    fn other_texts_are_no_links() {
        for text in [
            "",
            "61 99812-4471",
            "tel:+5561998124471",
            "https://wa.me.example/5561998124471",
            "https://example.com/send?phone=5561998124471",
            "https://api.whatsapp.com/send?text=5561998124471",
            "https://chat.whatsapp.com/ABC",
            "é",
        ] {
            assert_eq!(number_in(text), None, "{text}");
        }
    }
}
