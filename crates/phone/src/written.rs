//! Formats numbers for reading.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use model::PhoneNumber;
use phonenumber::Mode;

use crate::e164::e164;
use crate::forms;

/// Formatted numbers in the cache: many times as many as a list of chats shows. Matching a number
/// against the patterns of its country costs more than everything else in a row.
const KEPT: usize = 8192;

static WRITTEN: LazyLock<Mutex<HashMap<String, PhoneNumber>>> = LazyLock::new(Mutex::default);

/// Formats international digits, grouped as their country does. Digits that are no number are
/// returned with a plus and no groups.
pub fn number(digits: &str) -> PhoneNumber {
    let known = || WRITTEN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(phone) = known().get(digits) {
        return phone.clone();
    }
    let phone = PhoneNumber::written(grouped(digits).unwrap_or_else(|| format!("+{digits}")));
    let mut known = known();
    if known.len() >= KEPT {
        known.clear();
    }
    known.insert(digits.to_owned(), phone.clone());
    phone
}

fn grouped(digits: &str) -> Option<String> {
    let candidates = forms(digits);
    // The tables group the newer form; the older one has a digit less or more.
    candidates.iter().find_map(|form| {
        let written = international(form)?;
        match form == digits {
            true => Some(written),
            false => as_older(digits, &written),
        }
    })
}

fn international(digits: &str) -> Option<String> {
    let parsed = phonenumber::parse(None, format!("+{digits}")).ok()?;
    let is_it = parsed.is_valid() && e164(&parsed) == digits;
    is_it.then(|| parsed.format().mode(Mode::International).to_string())
}

/// Groups `digits` like the newer form of the same number.
fn as_older(digits: &str, newer: &str) -> Option<String> {
    let older = match digits.get(..2)? {
        // The ninth digit follows `+55 61 `.
        "55" => format!("{}{}", newer.get(..7)?, newer.get(8..)?),
        "52" => newer.replacen("+52 ", "+52 1 ", 1),
        _ => return None,
    };
    older.bytes().filter(u8::is_ascii_digit).eq(digits.bytes()).then_some(older)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_country_groups_its_own_way() {
        for (digits, written) in [
            ("5561998124471", "+55 61 99812-4471"),
            ("556133124471", "+55 61 3312-4471"),
            ("556198124471", "+55 61 9812-4471"),
            ("559991234567", "+55 99 9123-4567"),
            ("14155550100", "+1 415-555-0100"),
            ("351912345678", "+351 912 345 678"),
            ("525512345678", "+52 55 1234 5678"),
            ("5215512345678", "+52 1 55 1234 5678"),
            ("5491123456789", "+54 9 11 2345-6789"),
            ("442079460958", "+44 20 7946 0958"),
            ("390669812345", "+39 06 6981 2345"),
            ("99", "+99"),
            ("", "+"),
        ] {
            let phone = number(digits);
            assert_eq!(phone.as_str(), written);
            assert_eq!(phone.digits(), digits);
            assert_eq!(number(digits), phone, "the same from memory");
        }
    }
}
