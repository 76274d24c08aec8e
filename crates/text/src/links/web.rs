//! Addresses of the web: `http://…`, `https://…` and `www.…`, in any case.

use super::link::Link;
use crate::letters::{
    is_bidi_control, is_dash, is_ignorable, is_line_break, is_punctuation, is_word,
};

/// Bytes of the longest host (RFC 1035 has 255 with the bytes around the labels).
const LONGEST_HOST: usize = 253;

/// Returns the address that begins at `start` in a text.
pub(super) fn find(text: &str, start: usize) -> Option<Link> {
    let end = end_at(text, start)?;
    Some(Link { end, address: address(&text[start..end]) })
}

fn end_at(text: &str, start: usize) -> Option<usize> {
    let from = &text[start..];
    let (scheme, labels) = match from.as_bytes().first()? {
        b'h' | b'H' => (scheme(from)?, 1),
        // An address without a scheme needs more labels: `www.loja.example`.
        b'w' | b'W' if begins(from, "www.") => (0, 3),
        _ => return None,
    };
    let before = text[..start].chars().next_back();
    if before.is_some_and(|before| is_word(before) || (labels > 1 && "@/.-".contains(before))) {
        return None;
    }
    let authority = &from[scheme..];
    let host = host(authority)?;
    if host.split('.').count() < labels {
        return None;
    }
    let mut end = scheme + host.len();
    end += port(&from[end..]);
    if has_user(&from[end..]) {
        return None;
    }
    if from[end..].starts_with(['/', '?', '#']) {
        end += rest(&from[end..]);
    }
    Some(start + end)
}

/// Returns the URL to open for an address as it was typed.
fn address(written: &str) -> String {
    match begins(written, "www.") {
        // Browsers try HTTPS first too, and it hides the request from others.
        true => format!("https://{written}"),
        false => written.to_owned(),
    }
}

/// Returns the host of an address with a scheme.
pub(super) fn host_of(address: &str) -> Option<&str> {
    host(address.get(scheme(address)?..)?)
}

fn scheme(text: &str) -> Option<usize> {
    ["https://", "http://"].into_iter().find(|one| begins(text, one)).map(str::len)
}

fn begins(text: &str, with: &str) -> bool {
    text.get(..with.len()).is_some_and(|beginning| beginning.eq_ignore_ascii_case(with))
}

/// Returns the host at the beginning: labels of letters, digits, `-` and `_`, with single dots
/// between.
pub(super) fn host(text: &str) -> Option<&str> {
    let is_of_host = |letter: char| is_word(letter) || matches!(letter, '.' | '-' | '_');
    let mut end = 0;
    let mut after_dot = true;
    for (at, letter) in text.char_indices() {
        let is_empty_label = letter == '.' && after_dot;
        if at >= LONGEST_HOST || !is_of_host(letter) || is_empty_label {
            break;
        }
        after_dot = letter == '.';
        // Dots, hyphens and underscores belong to it only if more follows.
        if is_word(letter) {
            end = at + letter.len_utf8();
        }
    }
    let host = &text[..end];
    host.starts_with(is_word).then_some(host)
}

/// Returns the length of a port such as `:8080`.
fn port(text: &str) -> usize {
    let Some(digits) = text.strip_prefix(':') else { return 0 };
    let count = digits.bytes().take_while(u8::is_ascii_digit).count();
    if (1..=5).contains(&count) { 1 + count } else { 0 }
}

/// Returns true if an `@` follows before the path. The words so far are then the name of a user, and the
/// host is behind them: `https://loja.example@host.example/`.
fn has_user(text: &str) -> bool {
    let authority = text.chars().take(LONGEST_HOST);
    let mut authority = authority.take_while(|letter| !ends(*letter) && !"/\\?#".contains(*letter));
    authority.any(|letter| letter == '@')
}

/// Returns the length of path, query and fragment, without the characters that end the sentence or
/// the brackets around them.
fn rest(text: &str) -> usize {
    let mut open: [usize; 3] = [0; 3];
    let mut end = 0;
    for (at, letter) in text.char_indices() {
        if ends(letter) {
            break;
        }
        if let Some(kind) = "([{".find(letter) {
            open[kind] += 1;
            continue;
        }
        if let Some(kind) = ")]}".find(letter) {
            match open[kind].checked_sub(1) {
                Some(fewer) => open[kind] = fewer,
                None => break,
            }
        } else if !may_be_last(letter) {
            continue;
        }
        end = at + letter.len_utf8();
    }
    end
}

