/// A text as HTML, with the addresses in it as links. Everything else is escaped: texts come from
/// strangers.
pub(crate) fn linked(text: &str) -> String {
    let mut html = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("http") {
        let (before, from) = rest.split_at(at);
        escape(&mut html, before);
        let address = address(from);
        if address.is_empty() {
            let (letters, after) = from.split_at("http".len());
            escape(&mut html, letters);
            rest = after;
            continue;
        }
        html.push_str("<a target=\"_blank\" rel=\"noopener noreferrer\" href=\"");
        escape(&mut html, address);
        html.push_str("\">");
        escape(&mut html, address);
        html.push_str("</a>");
        rest = &from[address.len()..];
    }
    escape(&mut html, rest);
    html
}

/// The address at the beginning of a text, without what ends the sentence that it is in; empty if there
/// is none.
fn address(text: &str) -> &str {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    // What is a letter in every language is a table that the browser need not load.
    let begins = |letter: char| letter.is_ascii_alphanumeric() || !letter.is_ascii();
    if !host.is_some_and(|host| host.starts_with(begins)) {
        return "";
    }
    let word = text.split(char::is_whitespace).next().unwrap_or_default();
    word.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '"', '\'', '*', '_', '~'])
}

fn escape(html: &mut String, text: &str) {
    for letter in text.chars() {
        match letter {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            _ => html.push(letter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(address: &str) -> String {
        format!("<a target=\"_blank\" rel=\"noopener noreferrer\" href=\"{address}\">{address}</a>")
    }

    #[test]
    fn addresses_become_links() {
        let text = "Veja http://a.example/x?a=1&b=2 (ou https://b.example/).\nhttps://é.example!";
        let expected = format!(
            "Veja {} (ou {}).\n{}!",
            link("http://a.example/x?a=1&amp;b=2"),
            link("https://b.example/"),
            link("https://é.example")
        );
        assert_eq!(linked(text), expected);
    }

    #[test]
    fn nothing_else_becomes_html() {
        for text in ["oi", "http", "https://", "http://)", "ftp://a.example", "javascript:http:"] {
            assert_eq!(linked(text), text);
        }
        assert_eq!(linked("<b>1 & 2</b>"), "&lt;b&gt;1 &amp; 2&lt;/b&gt;");
        let quoted = linked("https://a.example/\"onclick=\"alert(1)<script>");
        assert_eq!(quoted, link("https://a.example/&quot;onclick=&quot;alert(1)&lt;script&gt;"));
    }
}
