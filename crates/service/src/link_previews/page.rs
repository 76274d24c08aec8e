//! The words and the picture by which a page describes itself: those of the Open Graph protocol
//! (<https://ogp.me>), of Twitter's cards, and the title and description of HTML itself.
//!
//! `html5gum` splits the page into its tags. It is safe Rust without dependencies, and builds no tree,
//! so a page of half a megabyte takes little more memory than that.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};

/// Bytes of a page in which it may state its encoding (HTML, "prescan a byte stream").
const ENCODING_WITHIN: usize = 1024;
/// Bytes of the words of one tag that are read; more than are shown of any.
const WORDS: usize = 8 * 1024;

/// The description that a page gives of itself. Nothing in it is checked, and no string is empty.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Description {
    pub(super) title: Option<String>,
    pub(super) description: Option<String>,
    /// The address of a picture, possibly relative to that of the page.
    pub(super) picture: Option<String>,
}

/// Values of a page, each with its rank: of two, the one with the lower rank counts, and of two with
/// the same rank the first.
#[derive(Debug, Default)]
struct Found {
    title: Option<(u8, String)>,
    description: Option<(u8, String)>,
    picture: Option<(u8, String)>,
}

/// Reads a page, or the beginning of one. `charset` is the encoding that its server stated.
pub(super) fn read(page: &[u8], charset: Option<&str>) -> Description {
    let html = decoded(page, charset);
    let mut emitter = DefaultEmitter::default();
    // The contents of scripts, styles and titles are no tags.
    emitter.naively_switch_states(true);
    let mut found = Found::default();
    // The text of the element `title` that is open.
    let mut title: Option<Vec<u8>> = None;
    // The element of a drawing is no title of the page.
    let mut drawings: usize = 0;
    for token in Tokenizer::new_with_emitter(&*html, emitter).flatten() {
        match token {
            Token::StartTag(tag) => match tag.name.as_slice() {
                b"meta" => found.add(&tag),
                b"title" if drawings == 0 => title = Some(Vec::new()),
                b"svg" if !tag.self_closing => drawings += 1,
                _ => {}
            },
            Token::String(words) => {
                if let Some(title) = title.as_mut().filter(|title| title.len() < WORDS) {
                    title.extend_from_slice(&words);
                }
            }
            Token::EndTag(tag) => match tag.name.as_slice() {
                b"title" => {
                    let words = title.take().unwrap_or_default();
                    put(&mut found.title, 2, &words);
                }
                b"svg" => drawings = drawings.saturating_sub(1),
                _ => {}
            },
            Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
        }
    }
    let words = |found: Option<(u8, String)>| found.map(|(_, words)| words);
    Description {
        title: words(found.title),
        description: words(found.description),
        picture: words(found.picture),
    }
}

impl Found {
    /// Reads a tag such as `<meta property="og:title" content="Camiseta azul">`.
    fn add(&mut self, tag: &StartTag<()>) {
        let attribute = |name: &[u8]| tag.attributes.get(name).map(|value| value.as_slice());
        let Some(content) = attribute(b"content") else { return };
        // Some pages write `name` for `property`, and the other way round.
        let Some(name) = attribute(b"property").or_else(|| attribute(b"name")) else { return };
        match name.to_ascii_lowercase().as_slice() {
            b"og:title" => put(&mut self.title, 0, content),
            b"twitter:title" => put(&mut self.title, 1, content),
            b"og:description" => put(&mut self.description, 0, content),
            b"twitter:description" => put(&mut self.description, 1, content),
            b"description" => put(&mut self.description, 2, content),
            b"og:image:secure_url" => put(&mut self.picture, 0, content),
            b"og:image" | b"og:image:url" => put(&mut self.picture, 1, content),
            b"twitter:image" | b"twitter:image:src" => put(&mut self.picture, 2, content),
            _ => {}
        }
    }
}

fn put(into: &mut Option<(u8, String)>, rank: u8, words: &[u8]) {
    let words = &words[..words.len().min(WORDS)];
    let words = String::from_utf8_lossy(words);
    let words = words.trim();
    let is_better = into.as_ref().is_none_or(|(known, _)| rank < *known);
    if is_better && !words.is_empty() {
        *into = Some((rank, words.to_owned()));
    }
}

/// Decodes a page by the encoding that its server states, or it does; else it is UTF-8, or Windows-1252
/// like pages of before.
fn decoded<'a>(page: &'a [u8], charset: Option<&str>) -> Cow<'a, str> {
    let stated = charset.and_then(|label| Encoding::for_label(label.as_bytes()));
    let encoding = stated.or_else(|| stated_in(page)).unwrap_or_else(|| match is_utf8(page) {
        true => UTF_8,
        false => WINDOWS_1252,
    });
    encoding.decode(page).0
}

