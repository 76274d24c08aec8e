//! Reduces a typed or pasted number to its digits and its plus.

/// Zeros of the scripts whose digits people type or paste. The nine other digits follow each
/// (Unicode, general category Nd).
const ZEROS: &[u32] = &[
    0x0030, 0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6,
    0x0D66, 0x0DE6, 0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80,
    0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0,
    0xFF10, 0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6,
];

/// A typed number.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Plain {
    /// It began with a plus.
    pub(crate) plus: bool,
    /// ASCII digits.
    pub(crate) digits: String,
}

/// Reads a typed number; `None` if it contains other characters.
pub(crate) fn plain(typed: &str) -> Option<Plain> {
    let mut plain = Plain { plus: false, digits: String::new() };
    let mut started = false;
    for letter in without_scheme(typed).chars() {
        if let Some(digit) = digit(letter) {
            plain.digits.push(digit);
            started = true;
        } else if matches!(letter, '+' | '＋' | '﹢' | '⁺') && !plain.plus && !started {
            plain.plus = true;
        } else if !is_separator(letter) {
            return None;
        }
    }
    Some(plain)
}

/// Removes the scheme of a copied `tel:` link (RFC 3966).
fn without_scheme(typed: &str) -> &str {
    let text = typed.trim_start_matches(is_separator);
    match text.split_at_checked(4) {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("tel:") => rest,
        _ => text,
    }
}

fn digit(letter: char) -> Option<char> {
    let code = u32::from(letter);
    let zero = ZEROS.iter().find(|zero| (**zero..**zero + 10).contains(&code))?;
    char::from_digit(code - zero, 10)
}

/// Returns true for spaces, dashes, brackets and invisible characters: text that is copied from a
/// web page or a contact contains marks of writing direction.
pub(crate) fn is_separator(letter: char) -> bool {
    letter.is_whitespace()
        || matches!(letter,
            '-' | '.' | '(' | ')' | '/' | '[' | ']' | ',' | '~' | '·' | '•' | '\u{ad}'
            | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2010}'..='\u{2015}'
            | '\u{202a}'..='\u{202e}' | '\u{2043}' | '\u{2060}'..='\u{206f}' | '\u{207b}' | '\u{2212}'
            | '\u{2800}' | '\u{3164}' | '\u{30fc}' | '\u{fe58}' | '\u{fe63}' | '\u{feff}'
            | '\u{ff08}' | '\u{ff09}' | '\u{ff0d}' | '\u{ff0e}' | '\u{ff0f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_of_any_script_and_separators_of_any_kind() {
        for typed in [
            "+5561998124471",
            "+55 (61) 99812\u{2011}4471",
            "\u{202a}+55\u{a0}61\u{a0}99812\u{2011}4471\u{202c}",
            "\u{202d}+55 61 99812-4471\u{202c}\u{202e}",
            "+55.61.99812.4471",
            "＋５５　（６１）　９９８１２－４４７１",
            "+٥٥ ٦١ ٩٩٨١٢ ٤٤٧١",
            "+۵۵۶۱۹۹۸۱۲۴۴۷۱",
            "+५५ ६१ ९९८१२-४४७१",
            "tel:+55-61-99812-4471",
            "\u{feff} TEL:+5561998124471\r\n",
        ] {
            let expected = Plain { plus: true, digits: "5561998124471".to_owned() };
            assert_eq!(plain(typed), Some(expected), "{typed:?}");
        }
    }

    #[test]
    fn anything_else_is_no_number() {
        for typed in ["call me", "61 99812-4471 r. 12", "55+61", "++55", "½", "①", "+55 61 9981x"]
        {
            assert_eq!(plain(typed), None, "{typed:?}");
        }
    }
}
