//! Conditions under which a field is left out where it is serialized.

/// Returns true for 0, which the field has by default.
pub(crate) fn is_zero(value: &u32) -> bool {
    *value == 0
}