/// Returns the encoding that a page states in `<meta charset=…>` or `<meta content="…; charset=…">`.
fn stated_in(page: &[u8]) -> Option<&'static Encoding> {
    const NAME: &[u8] = b"charset=";
    let head = page[..page.len().min(ENCODING_WITHIN)].to_ascii_lowercase();
    let at = head.windows(NAME.len()).position(|window| window == NAME)?;
    let label = head[at + NAME.len()..].iter().copied();
    let label = label.skip_while(|byte| matches!(byte, b'"' | b'\'' | b' '));
    let is_of_label =
        |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b':');
    let label: Vec<u8> = label.take_while(is_of_label).collect();
    // A page that was read as ASCII so far is not in UTF-16, whatever it says.
    Encoding::for_label(&label).map(Encoding::output_encoding)
}

/// Returns true if a page is UTF-8, of which the last letter may be cut.
fn is_utf8(page: &[u8]) -> bool {
    match std::str::from_utf8(page) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn described(title: &str, description: &str, picture: &str) -> Description {
        let some = |words: &str| (!words.is_empty()).then(|| words.to_owned());
        Description { title: some(title), description: some(description), picture: some(picture) }
    }

    #[test]
    fn a_page_is_described_by_its_best_words() {
        let page = r#"<!doctype html><html><head>
            <title>Loja | Camiseta</title>
            <meta name="description" content="Roupas &amp; mais">
            <meta name=twitter:title content="No Twitter">
            <META PROPERTY="OG:Title" CONTENT=" Camiseta &quot;azul&quot; ">
            <meta property="og:title" content="A segunda">
            <meta property='og:description' content='100% algod&atilde;o'>
            <meta property="og:image" content="/azul.jpg">
            <meta property="og:image" content="/verde.jpg">
            </head><body>Oi</body></html>"#;
        assert_eq!(
            read(page.as_bytes(), None),
            described("Camiseta \"azul\"", "100% algodão", "/azul.jpg")
        );
    }

    #[test]
    fn a_page_without_open_graph_has_its_title() {
        let page = "<title>\n Loja &lt;azul&gt;\n</title><meta name=description content=Roupas>";
        assert_eq!(read(page.as_bytes(), None), described("Loja <azul>", "Roupas", ""));
    }

    #[test]
    fn what_is_in_scripts_comments_and_drawings_is_not_of_the_page() {
        let page = r#"<script>var a = '<title>Script</title><meta property="og:title" content="x">'</script>
            <!-- <title>Comment</title> --><style><title>Style</title></style>
            <svg><title>Drawing</title></svg><title>Loja</title>
            <textarea><meta property="og:image" content="/x.png"></textarea>"#;
        assert_eq!(read(page.as_bytes(), None), described("Loja", "", ""));
        for empty in ["", "oi", "<title></title>", "<meta property=og:title>", "<title>sem fim"] {
            assert_eq!(read(empty.as_bytes(), None), Description::default(), "{empty}");
        }
    }

    #[test]
    fn words_are_read_in_the_encoding_of_the_page() {
        let latin = b"<title>Cal\xe7a</title>";
        let stated = [&b"<meta charset='ISO-8859-1'>"[..], latin].concat();
        for (page, charset) in
            [(&latin[..], Some("iso-8859-1")), (&stated[..], None), (&latin[..], None)]
        {
            assert_eq!(read(page, charset).title.as_deref(), Some("Calça"));
        }
        let utf8 = "<title>Calça</title>é".as_bytes();
        assert_eq!(read(&utf8[..utf8.len() - 1], None).title.as_deref(), Some("Calça"));
        assert_eq!(read(utf8, Some("nenhum")).title.as_deref(), Some("Calça"));
    }

    proptest! {
        #[test]
        fn no_page_panics_or_says_too_much(
            page in proptest::collection::vec(any::<u8>(), 0..2_000),
            charset in "[a-z0-9-]{0,9}",
        ) {
            let tag = [&b"<meta property=og:title content=\""[..], &page[..]].concat();
            for page in [&page, &tag] {
                let said = read(page, Some(charset.as_str()));
                let words = [said.title, said.description, said.picture];
                prop_assert!(words.into_iter().flatten().all(|words| words.len() <= 3 * WORDS));
            }
        }
    }
}
