use model::Connection;

use super::phone;

/// What a number is called. One whose phone changed is marked with the old phone, since the one that
/// took its place has its name.
pub(crate) fn number(number: &Connection) -> String {
    match number.phone.as_deref().filter(|_| number.replaced_by.is_some()) {
        Some(old) => format!("{} · {}", number.label, phone(old)),
        None => number.label.clone(),
    }
}
