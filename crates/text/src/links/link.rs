//! One link.

/// A link in a text. Its words are the text from where it was found to its end.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Link {
    /// The position after its last character.
    pub(crate) end: usize,
    /// The URL to open, of `http`, `https`, `mailto` or `tel`.
    pub(crate) address: String,
}
