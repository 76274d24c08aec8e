//! Parses WhatsApp's formatting: lines, lists and quotes, and their content.

use std::ops::Range;

use model::{MessageKind, Piece, Style, bounds};

use crate::emoji;
use crate::inline::{add_all, add_words, read, read_links};
use crate::links::Links;
use crate::mono::{self, Mono};

/// Digits of the longest number of an item.
const LONGEST_NUMBER: usize = 9;

/// Returns the text of a message with its formatting and links, or its emojis if it has nothing
/// else; empty if the text has none, or more than [`bounds::PIECES`].
///
/// Nothing is lost: in their order, the words are the text without the markers that became a style,
/// among them the line break at the end of a list or a quote.
pub fn rich(kind: MessageKind, text: &str) -> Vec<Piece> {
    large_or_formatted(kind, text, Links::new())
}

/// Returns the text of a message with its formatting and links; empty if the text has none, or more
/// than [`bounds::PIECES`].
pub(crate) fn formatted(kind: MessageKind, text: &str) -> Vec<Piece> {
    with_links(kind, text, Links::new())
}

/// Returns the same text without formatting, for a line in the list of conversations.
pub fn plain(kind: MessageKind, text: &str) -> String {
    flat(&large_or_formatted(kind, text, Links::without_numbers()), text)
}

fn large_or_formatted(kind: MessageKind, text: &str, links: Links) -> Vec<Piece> {
    // In a caption emojis have the size of other letters, as on the phone.
    let large = if kind == MessageKind::Text { emoji::large(text) } else { None };
    large.unwrap_or_else(|| with_links(kind, text, links))
}

fn with_links(kind: MessageKind, text: &str, mut links: Links) -> Vec<Piece> {
    let pieces =
        if is_formatted(kind) { blocks(text, &mut links) } else { read_links(text, &mut links) };
    let is_plain = pieces.iter().all(|piece| piece.style == Style::Words);
    if is_plain || count(&pieces) > bounds::PIECES { Vec::new() } else { pieces }
}

/// Returns the number of pieces. Phone numbers, of which there are few, count as the words that they are
/// where nobody looks them up.
fn count(pieces: &[Piece]) -> usize {
    let mut count = 0;
    let mut in_words = false;
    for piece in pieces {
        let is_words = piece.style == Style::Words || piece.text.starts_with("tel:");
        if !(is_words && in_words) {
            count += 1;
        }
        if !is_words {
            count += self::count(&piece.within);
        }
        in_words = is_words;
    }
    count
}

/// Returns the words of a text without its formatting; `text` itself if it has none.
fn flat(pieces: &[Piece], text: &str) -> String {
    if pieces.is_empty() {
        return text.to_owned();
    }
    let mut flat = String::new();
    for piece in pieces {
        match piece.style {
            Style::Bullets | Style::Numbers => {
                for item in &piece.within {
                    flat.push_str(if piece.style == Style::Bullets { "• " } else { "" });
                    item.read(&mut flat);
                    flat.push('\n');
                }
            }
            Style::Quote => {
                piece.read(&mut flat);
                flat.push('\n');
            }
            _ => piece.read(&mut flat),
        }
    }
    flat
}

/// Returns true for kinds whose text people typed. Apps wrote that of places, contacts and polls,
/// so its asterisks are no markers.
fn is_formatted(kind: MessageKind) -> bool {
    !kind.is_card()
}

/// Parses a text into its blocks and their content.
fn blocks(text: &str, links: &mut Links) -> Vec<Piece> {
    let monos = mono::spans(text);
    let mut ahead = monos.iter().peekable();
    let mut pieces: Vec<Piece> = Vec::new();
    // The list or quote of the previous line.
    let mut block: Option<Style> = None;
    for line in lines(text, &monos) {
        let (style, content) = of_line(&text[line.clone()]);
        let within = read(text, line.start + content..line.end, &mut ahead, links);
        let goes_on = block == style;
        block = style;
        match (style, pieces.last_mut().filter(|_| goes_on)) {
            (None, _) => {
                add_all(&mut pieces, within);
                if line.end < text.len() {
                    add_words(&mut pieces, "\n");
                }
            }
            (Some(Style::Quote), Some(quote)) => {
                add_words(&mut quote.within, "\n");
                add_all(&mut quote.within, within);
            }
            (Some(Style::Quote), None) => pieces.push(Piece::styled(Style::Quote, within)),
            (Some(_), Some(list)) => list.within.push(Piece::styled(Style::Item, within)),
            (Some(style), None) => {
                pieces.push(Piece::styled(style, vec![Piece::styled(Style::Item, within)]));
            }
        }
    }
    pieces
}

/// Returns the lines of a text without their breaks. A break within a monospaced span begins no
/// line.
fn lines(text: &str, monos: &[Mono]) -> Vec<Range<usize>> {
    let mut monos = monos.iter().peekable();
    let mut lines = Vec::new();
    let mut start = 0;
    for (at, _) in text.match_indices('\n') {
        while monos.next_if(|mono| mono.outer.end <= at).is_some() {}
        if monos.peek().is_none_or(|mono| at < mono.outer.start) {
            lines.push(start..at);
            start = at + 1;
        }
    }
    lines.push(start..text.len());
    lines
}

