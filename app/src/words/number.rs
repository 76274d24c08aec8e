use model::Connection;

/// The name of a number. One whose phone changed is marked with the old phone, since the one that
/// took its place has its name.
pub(crate) fn number(number: &Connection) -> String {
    match number.phone.as_ref().filter(|_| number.replaced_by.is_some()) {
        Some(old) => format!("{} · {old}", number.label),
        None => number.label.clone(),
    }
}
