//! Checks reactions.

use model::bounds;
use unicode_segmentation::UnicodeSegmentation as _;

use crate::letters::has_visible;

/// Returns true for a reaction: one grapheme, of any number of code points. Apps offer nothing
/// else.
pub fn is_reaction(emoji: &str) -> bool {
    emoji.len() <= bounds::REACTION && has_visible(emoji) && emoji.graphemes(true).count() == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reaction_is_one_emoji_of_any_length() {
        for one in ["👍", "👍🏽", "❤️", "❤", "👨‍👩‍👧‍👦", "👩🏽‍❤️‍💋‍👨🏿", "🇧🇷", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "1️⃣"]
        {
            assert!(is_reaction(one), "{one}");
        }
        let zalgo = format!("a{}", "\u{301}".repeat(10_000));
        for none in ["", " ", "👍👍", "👍 ", "oi", "🇧🇷🇵🇹", "\u{200b}", "\u{fe0f}", &zalgo]
        {
            assert!(!is_reaction(none), "{none}");
        }
    }
}
