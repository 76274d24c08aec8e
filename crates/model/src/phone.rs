//! A phone number.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A phone number with its country code, formatted for reading: `+55 61 99812-4471`. Two are the
/// same number if their digits are equal. The server creates it, since it knows the format of each
/// country.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PhoneNumber(String);

impl PhoneNumber {
    /// Takes the formatted number. Digits alone do not determine their grouping.
    pub fn written(text: String) -> Self {
        Self(text)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the international digits, as WhatsApp has them: `5561998124471`.
    pub fn digits(&self) -> String {
        self.0.chars().filter(char::is_ascii_digit).collect()
    }
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::PhoneNumber;

    #[test]
    fn it_travels_as_it_is_read() {
        let phone = PhoneNumber::written("+1 415-555-0100".to_owned());
        let json = serde_json::to_string(&phone).unwrap();
        assert_eq!(json, r#""+1 415-555-0100""#);
        assert_eq!(serde_json::from_str::<PhoneNumber>(&json).unwrap(), phone);
        assert_eq!(phone.digits(), "14155550100");
    }
}
