//! Parses numbers as people type them.

use model::PhoneNumber;

use crate::e164::e164;
use crate::link::number_in;
use crate::plain::{Plain, plain};
use crate::{forms, number};

/// The country code of a number without one: Brazil's.
const HOME: &str = "55";

/// The meaning of a typed number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    One(PhoneNumber),
    /// The digits are a number of this country, and with a plus in front one of another country.
    /// Only the person who typed them knows which.
    Either([Candidate; 2]),
}

/// One of the meanings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub phone: PhoneNumber,
    /// The country in ISO 3166 (`BR`), if the number has one.
    pub region: Option<String>,
}

/// The reason why a text is no phone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvalidPhone {
    /// It contains characters that no number has.
    Malformed,
    /// It has too few digits. Most often the area code is missing.
    TooShort,
    /// No country has such a number.
    Impossible,
}

/// Parses a typed or pasted number. With a plus or `00` it is international. Without, it is
/// Brazilian, with or without the zero before the area code, or international without the plus. The
/// number in a link to a chat (`wa.me/…`) is international.
///
/// # Errors
/// [`InvalidPhone`] if it is no number.
pub fn read(typed: &str) -> Result<Reading, InvalidPhone> {
    let linked = number_in(typed);
    let text = linked.as_deref().unwrap_or(typed);
    let Plain { plus, digits } = plain(text).ok_or(InvalidPhone::Malformed)?;
    let without_zeros = digits.strip_prefix("00");
    if plus || linked.is_some() || without_zeros.is_some() {
        let digits = without_zeros.unwrap_or(&digits);
        let read = international(digits).ok_or_else(|| problem(digits, 8))?;
        return Ok(Reading::One(read.phone));
    }
    match (national(&digits), international(&digits)) {
        (Some(here), Some(abroad)) if here.phone != abroad.phone => {
            Ok(Reading::Either([here, abroad]))
        }
        (Some(read), _) | (None, Some(read)) => Ok(Reading::One(read.phone)),
        (None, None) => Err(problem(&digits, 10)),
    }
}

fn problem(digits: &str, shortest: usize) -> InvalidPhone {
    match digits.len() < shortest {
        true => InvalidPhone::TooShort,
        false => InvalidPhone::Impossible,
    }
}

/// Parses digits as they are dialled within the country.
fn national(digits: &str) -> Option<Candidate> {
    // The country code is put in front, because without it the library takes the area 55 for the
    // country.
    checked(&phonenumber::parse(None, format!("+{HOME}{digits}")).ok()?, None)
}

/// Parses digits with their country code.
fn international(digits: &str) -> Option<Candidate> {
    // No country code begins with zero.
    if digits.starts_with('0') {
        return None;
    }
    checked(&phonenumber::parse(None, format!("+{digits}")).ok()?, Some(digits))
}

