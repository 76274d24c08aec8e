//! International digits, as in E.164 without the plus.

use phonenumber::{Mode, PhoneNumber};

/// Returns the digits of a number.
pub(crate) fn e164(parsed: &PhoneNumber) -> String {
    parsed.format().mode(Mode::E164).to_string().trim_start_matches('+').to_owned()
}

/// Returns true for the digits that a number can have with its country code. Numbering plans are not asked.
pub fn is_international(digits: &str) -> bool {
    (8..=15).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_with_its_country_has_8_to_15_digits() {
        for digits in ["12345678", "5561998124471", "123456789012345"] {
            assert!(is_international(digits), "{digits}");
        }
        for other in
            ["", "1234567", "1234567890123456", "+5561998124471", "5561 9981244", "٥٥٦١٩٩٨١"]
        {
            assert!(!is_international(other), "{other}");
        }
    }
}
