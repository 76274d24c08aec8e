use model::Connection;

/// The name of a number. If its phone changed, it is marked with the old phone, since its successor
/// has its name.
pub(crate) fn number(number: &Connection) -> String {
    match number.phone.as_ref().filter(|_| number.replaced_by.is_some()) {
        Some(old) => format!("{} · {old}", number.label),
        None => number.label.clone(),
    }
}

/// The name of one of the listed numbers, with its phone if another of them has the same name.
pub(crate) fn number_among(one: &Connection, listed: &[Connection]) -> String {
    let name = number(one);
    let is_shared = listed.iter().any(|other| other.id != one.id && number(other) == name);
    match one.own_phone().filter(|_| is_shared) {
        Some(phone) => format!("{name} · {phone}"),
        None => name,
    }
}

#[cfg(test)]
mod tests {
    use model::{ConnectionId, PhoneNumber};

    use super::*;

    #[test]
    fn numbers_of_the_same_name_have_their_phones() {
        let phone = |digits: &str| Some(PhoneNumber::written(digits.to_owned()));
        let named =
            |id, label: &str| Connection { label: label.to_owned(), ..fixtures::connection(id) };
        let numbers = [
            Connection { phone: phone("+55 61 99812-4471"), ..named(1, "Loja") },
            Connection { expected_phone: phone("+55 61 99812-4472"), ..named(2, "Loja") },
            named(3, "Loja"),
            Connection { phone: phone("+55 61 99812-4473"), ..named(4, "Suporte") },
            Connection {
                phone: phone("+55 61 99812-4474"),
                replaced_by: Some(ConnectionId(4)),
                ..named(5, "Suporte")
            },
        ];
        let names: Vec<_> = numbers.iter().map(|one| number_among(one, &numbers)).collect();
        let expected = [
            "Loja · +55 61 99812-4471",
            "Loja · +55 61 99812-4472",
            "Loja",
            "Suporte",
            "Suporte · +55 61 99812-4474",
        ];
        assert_eq!(names, expected);
    }
}
