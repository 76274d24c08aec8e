//! Removes secrets and control characters from log lines.

/// Most characters that are kept of a library's line.
const LONGEST: usize = 400;

/// A run of this many characters with a digit among them is not a word but a number, a code or a
/// key.
const SECRET_WITH_DIGIT: usize = 7;
/// A run of this many characters is not a word even without a digit.
const SECRET_LENGTH: usize = 32;

/// Cleans a line of this project's crates: removes the paths of URLs, which carry tokens, and
/// escapes characters that would begin another line, control a terminal or reverse the text
/// direction.
pub(super) fn line(line: &str, colours: bool) -> String {
    let mut kept = String::with_capacity(line.len());
    for letter in without_paths(line).chars() {
        match letter {
            '\u{1b}' if colours => kept.push(letter),
            '\t' => kept.push(letter),
            // JSON decodes the escape to the character, which is in the Basic Multilingual Plane.
            letter if letter.is_control() || breaks_line_or_direction(letter) => {
                kept += &format!("\\u{:04x}", u32::from(letter));
            }
            letter => kept.push(letter),
        }
    }
    kept
}

/// Cleans a library's message: removes every value that was put into its sentence, namely
/// quotations, the content of brackets, braces and tags, paths of URLs, and every run of characters
/// that is not a word.
pub(super) fn library_message(message: &str) -> String {
    let mut letters = without_paths(message);
    letters.truncate(letters.floor_char_boundary(LONGEST * 4));
    let mut kept = String::new();
    let mut word = String::new();
    // The closing characters of open groups, innermost last. The content of groups is dropped.
    let mut open: Vec<char> = Vec::new();
    let mut before = ' ';
    for letter in letters.chars().chain([' ']) {
        let closes = match letter {
            '"' | '`' => Some(letter),
            '[' => Some(']'),
            '{' => Some('}'),
            // The apostrophe in "couldn't" opens nothing.
            '\'' if !before.is_alphanumeric() => Some(letter),
            _ => None,
        };
        let was = std::mem::replace(&mut before, letter);
        if let Some(end) = open.last().copied() {
            let is_quoted = matches!(end, '"' | '`' | '\'');
            if letter == end && !(is_quoted && was == '\\') {
                open.pop();
                if open.is_empty() {
                    kept.push(letter);
                }
            } else if is_quoted && was == '\\' && letter == '\\' {
                // An escaped backslash does not escape the next character.
                before = ' ';
            } else if let Some(end) = closes.filter(|end| !is_quoted && *end != '\'') {
                open.push(end);
            }
            continue;
        }
        if is_word_character(letter) {
            word.push(letter);
            continue;
        }
        kept += if is_word(&word) { &word } else { "…" };
        word.clear();
        match closes {
            Some(end) => {
                open.push(end);
                kept.push(letter);
                kept.push('…');
            }
            // A stanza has texts between its tags.
            None if letter == '<' => {
                kept += "<…";
                break;
            }
            None if letter.is_control() || breaks_line_or_direction(letter) => kept.push(' '),
            None => kept.push(letter),
        }
    }
    let end = kept.char_indices().nth(LONGEST).map_or(kept.len(), |(at, _)| at);
    kept[..end].trim_end().to_owned()
}

/// Returns true for a character of a word, base64, hexadecimal, a path or an email address.
fn is_word_character(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '-' | '_' | '+' | '/' | '%' | '@' | '=')
}

/// Returns true if the run is a word of a sentence. A named value (`auth=…`) is not.
fn is_word(word: &str) -> bool {
    let length = word.chars().count();
    let has_digit = word.chars().any(char::is_numeric);
    let has_value = word.split_once('=').is_some_and(|(_, value)| !value.is_empty());
    length < SECRET_WITH_DIGIT
        || !(has_digit || has_value || word.contains(['%', '@']) || length >= SECRET_LENGTH)
}

