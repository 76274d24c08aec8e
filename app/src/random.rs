//! Random references.

/// Returns true if [`reference`] can have made this text.
pub(crate) fn is_reference(text: &str) -> bool {
    text.len() == 8 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Eight hexadecimal digits that tie a message on screen to a line in the log.
pub(crate) fn reference() -> String {
    let mut bytes = [0; 4];
    // Without randomness the reference is all zeros, and the log line is still there.
    getrandom::fill(&mut bytes).ok();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
