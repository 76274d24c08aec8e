//! The count of what was refused, by its reason. Nothing of the content itself is counted or logged.

/// Counts a refusal.
pub(crate) fn refused(what: &'static str) {
    metrics::counter!("inbox_refused", "what" => what).increment(1);
}
