//! E-mail addresses of users.

use unicode_normalization::UnicodeNormalization as _;

use crate::letters::{is_bidi_control, is_ignorable};

/// Bytes of the longest address that SMTP can carry (RFC 5321, 4.5.3.1.3).
const MAX: usize = 254;

/// Returns the canonical form of an address: without surrounding space, in lower case, and with
/// letters and their marks composed (NFC). `None` for a text that is no address or has an invisible
/// character: two addresses that look equal must be equal.
///
/// It catches typing errors; only an e-mail could prove that an address exists. A domain without a
/// dot is accepted: `admin@localhost` is common on private servers.
pub fn email(typed: &str) -> Option<String> {
    let typed = typed.trim();
    // This is far more than the longest address has in any form, and avoids work for longer texts.
    if typed.len() > 4 * MAX {
        return None;
    }
    let email: String = typed.to_lowercase().nfc().collect();
    let (local, domain) = email.split_once('@')?;
    let is_address = email.len() <= MAX
        && !local.is_empty()
        && !domain.is_empty()
        && !domain.contains('@')
        && !domain.starts_with('.')
        && !domain.ends_with('.')
        && email.chars().all(is_written);
    is_address.then_some(email)
}

/// Returns the canonical form of an address that was stored before there was one: without invisible
/// characters, and else as [`email`].
pub fn email_of_before(stored: &str) -> Option<String> {
    let seen: String = stored.chars().filter(|letter| !is_hidden(*letter)).collect();
    email(&seen)
}

/// Returns true for the characters of an address.
fn is_written(letter: char) -> bool {
    !letter.is_whitespace() && !is_hidden(letter)
}

/// Returns true for invisible characters.
fn is_hidden(letter: char) -> bool {
    letter.is_control() || is_bidi_control(letter) || is_ignorable(letter)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_address_has_one_form() {
        for typed in ["ana@loja.com", " Ana@Loja.COM\n", "\u{3000}ANA@loja.com\u{a0}"] {
            assert_eq!(email(typed).as_deref(), Some("ana@loja.com"), "{typed:?}");
        }
        assert_eq!(email("JOA\u{303}O@loja.com"), email("joão@loja.com"));
    }

    #[test]
    fn what_is_no_address_or_hides_something_is_refused() {
        for typed in
            ["", "ana", "@b.c", "ana@", "a@b@c", "a b@c.d", "a@.c", "a@c.", "ana＠loja.com"]
        {
            assert_eq!(email(typed), None, "{typed:?}");
        }
        for hidden in
            ['\0', '\u{7f}', '\u{85}', '\u{ad}', '\u{200b}', '\u{202e}', '\u{2066}', '\u{feff}']
        {
            assert_eq!(email(&format!("ana{hidden}@loja.com")), None, "{hidden:?}");
        }
    }

    #[test]
    fn an_address_of_before_comes_into_its_form() {
        assert_eq!(email_of_before("joa\u{303}o\u{200b}@loja.com"), email("joão@loja.com"));
        assert_eq!(email_of_before("ana@loja.com").as_deref(), Some("ana@loja.com"));
        assert_eq!(email_of_before("\u{200b}"), None);
    }

    #[test]
    fn an_address_has_at_most_254_bytes() {
        let long = |bytes: usize| format!("{}@loja.com", "a".repeat(bytes - "@loja.com".len()));
        assert!(email(&long(MAX)).is_some());
        assert_eq!(email(&long(MAX + 1)), None);
        assert_eq!(email(&"é@a".repeat(20_000)), None);
    }

    proptest! {
        #[test]
        fn the_form_of_a_form_is_itself(typed in "\\PC{0,20}@\\PC{1,20}") {
            if let Some(once) = email(&typed) {
                prop_assert_eq!(email(&once), Some(once.clone()));
            }
        }
    }
}
