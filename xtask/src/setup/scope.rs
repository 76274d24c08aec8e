//! How much is installed.

/// The part of the set-up that a command needs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Enough to build and run the product.
    Product,
    /// Enough to run the tests as well: a browser, PostgreSQL, Node and its packages.
    Tests,
}

impl Scope {
    /// Number of steps that [`ensure`](super::ensure) announces.
    pub(crate) fn steps(self) -> usize {
        match self {
            Self::Product => 2,
            Self::Tests => 3,
        }
    }
}
