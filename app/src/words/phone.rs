/// A number for reading, from its international digits: `+55 61 99812-4471`. Also as far as it was
/// typed. Numbers outside Brazil stay plain: every country groups its own way.
pub(crate) fn phone(digits: &str) -> String {
    let Some(national) = digits.strip_prefix("55") else {
        return format!("+{digits}");
    };
    // A mobile has nine digits after the area code, the last four stand apart; a landline eight.
    let (area, line) = national.split_at(national.len().min(2));
    let head = if line.len() > 8 { 5 } else { 4 };
    let (first, last) = line.split_at(line.len().min(head));
    let mut text = String::from("+55");
    for (before, part) in [(' ', area), (' ', first), ('-', last)] {
        if !part.is_empty() {
            text.push(before);
            text.push_str(part);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::phone;

    #[test]
    fn numbers_read_as_they_are_said() {
        for (digits, said) in [
            ("5561998124471", "+55 61 99812-4471"),
            ("556133124471", "+55 61 3312-4471"),
            ("55619", "+55 61 9"),
            ("55", "+55"),
            ("14155550123", "+14155550123"),
        ] {
            assert_eq!(phone(digits), said);
        }
    }
}
