//! The beginning of a text for a bubble.

use model::{MessageKind, Piece, Style, bounds};

use crate::letters::is_line_break;
use crate::rich::formatted;
use crate::{calm, cut, rich};

/// Bytes that a beginning is shortened by at most, to end between two words.
const LONGEST_WORD: usize = 2048;

/// A text as a page carries it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The text, or its beginning.
    pub text: String,
    /// The same text with its formatting and links; empty if it has none.
    pub rich: Vec<Piece>,
    /// The text is longer.
    pub more: bool,
}

/// Returns the beginning of a text of at most [`bounds::BUBBLE`] characters in at most
/// [`bounds::BUBBLE_LINES`] lines, and fewer if those would take more than [`bounds::BUBBLE_BYTES`]
/// in a page or, formatted, [`bounds::RICH_BYTES`]. It suffices to pass one character more than
/// [`bounds::BUBBLE`].
///
/// It ends between two words, or has no link at its end: half an address is the address of another
/// site. A phone number has spaces, so none is a link at the end of a beginning.
pub fn shown(kind: MessageKind, text: &str) -> Shown {
    // This is counted before floods of marks are removed, since the text after them may be missing
    // here.
    let is_part = text.chars().nth(bounds::BUBBLE).is_some();
    let text = &*calm(text.to_owned());
    let mut room = bounds::BUBBLE_BYTES;
    let mut lines = bounds::BUBBLE_LINES;
    let fits = |letter: &char| {
        let left = room.checked_sub(size_of_letter(*letter));
        room = left.unwrap_or(0);
        // A carriage return and a line feed are one break.
        lines -= usize::from(is_line_break(*letter) && *letter != '\r');
        left.is_some() && lines > 0
    };
    let mut longest = text.chars().take(bounds::BUBBLE).take_while(fits).count();
    loop {
        let longest_beginning = cut(text, longest);
        let goes_on = is_part || longest_beginning.len() < text.len();
        let words = if goes_on { whole_words(text, longest_beginning) } else { Some(text) };
        let beginning = words.unwrap_or(longest_beginning);
        let mut pieces = if goes_on { formatted(kind, beginning) } else { rich(kind, beginning) };
        if goes_on {
            unlink_number(&mut pieces);
            if words.is_none() {
                unlink_last(&mut pieces);
            }
            if pieces.iter().all(|piece| piece.style == Style::Words) {
                pieces.clear();
            }
        }
        if pieces.iter().map(size_of).sum::<usize>() <= bounds::RICH_BYTES {
            return Shown { text: beginning.to_owned(), rich: pieces, more: goes_on };
        }
        // If nearly every letter is formatted, the beginning is shortened to keep its formatting.
        longest = longest / 4 * 3;
    }
}

/// Returns the beginning without the word that it ends in; `None` if that word is too long.
fn whole_words<'a>(text: &str, beginning: &'a str) -> Option<&'a str> {
    if text[beginning.len()..].starts_with(char::is_whitespace) {
        return Some(beginning);
    }
    let end = beginning.rfind(char::is_whitespace)?;
    let words = beginning[..end].trim_end();
    (beginning.len() - end <= LONGEST_WORD && !words.is_empty()).then_some(words)
}

/// Turns a link in the last word into plain words. Returns true once the start of that word is
/// reached.
fn unlink_last(pieces: &mut [Piece]) -> bool {
    for piece in pieces.iter_mut().rev() {
        let is_done = match piece.style {
            Style::Words => piece.text.contains(char::is_whitespace),
            Style::Link => {
                unlink(piece);
                true
            }
            _ => unlink_last(&mut piece.within),
        };
        if is_done {
            return true;
        }
    }
    false
}

/// Turns a phone number at the end into plain words: the rest of it may be missing.
fn unlink_number(pieces: &mut [Piece]) {
    let Some(last) = pieces.last_mut() else { return };
    if last.style == Style::Link && last.text.starts_with("tel:") {
        unlink(last);
    } else {
        unlink_number(&mut last.within);
    }
}

fn unlink(link: &mut Piece) {
    let mut written = String::new();
    link.read(&mut written);
    *link = Piece::words(&written);
}

/// Returns the bytes of a text in a property of an island: JSON within an attribute.
pub fn size(text: &str) -> usize {
    text.chars().map(size_of_letter).sum()
}

fn size_of_letter(letter: char) -> usize {
    match letter {
        '"' | '\\' => 7,
        '\n' | '\t' => 2,
        '<' | '>' | '&' | '\'' => 6,
        letter if letter.is_control() => 6,
        letter => letter.len_utf8(),
    }
}

