//! The names that people and groups give themselves, and other words that fit into a line.

use model::bounds;

use crate::cut;
use crate::letters::{has_visible, is_bidi_control, is_line_break, is_mark};

/// As many marks may stand on one letter, which is more than any script needs. A flood of them would
/// cover the lines above and below.
const MARKS: usize = 5;

/// The name as it is shown: one line that keeps its direction to itself, of at most [`bounds::NAME`]
/// characters. `None` if there is nothing to see in it: then somebody has no name, and goes by their number.
pub fn name(name: &str) -> Option<String> {
    let shown = line(name);
    let shown = cut(&shown, bounds::NAME).trim_end();
    has_visible(shown).then(|| shown.to_owned())
}

/// A text without floods of marks, which would cover what stands above and below it.
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

/// Words that somebody chose as they stand among others: in one line, without what turns the direction
/// of what follows or covers its neighbours. Fit for a page, its title, a header and a file.
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

/// Returns true if a letter is none of a flood; `marks` is how many came since the last letter.
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
