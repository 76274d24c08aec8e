//! The types that senders state.

/// The type of a file of unknown type.
pub(crate) const ANYTHING: &str = "application/octet-stream";

/// Characters of the longest type.
const LONGEST: usize = 100;

/// Returns the stated type of a file whose content proves no type: without parameters and in lower
/// case, or [`ANYTHING`] if it could do harm.
///
/// Pictures, videos and sounds must be proven by their content. Documents that browsers execute
/// keep their names, and are sent as any file.
pub(crate) fn harmless(stated: &str) -> String {
    let essence = stated.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match essence.split_once('/') {
        Some((kind, subtype))
            if essence.len() <= LONGEST
                && matches!(kind, "application" | "font" | "model" | "text" | "chemical")
                && is_token(subtype)
                && !is_active(subtype) =>
        {
            essence
        }
        _ => ANYTHING.to_owned(),
    }
}

/// Returns true for types that browsers execute or that can name scripts.
fn is_active(subtype: &str) -> bool {
    matches!(subtype, "html" | "xml" | "xsl" | "xslt" | "hta" | "x-shockwave-flash")
        || subtype.ends_with("+xml")
        || subtype.contains("javascript")
        || subtype.contains("ecmascript")
}

/// Returns true for names as RFC 6838 section 4.2 restricts them.
fn is_token(name: &str) -> bool {
    let first = name.bytes().next().is_some_and(|letter| letter.is_ascii_alphanumeric());
    first
        && name
            .bytes()
            .all(|letter| letter.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_documents_are_believed() {
        for (stated, expected) in [
            ("application/pdf", "application/pdf"),
            ("Text/Plain; charset=utf-8", "text/plain"),
            ("text/csv", "text/csv"),
            (
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            ),
            ("text/html", ANYTHING),
            ("application/xhtml+xml", ANYTHING),
            ("text/xml", ANYTHING),
            ("text/javascript", ANYTHING),
            ("image/svg+xml", ANYTHING),
            ("image/png", ANYTHING),
            ("video/mp4", ANYTHING),
            ("multipart/mixed", ANYTHING),
            ("application/", ANYTHING),
            ("application/a b", ANYTHING),
            ("application/a\r\nX-Header: b", ANYTHING),
            ("", ANYTHING),
        ] {
            assert_eq!(harmless(stated), expected, "{stated}");
        }
        assert_eq!(harmless(&format!("application/{}", "a".repeat(200))), ANYTHING);
    }
}
