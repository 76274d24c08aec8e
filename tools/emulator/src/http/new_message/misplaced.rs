//! Fields that do not go together.

/// The name of the first field that is set and does not belong; a field has its name, `true` if it is set,
/// and `true` if it belongs.
pub(super) fn first_misplaced<const N: usize>(
    fields: [(&'static str, bool, bool); N],
) -> Option<&'static str> {
    let misplaced = fields.into_iter().find(|(_, is_set, belongs)| *is_set && !*belongs);
    misplaced.map(|(field, ..)| field)
}
