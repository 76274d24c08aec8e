//! The names that people and groups give themselves.

use crate::letters::{has_visible, is_bidi_control, is_line_break};

/// The name as it is shown: one line that keeps its direction to itself. `None` if there is nothing to
/// see in it: then somebody has no name, and goes by their number.
pub fn name(name: &str) -> Option<String> {
    if !has_visible(name) {
        return None;
    }
    let in_one_line = |letter| if is_line_break(letter) || letter == '\t' { ' ' } else { letter };
    let kept = |letter: &char| !letter.is_control() && !is_bidi_control(*letter);
    let shown: String = name.chars().map(in_one_line).filter(kept).collect();
    Some(shown.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_what_can_be_read_of_it() {
        assert_eq!(name(" Ana\r\n").as_deref(), Some("Ana"));
        assert_eq!(name("\u{202a}Ana Alves\u{202c}").as_deref(), Some("Ana Alves"));
        assert_eq!(name("Ana\u{202e}sevlA").as_deref(), Some("AnasevlA"));
        assert_eq!(name("أحمد (المتجر)!").as_deref(), Some("أحمد (المتجر)!"));
        assert_eq!(name("\u{3164}\u{200e}"), None);
        assert_eq!(name(""), None);
    }
}
