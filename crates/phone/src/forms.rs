//! The alternative digits of one phone.
//!
//! Three countries changed the form of mobile numbers after WhatsApp had accounts there. Older
//! accounts kept the form of their creation, and people type either:
//!
//! - Brazil added a 9 in front of mobile numbers between 2012 and 2016.
//! - Mexico wrote a 1 after its country code for mobiles until 2019.
//! - Argentina writes a 9 after its country code for mobiles when called from abroad.

use std::collections::BTreeSet;

/// Returns every form of a number in international digits, itself included. Each form has the same
/// forms.
pub fn forms(digits: &str) -> BTreeSet<String> {
    let mut forms = BTreeSet::from([digits.to_owned()]);
    forms.extend(other_form(digits));
    forms
}

/// Returns true if two numbers, in international digits, are one phone.
pub fn is_same(one: &str, other: &str) -> bool {
    one == other || other_form(one).as_deref() == Some(other)
}

/// Returns the other form of a number, if it has one.
fn other_form(digits: &str) -> Option<String> {
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (country, national) = digits.split_at_checked(2)?;
    match country {
        "55" => brazilian(national),
        // National numbers have ten digits and begin with 2 to 9.
        "52" => optional(country, '1', national, b'2'..=b'9'),
        // Ten digits as well; areas begin with 1 (Buenos Aires), 2 or 3.
        "54" => optional(country, '9', national, b'1'..=b'3'),
        _ => None,
    }
}

/// Adds or removes the 9 between the two digits of the area and the eight of the subscriber. Only
/// subscriber numbers that begin with 6 to 9 were mobile before the ninth digit: 2 to 5 are
/// landlines, which never got one.
fn brazilian(national: &str) -> Option<String> {
    let (area, subscriber) = national.split_at_checked(2)?;
    let was_mobile = |number: &str| matches!(number.as_bytes().first(), Some(b'6'..=b'9'));
    match (subscriber.len(), subscriber.strip_prefix('9')) {
        (9, Some(short)) if was_mobile(short) => Some(format!("55{area}{short}")),
        (8, _) if was_mobile(subscriber) => Some(format!("55{area}9{subscriber}")),
        _ => None,
    }
}

/// Adds or removes a mark between the country code and a national number of ten digits.
fn optional(
    country: &str,
    mark: char,
    national: &str,
    first: std::ops::RangeInclusive<u8>,
) -> Option<String> {
    let is_number =
        |text: &str| text.len() == 10 && first.contains(text.as_bytes().first().unwrap_or(&0));
    match national.strip_prefix(mark) {
        Some(rest) if is_number(rest) => Some(format!("{country}{rest}")),
        _ if is_number(national) => Some(format!("{country}{mark}{national}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn older_and_newer_forms_are_one_phone() {
        for (one, other) in [
            ("5561998124471", "556198124471"),
            ("525512345678", "5215512345678"),
            ("528112345678", "5218112345678"),
            ("541112345678", "5491112345678"),
            ("542214567890", "5492214567890"),
        ] {
            assert!(is_same(one, other) && is_same(other, one), "{one} {other}");
            assert_eq!(forms(one), forms(other));
        }
    }

    #[test]
    fn other_numbers_have_one_form() {
        for number in [
            // A landline, other countries, and numbers that are too short or too long for the
            // rules.
            "556133124471",
            "14155552671",
            "351912345678",
            "52155123456",
            "52551234567890",
            "5411123456",
            "549111234567",
            "55",
            "5",
            "",
            "5561",
            "551155",
            "52x5123456789",
            "é5123456789",
        ] {
            assert_eq!(forms(number).len(), 1, "{number}");
        }
    }

    proptest! {
        /// "Is the same phone" is an equivalence, whichever form is seen first.
        #[test]
        fn any_form_finds_all_of_them(
            number in "(55)?[1-9]{2}9?[0-9]{8}|52[0-9]{9,12}|54[0-9]{9,12}|[0-9]{5,15}",
        ) {
            let all = forms(&number);
            prop_assert!(all.contains(&number) && all.len() <= 2);
            for one in &all {
                prop_assert_eq!(&forms(one), &all);
                prop_assert!(all.iter().all(|other| is_same(one, other)));
            }
        }

        /// Different subscribers never meet.
        #[test]
        fn different_subscribers_stay_apart(
            one in "(55[1-9]{2}[6-9]|52[2-9][0-9]{2}|54[1-3][0-9]{2})[0-9]{7}",
            two in "(55[1-9]{2}[6-9]|52[2-9][0-9]{2}|54[1-3][0-9]{2})[0-9]{7}",
        ) {
            prop_assume!(one != two);
            prop_assert!(forms(&one).is_disjoint(&forms(&two)));
        }
    }
}
