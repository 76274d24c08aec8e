//! Cuts texts that are too long.

use unicode_segmentation::GraphemeCursor;

/// Returns the beginning of a text: at most `longest` code points, and whole graphemes only. A
/// single grapheme that is longer than that is cut between two of its code points.
pub fn cut(text: &str, longest: usize) -> &str {
    let Some((end, _)) = text.char_indices().nth(longest) else { return text };
    let mut cursor = GraphemeCursor::new(end, text.len(), true);
    if cursor.is_boundary(text, 0) == Ok(true) {
        return &text[..end];
    }
    match cursor.prev_boundary(text, 0) {
        Ok(Some(before)) if before > 0 => &text[..before],
        _ => &text[..end],
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_segmentation::UnicodeSegmentation as _;

    use super::*;

    #[test]
    fn no_character_is_cut_in_two() {
        assert_eq!(cut("bom dia", 7), "bom dia");
        assert_eq!(cut("bom dia", 3), "bom");
        assert_eq!(cut("ação", 3), "açã");
        assert_eq!(cut("ac\u{327}a", 2), "a", "the cedilla belongs to the letter before it");
        assert_eq!(cut("oi 👨‍👩‍👧‍👦", 6), "oi ");
        assert_eq!(cut("🇧🇷🇵🇹", 3), "🇧🇷");
        assert_eq!(cut("a\r\nb", 2), "a");
        assert_eq!(cut("oi", 0), "");
    }

    #[test]
    fn a_letter_with_endless_marks_is_cut_all_the_same() {
        let zalgo = format!("a{}", "\u{301}".repeat(10_000));
        assert_eq!(cut(&zalgo, 100).chars().count(), 100);
        assert_eq!(cut(&format!("oi{zalgo}"), 100), "oi");
    }

    proptest! {
        #[test]
        fn it_is_the_longest_beginning_that_fits(
            text in "(\\PC|[👨👩👧\u{200d}\u{301}\u{fe0f}🇧🇷🇵🇹\r\n]){0,60}", longest in 0usize..70,
        ) {
            let shown = cut(&text, longest);
            prop_assert!(text.starts_with(shown) && shown.chars().count() <= longest);
            let ends: Vec<_> = text.grapheme_indices(true).map(|(at, one)| at + one.len()).collect();
            let best = ends.iter().rev().find(|end| text[..**end].chars().count() <= longest);
            match best {
                Some(best) => prop_assert_eq!(shown.len(), *best),
                None => prop_assert_eq!(shown.chars().count(), longest.min(text.chars().count())),
            }
        }
    }
}