/// Returns the block that a line belongs to, and the start of its content.
fn of_line(line: &str) -> (Option<Style>, usize) {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let (style, marker, content) = if line.starts_with("- ") || line.starts_with("* ") {
        (Style::Bullets, 2, 2)
    } else if line.starts_with("> ") {
        (Style::Quote, 2, 2)
    } else if (1..=LONGEST_NUMBER).contains(&digits) && line[digits..].starts_with(". ") {
        // The number is kept as it was typed, and copied with the rest.
        (Style::Numbers, digits + 2, 0)
    } else {
        return (None, 0);
    };
    let is_blank = line[marker..].trim().is_empty();
    if is_blank { (None, 0) } else { (Some(style), content) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Renders a text as HTML, for readable tests.
    fn html(text: &str) -> String {
        fn write(pieces: &[Piece], html: &mut String) {
            for piece in pieces {
                match piece.style {
                    Style::Words => html.push_str(&piece.text),
                    style => {
                        let name = style.element().to_lowercase();
                        html.push_str(&format!("<{name}>"));
                        write(&piece.within, html);
                        html.push_str(&format!("</{name}>"));
                    }
                }
            }
        }
        let pieces = rich(MessageKind::Text, text);
        let mut html = String::new();
        write(&pieces, &mut html);
        if pieces.is_empty() { text.to_owned() } else { html }
    }

    #[test]
    fn texts_become_what_the_table_has() {
        // The preview in the browser is tested by the same table.
        let table = include_str!("../tests/formatting.tsv");
        let cases = table.lines().filter_map(|line| line.split_once('\t'));
        let mut count = 0;
        for (text, expected) in cases {
            let [text, expected] = [text, expected].map(|cell| cell.replace("\\n", "\n"));
            assert_eq!(html(&text), expected, "{text}");
            assert_eq!(rich(MessageKind::Text, &text).is_empty(), text == expected, "{text}");
            count += 1;
        }
        assert!(count > 70, "the table has {count} lines");
        assert_eq!(rich(MessageKind::Text, ""), []);
    }

    #[test]
    fn phone_numbers_and_styles_keep_out_of_each_other() {
        for (text, expected) in [
            ("*61 99812-4471*", "<strong><a>61 99812-4471</a></strong>"),
            ("- (61) 99812-4471\n- 2", "<ul><li><a>(61) 99812-4471</a></li><li>2</li></ul>"),
            ("1. 61 99812-4471", "<ol><li>1. <a>61 99812-4471</a></li></ol>"),
            ("`+5561998124471 a@x.example`", "<code>+5561998124471 a@x.example</code>"),
        ] {
            assert_eq!(html(text), expected, "{text}");
        }
        let link = &rich(MessageKind::Text, "www.a.example")[0];
        assert_eq!((link.text.as_str(), link.style), ("https://www.a.example", Style::Link));
        assert_eq!(link.within, [Piece::words("www.a.example")]);
    }

    #[test]
    fn one_to_three_emojis_alone_are_large() {
        for (text, expected) in [
            ("😀", "<span>😀</span>"),
            (" 👍🏽  ❤️\n", " <span>👍🏽</span>  <span>❤️</span>\n"),
            ("🇧🇷1️⃣👨‍👩‍👧‍👦", "<span>🇧🇷</span><span>1️⃣</span><span>👨‍👩‍👧‍👦</span>"),
        ] {
            assert_eq!(html(text), expected, "{text}");
            assert_eq!(plain(MessageKind::Text, text), text);
        }
        assert_eq!(rich(MessageKind::Image, "😀"), []);
        assert_eq!(rich(MessageKind::Text, "😀😀😀😀"), []);
    }

    #[test]
    fn a_contact_is_not_formatted_but_a_place_has_its_link() {
        assert_eq!(rich(MessageKind::Contact, "*Ana*\n+55 61"), []);
        let place = rich(MessageKind::Location, "*Loja*\nhttps://maps.google.com/?q=-1.5,2.0");
        assert_eq!(place.len(), 2);
        assert_eq!(place[0], Piece::words("*Loja*\n"));
        assert_eq!(place[1].style, Style::Link);
    }

    #[test]
    fn a_line_of_the_list_has_no_markers() {
        let plain = |text| plain(MessageKind::Text, text);
        assert_eq!(plain("*Oi* _tudo_ `bem`?"), "Oi tudo bem?");
        assert_eq!(plain("- a\n- b\nfim"), "• a\n• b\nfim");
        assert_eq!(plain("1. a\n2. b"), "1. a\n2. b\n");
        assert_eq!(plain("> a\nb"), "a\nb");
        assert_eq!(plain("2*3*4"), "2*3*4");
    }

    #[test]
    fn a_text_of_too_many_pieces_has_no_formatting() {
        let rich = |text: &str| rich(MessageKind::Text, text);
        // A style, the word in it, and the space after it.
        let most = "*a* ".repeat(bounds::PIECES / 3);
        assert_eq!(count(&rich(&most)), bounds::PIECES);
        let number = "61 99812-4471";
        assert!(!rich(&format!("{most}{number}")).is_empty(), "a number is words");
        let more = format!("{most}*b*");
        assert_eq!(rich(&more), []);
        assert_eq!(plain(MessageKind::Text, &more), more);
        assert_eq!(rich(&"- a\n".repeat(bounds::PIECES)), []);
        assert_eq!(rich(&"www.a.example ".repeat(bounds::PIECES)), []);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn plain_is_rich_without_its_formatting(
            text in "([*_~`>1é. \n-]|[a.+_-]{0,3}@[a._-]{0,3}\\.br|[+(]?(55)?61\\)? ?9?[0-9]{4}-?[0-9]{4}|https?://a|😀|.){0,12}",
        ) {
            for kind in [MessageKind::Text, MessageKind::Image, MessageKind::Contact] {
                prop_assert_eq!(plain(kind, &text), flat(&rich(kind, &text), &text));
            }
        }
    }
}
