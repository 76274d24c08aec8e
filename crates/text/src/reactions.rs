//! Checks reactions.

use model::bounds;
use unicode_segmentation::UnicodeSegmentation as _;

use crate::letters::has_visible;

/// The mark that makes a key of the character before it: 1️⃣.
const KEYCAP: char = '\u{20e3}';

/// The emojis that Unicode counts among the letters. ㊗ and ㊙ are symbols to it.
const LETTERS: [char; 6] = ['ℹ', 'Ⓜ', '🅰', '🅱', '🅾', '🅿'];

/// Returns true for a reaction: one emoji, which is a grapheme of any number of code points. Apps
/// offer nothing else.
pub fn is_reaction(emoji: &str) -> bool {
    emoji.len() <= bounds::REACTION
        && has_visible(emoji)
        && emoji.graphemes(true).count() == 1
        && (is_keycap(emoji) || !emoji.chars().any(is_writing))
}

/// Returns the reaction that these emojis begin with; `None` if they do not.
pub fn first_reaction(emojis: &str) -> Option<&str> {
    emojis.graphemes(true).next().filter(|first| is_reaction(first))
}

fn is_keycap(emoji: &str) -> bool {
    emoji.starts_with(|key: char| key.is_ascii_digit() || key == '#' || key == '*')
        && emoji.ends_with(KEYCAP)
}

/// Returns true for what texts are written with: letters, digits and ASCII.
fn is_writing(character: char) -> bool {
    character.is_ascii() || (character.is_alphanumeric() && !LETTERS.contains(&character))
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

    #[test]
    fn several_emojis_begin_with_a_reaction_and_words_do_not() {
        assert_eq!(first_reaction(&"😀".repeat(60)), Some("😀"));
        assert_eq!(first_reaction("👍🏽oi"), Some("👍🏽"));
        assert_eq!(first_reaction("🇧🇷🇵🇹"), Some("🇧🇷"));
        let zalgo = format!("👍{}", "\u{301}".repeat(10_000));
        for none in ["", "oi 👍", " 👍", "\u{202e}👍", &zalgo] {
            assert_eq!(first_reaction(none), None, "{none}");
        }
    }

    #[test]
    fn a_letter_is_no_reaction_unless_it_is_an_emoji() {
        for one in [
            "ℹ️", "ℹ", "Ⓜ️", "🅰️", "🅱", "🅾️", "🅿", "㊗️", "㊙", "#️⃣", "*️⃣", "0⃣", "©️", "™", "‼️",
            "🆗", "🔟",
        ] {
            assert!(is_reaction(one), "{one}");
        }
        for none in [
            "a",
            "A",
            "é",
            "e\u{301}",
            "ß",
            "王",
            "ع",
            "ツ",
            "1",
            "٣",
            "①",
            "²",
            "!",
            "#",
            "<",
            "1\u{fe0f}",
            "a\u{20e3}",
        ] {
            assert!(!is_reaction(none), "{none}");
        }
    }
}
