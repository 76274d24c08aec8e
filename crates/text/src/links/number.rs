//! Phone numbers: those with a plus, and Brazilian ones in a form that nothing else has.
//!
//! The number of an order, a price or a CPF must not lead to a call. Therefore the numbering plans
//! decide ([`phone`]), and the called digits are those that are shown.

use phone::Reading;

use super::{link::Link, mail};
use crate::letters::{after, before, is_word};

/// Lookups in the numbering plans for one text. Each takes some microseconds.
pub(super) const LOOKUPS: usize = 20;

/// Digits of the shortest and the longest number with its country (E.164).
const SHORTEST: usize = 8;
const LONGEST: usize = 15;

/// The country code of numbers without one: Brazil's.
const HOME: &str = "55";

/// Digits that stand together.
struct Group {
    digits: usize,
    is_bracketed: bool,
    /// The position after the last digit.
    end: usize,
}

/// Returns the number that begins at `start` in a text.
pub(super) fn find(text: &str, start: usize, lookups: &mut usize) -> Option<Link> {
    if *lookups == 0 {
        return None;
    }
    let first = after(text, start)?;
    let is_first = first.is_ascii_digit() || first == '+' || first == '(';
    if !is_first || before(text, start).is_some_and(joins) {
        return None;
    }
    if first.is_ascii_digit() && follows_digits(text, start) {
        return None;
    }
    let groups = groups(&text[start..]);
    // Another number may follow after a space.
    for count in (1..=groups.len()).rev() {
        let of_it = &groups[..count];
        let Some(last) = of_it.last().filter(|last| !last.is_bracketed) else { continue };
        let end = start + last.end;
        if !is_whole(&text[end..]) {
            continue;
        }
        let digits: String = text[start..end].chars().filter(char::is_ascii_digit).collect();
        let digits = match first {
            '+' => Some(digits).filter(|digits| digits.len() >= SHORTEST),
            _ => at_home(of_it, &digits),
        };
        let Some(digits) = digits else { continue };
        *lookups = lookups.checked_sub(1)?;
        if exists(&digits) {
            return Some(Link { end, address: format!("tel:+{digits}") });
        }
    }
    None
}

/// Returns true for characters before a number that make it a part of something else.
fn joins(letter: char) -> bool {
    is_word(letter) || "+-./,#@=$%".contains(letter)
}

/// Returns true if a number may end before `rest`.
fn is_whole(rest: &str) -> bool {
    if mail::goes_on(rest) {
        return false;
    }
    let mut rest = rest.chars();
    match rest.next() {
        Some('-' | '.' | ',' | '/' | ':') => !rest.next().is_some_and(|next| next.is_ascii_digit()),
        Some(next) => !is_word(next),
        None => true,
    }
}

/// Returns true if there are digits before the space in front of `start`.
fn follows_digits(text: &str, start: usize) -> bool {
    let spaces = text[..start].chars().next_back().filter(|last| last.is_whitespace());
    spaces.is_some_and(|space| {
        before(text, start - space.len_utf8()).is_some_and(|last| last.is_ascii_digit())
    })
}

/// Returns the groups of digits at the beginning, with at most one separator between two.
fn groups(from: &str) -> Vec<Group> {
    let mut at = usize::from(from.starts_with('+'));
    let mut groups = Vec::new();
    let mut left = LONGEST;
    loop {
        let is_bracketed = from[at..].starts_with('(');
        let begin = at + usize::from(is_bracketed);
        let digits = from[begin..].bytes().take_while(u8::is_ascii_digit).count();
        let end = begin + digits;
        if digits == 0 || digits > left || (is_bracketed && !from[end..].starts_with(')')) {
            return groups;
        }
        left -= digits;
        groups.push(Group { digits, is_bracketed, end });
        at = end + usize::from(is_bracketed);
        at += after(from, at).filter(|next| is_separator(*next)).map_or(0, char::len_utf8);
    }
}

fn is_separator(letter: char) -> bool {
    matches!(letter, ' ' | '\u{a0}' | '-' | '\u{2011}' | '.')
}

/// Returns the international digits of a number in a Brazilian form, with or without its country.
fn at_home(groups: &[Group], digits: &str) -> Option<String> {
    if is_national(groups, digits) {
        return Some(format!("{HOME}{digits}"));
    }
    let rest = digits.strip_prefix(HOME)?;
    let is_home = match groups {
        [all] => all.digits == 13 && is_mobile(rest),
        [country, rest_of_it @ ..] => {
            country.digits == 2 && !country.is_bracketed && is_national(rest_of_it, rest)
        }
        [] => false,
    };
    is_home.then(|| digits.to_owned())
}

/// Returns true for the forms of a number with its area. Without brackets only mobile numbers are
/// clear: `11 2024-2025` may be years.
fn is_national(groups: &[Group], digits: &str) -> bool {
    let has_area = groups.first().is_some_and(|first| first.is_bracketed);
    let lengths: Vec<usize> = groups.iter().map(|group| group.digits).collect();
    match lengths.as_slice() {
        [2, 5, 4] | [2, 9] | [2, 1, 4, 4] => is_mobile(digits),
        [11] => is_mobile(digits) && !is_cpf(digits),
        [2, 4, 4] | [2, 8] => has_area,
        _ => false,
    }
}

