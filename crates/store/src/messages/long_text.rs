//! The bound of a stored text, and reading the beginning of one.

use model::bounds;
use sea_orm::{
    ColumnTrait,
    sea_query::{Expr, Func, SimpleExpr},
};

/// The end of a truncated text. It belongs to no language.
const TRUNCATED: &str = "\n\n[…]";

/// The characters of a text that are read for a bubble. One more than the bubble shows tells that
/// there is more text.
pub(crate) const READ_IN_BUBBLE: usize = bounds::BUBBLE + 1;

pub(crate) fn is_longer(text: &str, characters: usize) -> bool {
    text.len() > characters && text.chars().nth(characters).is_some()
}

/// Truncates a text to the bound, and marks its end as truncated.
pub(crate) fn shortened(text: &str) -> String {
    let length = bounds::TEXT - TRUNCATED.chars().count();
    text::cut(text, length).to_owned() + TRUNCATED
}

/// Truncates a stored text to the bound of today. Older versions stored texts of any length.
pub(crate) fn truncate(text: String) -> String {
    if is_longer(&text, bounds::TEXT) { shortened(&text) } else { text }
}

/// Selects the first characters of a column, so that lists do not load whole texts.
pub(crate) fn beginning(column: impl ColumnTrait, characters: usize) -> SimpleExpr {
    let length = i32::try_from(characters).unwrap_or(i32::MAX);
    Func::cust("SUBSTR").arg(Expr::col(column.as_column_ref())).arg(1).arg(length).into()
}
