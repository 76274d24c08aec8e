//! The longest texts, built to be slow to parse.

use std::time::{Duration, Instant};

use model::{MessageKind, bounds};

/// Many times the real duration, in a build without optimisation on a busy machine. A parser that
/// is quadratic in the length takes minutes.
const PATIENCE: Duration = Duration::from_secs(20);

#[test]
fn the_longest_text_is_read_in_time_whatever_is_in_it() {
    let parts = [
        "*a* ",
        "*",
        "_~*",
        "`",
        "```",
        "`a",
        "> a\n",
        "- a\n",
        "1. a\n",
        "http://",
        "http://a.b ",
        "www.a.b/(",
        "a@b.c ",
        "a@b.co ",
        "_a@b_",
        "+5561998124471 ",
        "61 99812-4471 ",
        "(61) ",
        "+",
        "1 ",
        "a.b",
        "((((",
        "\u{301}",
        "👨‍👩‍👧‍👦",
        "\r\n",
        "*_~a~_* ",
        " *a",
        "a* ",
    ];
    for part in parts {
        let text: String = part.chars().cycle().take(bounds::TEXT).collect();
        let begun = Instant::now();
        let pieces = text::rich(MessageKind::Text, &text);
        let shown = text::shown(MessageKind::Text, &text);
        let took = begun.elapsed();
        println!("{part:?}: {took:?}, {} pieces", pieces.len());
        assert!(shown.more && took < PATIENCE, "{part:?}: {took:?}");
    }
}
