//! Names of people and groups, and other words that are shown in one line.

use model::bounds;

use crate::cut;
use crate::letters::{has_visible, is_bidi_control, is_line_break, is_mark};

/// Marks that one letter may have, which is more than any script needs. A flood of them would cover
/// the lines above and below.
const MARKS: usize = 5;

/// Returns a name for display: one line without direction controls, of at most [`bounds::NAME`]
/// characters. `None` if nothing in it is visible; the person is then shown by their number.
pub fn name(name: &str) -> Option<String> {
    let shown = line(name);
    let shown = cut(&shown, bounds::NAME).trim_end();
    has_visible(shown).then(|| shown.to_owned())
}

/// Removes floods of marks, which would cover the lines above and below.
pub fn calm(text: String) -> String {
    if text.is_ascii() {
        return text;
    }
    let mut marks = 0;
    let mut is_flooded = false;
    let calm: String = text
        .chars()
        .filter(|letter| {
            let kept = is_kept(*letter, &mut marks);
            is_flooded |= !kept;
            kept
        })
        .collect();
    if is_flooded { calm } else { text }
}

/// Reduces words to one line without direction controls and floods of marks, so that they do not
/// affect the text around them. The result is fit for a page, its title, a header and a file.
pub fn line(words: &str) -> String {
    let in_one_line = |letter| if is_line_break(letter) || letter == '\t' { ' ' } else { letter };
    let mut marks = 0;
    let kept = |letter: &char| {
        let fits = is_kept(*letter, &mut marks);
        fits && !letter.is_control() && !is_bidi_control(*letter)
    };
    let shown: String = words.chars().map(in_one_line).filter(kept).collect();
    shown.trim().to_owned()
}

/// Returns true if a letter is not part of a flood; `marks` counts the marks since the last letter.
fn is_kept(letter: char, marks: &mut usize) -> bool {
    *marks = if is_mark(letter) { *marks + 1 } else { 0 };
    *marks <= MARKS
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
        let long = name(&format!("{}👨‍👩‍👧‍👦", "a".repeat(bounds::NAME - 1))).unwrap();
        assert_eq!(long, "a".repeat(bounds::NAME - 1));
        assert_eq!(name(&format!("{}Ana", "\u{200b}".repeat(bounds::NAME))), None);
    }

    #[test]
    fn marks_are_counted_on_each_letter() {
        let flood = "\u{301}\u{20dd}".repeat(500);
        assert_eq!(line(&format!("a{flood}b{flood}")).chars().count(), 2 + 2 * MARKS);
        assert_eq!(calm(format!("a{flood}\n\u{202e}b")).chars().count(), 1 + MARKS + 3);
        assert_eq!(line("שָׁ֫לוֹם 1️⃣"), "שָׁ֫לוֹם 1️⃣");
        assert_eq!(line("a\u{202e}\u{0}\r\nb\u{2066}"), "a  b");
    }
}