/// Returns the bytes of a piece in such a property, with the syntax around its words.
pub fn size_of(piece: &Piece) -> usize {
    const AROUND: usize = 40;
    AROUND + size(&piece.text) + piece.within.iter().map(size_of).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TEXT: MessageKind = MessageKind::Text;

    #[test]
    fn what_fits_is_shown_whole() {
        let whole = "a".repeat(bounds::BUBBLE);
        let of_whole = shown(TEXT, &whole);
        assert_eq!((of_whole.text.as_str(), of_whole.more), (whole.as_str(), false));
        let longer = shown(TEXT, &format!("{whole}b"));
        assert_eq!((longer.text, longer.more), (whole, true));
        assert_eq!(shown(TEXT, ""), Shown { text: String::new(), rich: vec![], more: false });
    }

    #[test]
    fn what_takes_more_room_than_it_has_letters_is_cut_earlier() {
        for letters in ["\"", "\u{1}", "👍", "王", "&"] {
            let of_it = shown(TEXT, &letters.repeat(bounds::BUBBLE));
            let room = size(&of_it.text);
            assert!(room <= bounds::BUBBLE_BYTES && of_it.more, "{letters:?}");
            assert!(room + 10 > bounds::BUBBLE_BYTES, "{letters:?}: as much as there is room for");
        }
        let stars = shown(TEXT, &"*a* ".repeat(bounds::BUBBLE));
        assert!(stars.more && !stars.rich.is_empty());
        let links = shown(TEXT, &"http://a.example ".repeat(bounds::BUBBLE));
        assert!(links.more && !links.rich.is_empty());
    }

    #[test]
    fn half_an_address_is_no_link() {
        let after = |before: char, end: &str| {
            let length = bounds::BUBBLE - 1 - end.chars().count();
            format!("{}{before}{end}", "a".repeat(length))
        };
        let words = |text: &str| text.split(' ').next().unwrap().to_owned();
        for cut_off in ["m.br/x", "m"] {
            // The beginning ends after `https://loja.co`.
            let text = after(' ', "https://loja.co") + cut_off;
            let of_it = shown(TEXT, &text);
            assert_eq!((of_it.text, of_it.rich, of_it.more), (words(&text), vec![], true));
            for end in ["https://loja.co", "https://loja.com.", "*x*https://loja.co"] {
                let beginning = after('(', end);
                let of_it = shown(TEXT, &(beginning.clone() + cut_off));
                assert_eq!((of_it.text, of_it.more), (beginning, true));
                assert!(of_it.rich.iter().all(|piece| piece.style != Style::Link), "{end}");
            }
        }
        for (end, rest) in [("https://loja.com", " e mais"), ("https://loja.com", "")] {
            let of_it = shown(TEXT, &(after(' ', end) + rest));
            assert_eq!(of_it.rich.last().map(|piece| &*piece.text), Some("https://loja.com"));
        }
        let earlier = after(' ', "https://loja.com b");
        let of_it = shown(TEXT, &(earlier + "c"));
        assert!(of_it.text.ends_with("https://loja.com") && !of_it.rich.is_empty());
    }

    #[test]
    fn many_short_lines_are_folded() {
        let line = "ok\n";
        let of_it = shown(TEXT, &line.repeat(1_000));
        assert_eq!(of_it.text, line.repeat(bounds::BUBBLE_LINES).trim_end());
        assert!(of_it.more);
        let whole = line.repeat(bounds::BUBBLE_LINES);
        assert!(!shown(TEXT, whole.trim_end()).more);
        assert!(!shown(TEXT, &"ok\r\n".repeat(bounds::BUBBLE_LINES - 1)).more);
        assert!(shown(TEXT, &"ok\u{2028}".repeat(1_000)).more);
    }

    #[test]
    fn a_beginning_has_no_number_at_its_end_and_no_large_emoji() {
        let number = "+55 61 99812-4471";
        let text = format!("{} {number}", "a".repeat(bounds::BUBBLE - 1 - number.len()));
        assert_eq!(shown(TEXT, &text).rich.len(), 2);
        let of_it = shown(TEXT, &format!("{text} 22"));
        assert_eq!((of_it.text.as_str(), of_it.rich, of_it.more), (text.as_str(), vec![], true));
        let bold = "*61 99812-4471*";
        let text = format!("{} {bold} 22", "a".repeat(bounds::BUBBLE - 1 - bold.len()));
        let of_it = shown(TEXT, &text);
        let within = of_it.rich.last().map(|piece| piece.within.as_slice());
        assert_eq!(within, Some([Piece::words("61 99812-4471")].as_slice()));

        let of_it = shown(TEXT, &format!("👍{}fim", " ".repeat(bounds::BUBBLE)));
        assert_eq!((of_it.rich, of_it.more), (vec![], true));
        assert_eq!(shown(TEXT, "👍").rich.len(), 1);
    }

    proptest! {
        #[test]
        fn it_stays_within_its_bounds(text in "(\\PC|[*_~`\"\n\r> -]|http://a.b/){0,800}") {
            let of_it = shown(TEXT, &text.repeat(8));
            prop_assert!(size(&of_it.text) <= bounds::BUBBLE_BYTES);
            prop_assert!(of_it.rich.iter().map(size_of).sum::<usize>() <= bounds::RICH_BYTES);
            prop_assert!(of_it.text.chars().count() <= bounds::BUBBLE);
            prop_assert!(of_it.text.lines().count() <= bounds::BUBBLE_LINES);
        }
    }
}
