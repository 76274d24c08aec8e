use model::Connection;

/// The name of a number. If its phone changed, it is marked with the old phone, since its successor
/// has its name.
pub(crate) fn number(number: &Connection) -> String {
    match number.phone.as_ref().filter(|_| number.replaced_by.is_some()) {
        Some(old) => format!("{} · {old}", number.label),
        None => number.label.clone(),
    }
}