/// Returns true if the ninth digit of mobile numbers follows the area.
fn is_mobile(national: &str) -> bool {
    national.as_bytes().get(2) == Some(&b'9')
}

/// Returns true for the eleven digits of a person in the Brazilian tax register: the last two are
/// computed from the others. Of a hundred mobile numbers one has such digits too, and is no link.
fn is_cpf(digits: &str) -> bool {
    let digits: Vec<u32> = digits.chars().filter_map(|digit| digit.to_digit(10)).collect();
    [9, 10].into_iter().all(|count| {
        let weighted =
            digits.iter().take(count).rev().zip(2_u32..).map(|(digit, weight)| digit * weight);
        let computed = weighted.sum::<u32>() * 10 % 11 % 10;
        digits.get(count) == Some(&computed)
    })
}

/// Returns true if the numbering plans have these international digits, and not only similar ones.
fn exists(digits: &str) -> bool {
    let read = phone::read(&format!("+{digits}"));
    matches!(read, Ok(Reading::One(phone)) if phone.digits() == digits)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::links::tests::links;

    #[test]
    fn numbers_are_found_as_people_write_them() {
        for (text, shown, digits) in [
            ("+55 61 99812-4471", "+55 61 99812-4471", "5561998124471"),
            ("Meu número: +5561998124471.", "+5561998124471", "5561998124471"),
            ("+55 (61) 99812-4471!", "+55 (61) 99812-4471", "5561998124471"),
            ("+55(61)99812\u{2011}4471", "+55(61)99812\u{2011}4471", "5561998124471"),
            ("+55 61 9812-4471", "+55 61 9812-4471", "556198124471"),
            ("+55 61 3312-4471", "+55 61 3312-4471", "556133124471"),
            ("+1 415-555-0100", "+1 415-555-0100", "14155550100"),
            ("+351 912 345 678, Ana", "+351 912 345 678", "351912345678"),
            ("(61) 99812-4471", "(61) 99812-4471", "5561998124471"),
            ("(61)99812.4471", "(61)99812.4471", "5561998124471"),
            ("(61) 3312-4471", "(61) 3312-4471", "556133124471"),
            ("(61) 9 9812-4471", "(61) 9 9812-4471", "5561998124471"),
            ("61 99812-4471", "61 99812-4471", "5561998124471"),
            ("61 9 9812 4471", "61 9 9812 4471", "5561998124471"),
            ("61998124471", "61998124471", "5561998124471"),
            ("zap:61998124471, ok?", "61998124471", "5561998124471"),
            ("5561998124471", "5561998124471", "5561998124471"),
            ("55 61 99812-4471", "55 61 99812-4471", "5561998124471"),
            ("55 99812-4471", "55 99812-4471", "5555998124471"),
            ("(61998124471)", "61998124471", "5561998124471"),
            ("+55 61 99812-4471 2 peças", "+55 61 99812-4471", "5561998124471"),
            ("12 (61) 99812-4471", "(61) 99812-4471", "5561998124471"),
        ] {
            assert_eq!(links(text), [(shown, format!("tel:+{digits}"))], "{text}");
        }
        let two = links("61 99812-4471 / 61 99812-4472");
        assert_eq!(two.len(), 2);
    }

    #[test]
    fn other_digits_are_no_numbers() {
        for text in [
            "99812-4471",
            "998124471",
            "3312-4471",
            "61 3312-4471",
            "6133124471",
            "6199812-4471",
            "11 2024-2025",
            "10/11/2024",
            "R$61998124471",
            "R$ 1.234.567,89",
            "#61998124471",
            "pedido61998124471",
            "61998124471x",
            "61998124471-22",
            "61998124471,50",
            "61998124471/1",
            "3 61 99812-4471",
            "(61) 99812-4471.@",
            "1.61998124471",
            // This is a CPF, and these are formatted ones.
            "61990000053",
            "529.982.247-25",
            "12.345.678/0001-95",
            "7891000100103",
            "04998124471",
            "20998124471",
            "+55 61",
            "+10000000",
            "+999 999 999 999",
            "+5561998124471234",
            "+55 061 99812-4471",
            "+61 99812  4471 00",
            "++5561998124471",
            "61  99812-4471",
            "٦١٩٩٨١٢٤٤٧١",
            "2026-11-29 15:49:43",
            "192.168.10.254",
            "00190.00009 01234.567890 12345.678901 2 12340000010000",
        ] {
            assert!(links(text).is_empty(), "{text}: {:?}", links(text));
        }
    }

    #[test]
    fn a_text_has_only_so_many_numbers() {
        assert_eq!(links(&"+5561998124471\n".repeat(100)).len(), super::LOOKUPS);
    }

    proptest! {
        #[test]
        fn what_is_called_is_what_is_shown(text in "([+(]?(55)? ?\\(?61\\)? ?9?[0-9]{4}[- .]?[0-9]{4}|[0-9 ()+.-]{0,9}){1,3}") {
            for (shown, address) in links(&text) {
                let digits: String = shown.chars().filter(char::is_ascii_digit).collect();
                prop_assert!(shown.ends_with(|last: char| last.is_ascii_digit()), "{}", shown);
                let called = address.strip_prefix("tel:+").unwrap();
                prop_assert!(called == digits || called == format!("55{digits}"), "{}", address);
                prop_assert!(!shown.starts_with('+') || called == digits, "{}", address);
            }
        }
    }
}