/// Accepts a number that exists, or did before its country changed the form of mobile numbers.
fn checked(parsed: &phonenumber::PhoneNumber, typed: Option<&str>) -> Option<Candidate> {
    let digits = e164(parsed);
    let forms = forms(&digits);
    let exists = |digits: &String| {
        phonenumber::parse(None, format!("+{digits}")).is_ok_and(|number| number.is_valid())
    };
    if !parsed.is_valid() && !forms.iter().any(exists) {
        return None;
    }
    // The tables know the newer form only, but the account has the form that was typed.
    let digits = typed.filter(|typed| forms.contains(*typed)).unwrap_or(&digits);
    let region = parsed.country().id().map(|id| id.as_ref().to_owned());
    Some(Candidate { phone: number(digits), region })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(typed: &str) -> String {
        match read(typed) {
            Ok(Reading::One(phone)) => phone.digits(),
            other => panic!("{typed:?}: {other:?}"),
        }
    }

    #[test]
    fn numbers_are_read_as_people_type_them() {
        for (typed, digits) in [
            ("5561998124471", "5561998124471"),
            ("351912345678", "351912345678"),
            ("14155550100", "14155550100"),
            ("061998124471", "5561998124471"),
            ("(61) 99812-4471", "5561998124471"),
            ("61998124471", "5561998124471"),
            ("61 3312-4471", "556133124471"),
            // This has a carrier's code, as it is dialled from a landline.
            ("0 15 61 99812-4471", "5561998124471"),
            ("+55 (61) 99812\u{2011}4471", "5561998124471"),
            ("\u{202a}+55\u{a0}61\u{a0}99812-4471\u{202c}", "5561998124471"),
            ("\u{202d}0055 61 99812 4471\u{202c}\u{202e}", "5561998124471"),
            ("００５５６１９９８１２４４７１", "5561998124471"),
            ("٦١ ٩٩٨١٢ ٤٤٧١", "5561998124471"),
            ("00351 912 345 678", "351912345678"),
            ("+1 (415) 555-0100", "14155550100"),
            ("+55 061 99812-4471", "5561998124471"),
            ("+44 (0)20 7946 0958", "442079460958"),
            ("+39 06 698 12345", "390669812345"),
            // The area code is the country code.
            ("55 99812-4471", "5555998124471"),
            ("5555998124471", "5555998124471"),
            // These accounts are older than the ninth digit.
            ("+55 61 9812-4471", "556198124471"),
            ("61 9812-4471", "556198124471"),
            ("+52 55 1234 5678", "525512345678"),
            ("+52 1 55 1234 5678", "5215512345678"),
            ("5215512345678", "5215512345678"),
            ("+54 11 2345-6789", "541123456789"),
            ("+54 9 11 2345-6789", "5491123456789"),
            // These are pasted: spoken digits, and links.
            ("6 1 9 9 8 1 2 4 4 7 1", "5561998124471"),
            ("55 61 9 9812 4471", "5561998124471"),
            ("tel:+55-61-99812-4471", "5561998124471"),
            ("https://wa.me/5561998124471?text=Oi%20Ana", "5561998124471"),
            ("wa.me/556198124471", "556198124471"),
            ("https://api.whatsapp.com/send?phone=%2B5561998124471&text=Oi", "5561998124471"),
            // Typed, it could be Brazilian as well.
            ("https://wa.me/34912345678", "34912345678"),
        ] {
            assert_eq!(one(typed), digits, "{typed:?}");
        }
    }

    #[test]
    fn what_can_be_two_numbers_is_asked_about() {
        for (typed, here, abroad, region) in [
            ("34912345678", "5534912345678", "34912345678", "ES"),
            ("79912345678", "5579912345678", "79912345678", "RU"),
            ("4930123456", "554930123456", "4930123456", "DE"),
            ("(34) 91234-5678", "5534912345678", "34912345678", "ES"),
        ] {
            let Ok(Reading::Either([one, other])) = read(typed) else {
                panic!("{typed}: {:?}", read(typed))
            };
            assert_eq!(
                (one.phone.digits().as_str(), other.phone.digits().as_str()),
                (here, abroad)
            );
            assert_eq!(
                (one.region.as_deref(), other.region.as_deref()),
                (Some("BR"), Some(region))
            );
            assert_eq!(self::one(one.phone.as_str()), here, "the answer is not asked about again");
            assert_eq!(self::one(other.phone.as_str()), abroad);
        }
        // The zero means that it is dialled within the country.
        assert_eq!(one("034912345678"), "5534912345678");
    }

    #[test]
    fn what_cannot_be_a_number_is_refused() {
        use InvalidPhone::{Impossible, Malformed, TooShort};
        for (typed, why) in [
            ("", TooShort),
            ("12", TooShort),
            ("99812-4471", TooShort),
            ("998124471", TooShort),
            ("+55", TooShort),
            ("+61998124471", Impossible),
            ("+55 61 99812-4471 99999", Impossible),
            ("+55 00 99812-4471", Impossible),
            ("00 99998124471", Impossible),
            ("1234567890123456", Impossible),
            ("0000000000000", Impossible),
            ("+99 9999 9999", Impossible),
            ("call me", Malformed),
            ("61 9981x-4471", Malformed),
            ("https://wa.me/message/ABC123", Malformed),
            ("https://wa.me/", TooShort),
            ("https://wa.me/61998124471", Impossible),
            ("https://chat.whatsapp.com/5561998124471", Malformed),
        ] {
            assert_eq!(read(typed), Err(why), "{typed:?}");
        }
    }
}
