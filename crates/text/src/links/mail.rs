//! E-mail addresses.

use super::{link::Link, web};
use crate::letters::{after, before, is_word};

/// Bytes of the longest name before the `@` (RFC 5321, 4.5.3.1.1).
const LONGEST_NAME: usize = 64;

/// Returns the address that begins at `start` in a text.
///
/// Only letters of ASCII are accepted: others look like them, and nothing in such an address means
/// anything to a mail program but the receiver.
pub(super) fn find(text: &str, start: usize) -> Option<Link> {
    let from = &text[start..];
    if !from.as_bytes().first()?.is_ascii_alphanumeric() || before(text, start).is_some_and(joins) {
        return None;
    }
    let length = name_length(from);
    let name = &from[..length];
    if length > LONGEST_NAME || name.ends_with('.') || name.contains("..") {
        return None;
    }
    let host = web::host(from[length..].strip_prefix('@')?)?;
    let (_, top) = host.rsplit_once('.')?;
    let is_host = host.is_ascii()
        && !host.contains('_')
        && top.len() >= 2
        && top.bytes().all(|byte| byte.is_ascii_alphabetic());
    let end = start + length + 1 + host.len();
    let is_whole = !after(text, end).is_some_and(|next| next == '@' || is_word(next));
    (is_host && is_whole).then(|| Link { end, address: format!("mailto:{}", &text[start..end]) })
}

/// Returns true if a text begins with the rest of a name before its `@`.
pub(super) fn goes_on(text: &str) -> bool {
    text[name_length(text)..].starts_with('@')
}

/// Returns the bytes of the name at the beginning, or more than [`LONGEST_NAME`].
fn name_length(text: &str) -> usize {
    let of_name = |byte: &u8| byte.is_ascii_alphanumeric() || b".-_+".contains(byte);
    text.bytes().take(LONGEST_NAME + 1).take_while(of_name).count()
}

/// Returns true for characters before an address that could belong to it, or to another address.
fn joins(letter: char) -> bool {
    is_word(letter) || "@/.-+%=&".contains(letter)
}

#[cfg(test)]
mod tests {
    use crate::links::tests::links;

    #[test]
    fn addresses_are_found_as_people_write_them() {
        for (text, expected) in [
            ("ana@loja.example", "ana@loja.example"),
            ("Escreva a Ana.Alves+loja@Loja.com.br.", "Ana.Alves+loja@Loja.com.br"),
            ("(ana_alves@loja.example)", "ana_alves@loja.example"),
            ("<ana@loja.example>", "ana@loja.example"),
            ("mailto:ana@loja.example?subject=x", "ana@loja.example"),
            ("*ana@loja.example*", "ana@loja.example"),
            ("_ana@loja.example_", "ana@loja.example"),
            ("ana@loja.example/x", "ana@loja.example"),
            ("ana@loja.example, sim", "ana@loja.example"),
            ("ana@www.loja.example", "ana@www.loja.example"),
        ] {
            assert_eq!(links(text), [(expected, format!("mailto:{expected}"))], "{text}");
        }
    }

    #[test]
    fn nothing_else_is_an_address() {
        for text in [
            "@ana",
            "ana@",
            "ana@loja",
            "ana@loja.",
            "ana@loja.e",
            "ana@10.0.0.7",
            "ana@@loja.example",
            "ana@loja.example@x",
            "josé@loja.example",
            "ana@lojа.example",
            "ana@loja.exampleé",
            "ana@minha_loja.example",
            "ana.@loja.example",
            "ana..b@loja.example",
            "a@b@loja.example",
            "ana %0Acc@loja.example",
            "ana@.example",
        ] {
            assert!(links(text).is_empty(), "{text}");
        }
        let long = format!("{}@loja.example", "a".repeat(65));
        assert!(links(&long).is_empty());
    }
}
