//! Finds monospaced spans: `` `within a line` `` and ```` ```over lines``` ````. Nothing in them is
//! formatted, so they are found before everything else.

use std::iter::Peekable;
use std::ops::Range;
use std::slice::Iter;

use crate::letters::{after, before, is_word};

const FENCE: &str = "```";

/// One span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mono {
    /// The span with its markers.
    pub(crate) outer: Range<usize>,
    pub(crate) inner: Range<usize>,
}

/// The spans of a text that are still ahead, from the left.
pub(crate) type Ahead<'a> = Peekable<Iter<'a, Mono>>;

/// Returns all spans of a text, in order.
pub(crate) fn spans(text: &str) -> Vec<Mono> {
    let mut spans = Vec::new();
    let mut from = 0;
    for fenced in fenced(text) {
        ticked(text, from..fenced.outer.start, &mut spans);
        from = fenced.outer.end;
        spans.push(fenced);
    }
    ticked(text, from..text.len(), &mut spans);
    spans
}

/// Returns the spans between triple backticks.
fn fenced(text: &str) -> Vec<Mono> {
    let mut spans = Vec::new();
    // The start of an open span, and the position of its first visible character.
    let mut opened: Option<(usize, usize)> = None;
    let mut at = 0;
    while let Some(found) = text[at..].find(FENCE) {
        let (start, end) = (at + found, at + found + FENCE.len());
        // Of four backticks, the last three may be the marker.
        at = start + 1;
        match opened {
            Some((begun, content)) => {
                if content < start && !after(text, end).is_some_and(is_word) {
                    let inner = begun + FENCE.len()..start;
                    spans.push(Mono { outer: begun..end, inner });
                    (opened, at) = (None, end);
                }
            }
            None => {
                let follows = after(text, end).is_some_and(|next| next != '`');
                if follows && !before(text, start).is_some_and(is_word) {
                    let blank = text[end..].len() - text[end..].trim_start().len();
                    (opened, at) = (Some((start, end + blank)), end);
                }
            }
        }
    }
    spans
}

/// Adds the spans between single backticks in a part of a text. None crosses the end of a line.
fn ticked(text: &str, part: Range<usize>, spans: &mut Vec<Mono>) {
    let mut opened: Option<usize> = None;
    for (offset, found) in text[part.clone()].match_indices(['`', '\n']) {
        let (at, next) = (part.start + offset, part.start + offset + 1);
        if found == "\n" {
            opened = None;
            continue;
        }
        let (previous, following) = (before(text, at), after(text, next));
        if previous == Some('`') || following == Some('`') {
            continue;
        }
        let is_end = !previous.is_some_and(char::is_whitespace) && !following.is_some_and(is_word);
        match opened {
            Some(begun) if is_end => {
                spans.push(Mono { outer: begun..next, inner: begun + 1..at });
                opened = None;
            }
            _ if !previous.is_some_and(is_word)
                && following.is_some_and(|next| !next.is_whitespace()) =>
            {
                opened = Some(at);
            }
            _ => {}
        }
    }
}