/// Replaces every URL with `https://host/…`.
fn without_paths(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, address) = rest.split_at(at + "://".len());
        kept += before;
        let ends = |letter: char| {
            letter.is_whitespace() || letter.is_control() || "\"'`<>\\)]}".contains(letter)
        };
        let (address, after) = address.split_at(address.find(ends).unwrap_or(address.len()));
        let (host, path) = address.split_at(address.find(['/', '?', '#']).unwrap_or(address.len()));
        // A user name and a password may precede the host.
        kept += host.rsplit('@').next().unwrap_or_default();
        // Punctuation at the end of a sentence does not belong to the URL.
        let own = path.trim_end_matches([':', ',', ';', '.']);
        if own.len() > 1 {
            kept += "/…";
        }
        kept += &path[own.len()..];
        rest = after;
    }
    kept + rest
}

/// Returns true for characters that reverse the text direction or begin another line.
fn breaks_line_or_direction(letter: char) -> bool {
    matches!(letter,
        '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use hostile::cases;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn of_an_address_the_host_remains() {
        for (address, kept) in [
            ("https://mmg.whatsapp.net/v/t62?auth=AQ1&token=x", "https://mmg.whatsapp.net/…"),
            ("postgres://ana:segredo@db/inbox", "postgres://db/…"),
            ("(https://a.b/c?d), https://e/f#g", "(https://a.b/…), https://e/…"),
            ("http://127.0.0.1:3000", "http://127.0.0.1:3000"),
            ("http://127.0.0.1:3000/", "http://127.0.0.1:3000"),
            ("https://a@b@c?d", "https://c/…"),
            ("no address", "no address"),
        ] {
            assert_eq!(line(address, false), kept);
        }
    }

    #[test]
    fn a_line_stays_one_line_that_reads_as_it_was_written() {
        assert_eq!(line("a\r\nERROR b\u{1b}[2J\u{202e}c\u{0}", false).lines().count(), 1);
        assert_eq!(line("nota\u{202e}fdp", false), "nota\\u202efdp");
        let json = format!("{{\"a\":\"{}\"}}", line("\u{2028}é\u{7f}", false));
        let read: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(read["a"], "\u{2028}é\u{7f}");
    }

    #[test]
    fn of_what_a_library_says_the_sentence_remains() {
        for (said, kept) in [
            (
                "Failed to download from URL https://h:1/v/x?auth=AQ&token=b: HTTP 503. Trying next host.",
                "Failed to download from URL https://h:1/…: HTTP 503. Trying next host.",
            ),
            ("couldn't read 'oi, tudo bem?' twice", "couldn't read '…' twice"),
            ("Received unhandled IQ: <iq id=\"1\"><a>oi</a></iq>", "Received unhandled IQ: <…"),
            ("pairing code ABCD1234 of 5561998124471", "pairing code … of …"),
            (r#"M { text: Some("a \" } b") } dropped"#, "M {…} dropped"),
            (r#"said "a \\" twice"#, r#"said "…" twice"#),
            ("key [1, 2, 3] and DEADBEEFdeadbeefDEADBEEFdeadbeef", "key […] and …"),
            ("auth=x token=abcdef os error 111", "auth=x … os error 111"),
        ] {
            assert_eq!(library_message(said), kept);
        }
        assert!(library_message(&"palavra ".repeat(1_000)).chars().count() <= LONGEST);
    }

    proptest! {
        #![proptest_config(cases(256))]

        #[test]
        fn any_line_stays_one_line(text in hostile::text()) {
            for cleaned in [line(&text, false), library_message(&text)] {
                prop_assert!(!cleaned.chars().any(|letter| breaks_line_or_direction(letter) || letter == '\n'));
            }
        }

        #[test]
        fn any_key_is_left_out(key in "[A-Za-z0-9+/_-]{24,80}[0-9]", before in "[ (:]", after in "[ ).,]") {
            let said = library_message(&format!("a{before}{key}{after}b"));
            prop_assert!(!said.contains(&key), "{}", said);
        }
    }
}
