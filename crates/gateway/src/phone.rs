//! Phone numbers, as people type them and as logs may show them.

/// The text is no international phone number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a phone number has 8 to 15 digits with its country code, as in +55 61 99812-4471")]
pub struct InvalidPhone;

/// Digits of a number with its country code. Ten or eleven digits are a Brazilian number without
/// the `55`, which is how people here say theirs.
///
/// # Errors
/// [`InvalidPhone`] when it cannot be a number (E.164 has at most 15 digits).
pub fn parse(text: &str) -> Result<String, InvalidPhone> {
    if text.chars().any(|c| !(c.is_ascii_digit() || " +-().".contains(c))) {
        return Err(InvalidPhone);
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let international = text.trim_start().starts_with('+');
    let digits = match digits.len() {
        10 | 11 if !international && !digits.starts_with('0') => format!("55{digits}"),
        _ => digits,
    };
    if (8..=15).contains(&digits.len()) && !digits.starts_with('0') {
        Ok(digits)
    } else {
        Err(InvalidPhone)
    }
}

/// The number with its middle hidden, for logs: `5561*****4471`.
pub(crate) fn masked(phone: &str) -> String {
    let shown = |index: usize| index < 4 || index + 4 >= phone.len();
    phone.char_indices().map(|(index, c)| if shown(index) { c } else { '*' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_type_them() {
        assert_eq!(parse("+55 (61) 99812-4471").as_deref(), Ok("5561998124471"));
        assert_eq!(parse("61 99812-4471").as_deref(), Ok("5561998124471"));
        assert_eq!(parse("+1 415 555 0100").as_deref(), Ok("14155550100"));
        for bad in
            ["", "12", "061 9981", "call me", "+55 61 99812-4471 99999", "６１９９８１２４４７１"]
        {
            assert_eq!(parse(bad), Err(InvalidPhone), "{bad:?}");
        }
    }

    #[test]
    fn logs_do_not_show_whole_numbers() {
        assert_eq!(masked("5561998124471"), "5561*****4471");
    }
}