/// Returns true for characters that are never in an address.
fn ends(letter: char) -> bool {
    letter.is_whitespace()
        || letter.is_control()
        || is_line_break(letter)
        || is_bidi_control(letter)
        || is_ignorable(letter)
        || matches!(letter, '<' | '>' | '"' | '`' | '|')
        || "。、，！？；：（）「」『』【】《》".contains(letter)
}

/// Returns true for characters that may end an address.
fn may_be_last(letter: char) -> bool {
    match letter.is_ascii() {
        true => !matches!(letter, '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*'),
        false => !is_punctuation(letter) || is_dash(letter),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(text: &str) -> Vec<&str> {
        let mut found = Vec::new();
        let mut at = 0;
        while let Some(letter) = text[at..].chars().next() {
            let end = end_at(text, at);
            found.extend(end.map(|end| &text[at..end]));
            at = end.unwrap_or(at + letter.len_utf8());
        }
        found
    }

    #[test]
    fn addresses_are_found_as_people_write_them() {
        for (text, expected) in [
            ("Veja Https://Loja.example/Azul.", "Https://Loja.example/Azul"),
            ("HTTP://LOJA.EXAMPLE!", "HTTP://LOJA.EXAMPLE"),
            ("www.loja.example, serve?", "www.loja.example"),
            ("WWW.Loja.example/a?b=1", "WWW.Loja.example/a?b=1"),
            (
                "https://pt.wikipedia.org/wiki/Ceres_(planeta)",
                "https://pt.wikipedia.org/wiki/Ceres_(planeta)",
            ),
            ("(em https://a.example/Ceres_(planeta)).", "https://a.example/Ceres_(planeta)"),
            ("(https://a.example/x)", "https://a.example/x"),
            ("<https://a.example/x>", "https://a.example/x"),
            ("https://a.example/Foo_", "https://a.example/Foo_"),
            ("https://a.example/~ana~", "https://a.example/~ana~"),
            ("_https://a.example_", "https://a.example"),
            ("*https://a.example/x*", "https://a.example/x"),
            ("~www.a.example~", "www.a.example"),
            ("\"https://a.example/x\"", "https://a.example/x"),
            ("“https://a.example/x”", "https://a.example/x"),
            ("https://a.example/x…", "https://a.example/x"),
            ("https://a.example/café?q=ção#fim;", "https://a.example/café?q=ção#fim"),
            ("https://é.example!", "https://é.example"),
            ("http://почта.рф/письмо", "http://почта.рф/письмо"),
            ("http://localhost:3000/x", "http://localhost:3000/x"),
            ("http://10.0.0.7:", "http://10.0.0.7"),
            ("https://minha_loja.example/", "https://minha_loja.example/"),
            ("https://a.example,ok", "https://a.example"),
            ("https://a.example...", "https://a.example"),
            ("https://a.example?x=1&y=[2]", "https://a.example?x=1&y=[2]"),
            ("https://a.example/x،", "https://a.example/x"),
            ("https://a.example/x。好", "https://a.example/x"),
            ("https://a.example/\u{202e}gpj.x", "https://a.example/"),
            ("https://a.example/a\u{200b}b", "https://a.example/a"),
            ("[texto](https://a.example/x)", "https://a.example/x"),
        ] {
            assert_eq!(links(text), [expected], "{text}");
        }
        let two = links("https://a.example/1;https://b.example\nhttp://c.example/");
        assert_eq!(two, ["https://a.example/1;https://b.example", "http://c.example/"]);
    }

    #[test]
    fn nothing_else_is_an_address() {
        for text in [
            "https://",
            "http://)",
            "http",
            "ftp://a.example",
            "javascript:alert(1)",
            "data:text/html,x",
            "ana@loja.example",
            "ana@www.loja.example",
            "www.",
            "www.loja",
            "xhttps://a.example",
            "loja.www.com.example",
            "arquivo.pdf",
            "https:/a.example",
            "https://.example",
            "2:3//x",
            "https://ana@b.example/",
            "https://a.example@b.example",
            "https://a.example:80@b.example/x",
            "http://ana:1@b.example",
            "https://a.example,x@b.example",
        ] {
            assert_eq!(links(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn an_address_without_a_scheme_is_opened_safely() {
        assert_eq!(address("www.a.example"), "https://www.a.example");
        assert_eq!(address("Http://a.example"), "Http://a.example");
    }
}
