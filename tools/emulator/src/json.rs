//! JSON bodies of the control API.

use serde::{Deserialize, Deserializer};

/// Reads an optional field with a default: clients that write out every field send `null` for one
/// that they do not use.
pub(crate) fn null_as_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}
