//! Parses the formatting within a line, as WhatsApp does: `*bold*`, `_italic_`, `~struck~`,
//! monospaced letters ([`crate::mono`]), and links.
//!
//! A marker opens before a character that is not a space, and closes after one. Its outer side must
//! not be a letter or a digit, so `2*3*4` and `snake_case_name` stay as they are. A marker without
//! its other half is a plain character. Each style is open once at a time, which bounds the depth.

use std::ops::Range;

use model::{Piece, Style};

use crate::letters::{after, before, is_word};
use crate::links::{Link, Links};
use crate::mono::Ahead;

/// Parses the line of `text` at `line`; `monos` are the monospaced spans that are still ahead.
pub(crate) fn read(
    text: &str,
    line: Range<usize>,
    monos: &mut Ahead,
    links: &mut Links,
) -> Vec<Piece> {
    Reading::new(text, links).read(line, Some(monos))
}

/// Parses the links of `text` alone.
pub(crate) fn read_links(text: &str, links: &mut Links) -> Vec<Piece> {
    Reading::new(text, links).read(0..text.len(), None)
}

/// Appends words to pieces, joined with preceding words.
pub(crate) fn add_words(pieces: &mut Vec<Piece>, words: &str) {
    match pieces.last_mut() {
        _ if words.is_empty() => {}
        Some(last) if last.style == Style::Words => last.text.push_str(words),
        _ => pieces.push(Piece::words(words)),
    }
}

/// Appends pieces to others, joining words.
pub(crate) fn add_all(pieces: &mut Vec<Piece>, more: Vec<Piece>) {
    for piece in more {
        match piece.style {
            Style::Words => add_words(pieces, &piece.text),
            _ => pieces.push(piece),
        }
    }
}

struct Reading<'a> {
    text: &'a str,
    links: &'a mut Links,
    done: Vec<Piece>,
    /// The open styles, outermost first.
    open: Vec<Open>,
}

struct Open {
    style: Style,
    marker: char,
    within: Vec<Piece>,
}

impl<'a> Reading<'a> {
    fn new(text: &'a str, links: &'a mut Links) -> Self {
        Self { text, links, done: Vec::new(), open: Vec::new() }
    }

    /// Parses a line. Without `monos` only links are parsed.
    fn read(mut self, line: Range<usize>, mut monos: Option<&mut Ahead>) -> Vec<Piece> {
        let text = self.text;
        // The text from here to `at` has only words.
        let mut words = line.start;
        let mut at = line.start;
        while let Some(letter) = text[at..line.end].chars().next() {
            let mono = monos.as_mut().and_then(|all| all.next_if(|mono| mono.outer.start == at));
            if let Some(mono) = mono {
                self.add_words(words..at);
                let inside = &text[mono.inner.clone()];
                if inside.contains('\n') {
                    self.abandon(0);
                }
                self.add(Piece::styled(Style::Mono, vec![Piece::words(inside)]));
                (at, words) = (mono.outer.end, mono.outer.end);
                continue;
            }
            if let Some(link) = self.link(at) {
                self.add_words(words..at);
                self.add(Piece::link(link.address, &text[at..link.end]));
                (at, words) = (link.end, link.end);
                continue;
            }
            let next = at + letter.len_utf8();
            if monos.is_some()
                && let Some(style) = style(letter)
            {
                let depth = self.open.iter().position(|open| open.style == style);
                let (previous, following) = (before(text, at), after(text, next));
                match depth {
                    Some(depth) if ends(letter, previous, following) => {
                        self.add_words(words..at);
                        self.close(depth);
                        words = next;
                    }
                    None if begins(letter, previous, following) => {
                        self.add_words(words..at);
                        self.open.push(Open { style, marker: letter, within: Vec::new() });
                        words = next;
                    }
                    _ => {}
                }
            }
            at = next;
        }
        self.add_words(words..line.end);
        self.abandon(0);
        self.done
    }

    /// Returns the link that begins here. A marker at its end that closes an open style is not part
    /// of it: `_https://a.example/b_c_`.
    fn link(&mut self, at: usize) -> Option<Link> {
        let text = self.text;
        let mut link = self.links.find(text, at)?;
        let mut markers: Vec<char> = self.open.iter().map(|open| open.marker).collect();
        while !after(text, link.end).is_some_and(is_word)
            && let Some(nth) = markers.iter().position(|one| text[at..link.end].ends_with(*one))
        {
            let marker = markers.swap_remove(nth);
            link = self.links.find(&text[..link.end - marker.len_utf8()], at)?;
        }
        Some(link)
    }

    fn within(&mut self) -> &mut Vec<Piece> {
        match self.open.last_mut() {
            Some(open) => &mut open.within,
            None => &mut self.done,
        }
    }

    fn add(&mut self, piece: Piece) {
        self.within().push(piece);
    }

    fn add_words(&mut self, words: Range<usize>) {
        let words = &self.text[words];
        add_words(self.within(), words);
    }

    fn close(&mut self, depth: usize) {
        self.abandon(depth + 1);
        if let Some(open) = self.open.pop() {
            self.add(Piece::styled(open.style, open.within));
        }
    }

    /// Turns open markers from this depth on back into characters.
    fn abandon(&mut self, depth: usize) {
        while self.open.len() > depth {
            let Some(open) = self.open.pop() else { return };
            let around = self.within();
            add_words(around, open.marker.encode_utf8(&mut [0; 4]));
            add_all(around, open.within);
        }
    }
}

fn style(marker: char) -> Option<Style> {
    match marker {
        '*' => Some(Style::Bold),
        '_' => Some(Style::Italic),
        '~' => Some(Style::Struck),
        _ => None,
    }
}

/// Returns true if a marker opens its style here.
fn begins(marker: char, previous: Option<char>, following: Option<char>) -> bool {
    !previous.is_some_and(is_word)
        && following.is_some_and(|next| next != marker && !next.is_whitespace())
}

/// Returns true if a marker closes its style here.
fn ends(marker: char, previous: Option<char>, following: Option<char>) -> bool {
    !following.is_some_and(is_word)
        && previous.is_some_and(|last| last != marker && !last.is_whitespace())
}
