//! Strategies for property tests with hostile input. For tests only.
//!
//! A property test of hostile input is named `any_…`. `cargo xtask fuzz` finds it by that name and
//! runs it for any length of time.
//!
//! * [`cases`], [`values`]: the number of runs of a test.
//! * [`text()`], [`word`]: texts; [`bytes`], [`mutated`]: files and messages;
//!   [`protobuf`]: messages that can be decoded.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

/// Parts of texts that break things: characters that change the direction, are invisible or are no
/// letters; markers of formatting; and beginnings of formulas, tags, codes, paths and addresses.
const PARTS: &[&str] = &[
    "\u{202e}",
    "\u{202d}",
    "\u{2066}",
    "\u{2067}",
    "\u{2068}",
    "\u{2069}",
    "\u{200e}",
    "\u{200f}",
    "\u{61c}",
    "\u{200b}",
    "\u{200d}",
    "\u{feff}",
    "\u{ad}",
    "\u{3164}",
    "\u{2800}",
    "\u{0}",
    "\u{1}",
    "\u{1b}[2J",
    "\u{7f}",
    "\u{85}",
    "\u{2028}",
    "\u{2029}",
    "\r\n",
    "\n",
    "\t",
    " ",
    "\u{301}",
    "\u{20dd}",
    "\u{fe0f}",
    "\u{1f3fd}",
    "\u{10ffff}",
    "\u{fffd}",
    "\u{e0041}",
    "ß",
    "İ",
    "王",
    "ع",
    "👨‍👩‍👧‍👦",
    "🇧🇷",
    "*",
    "_",
    "~",
    "`",
    "```",
    "> ",
    "- ",
    "1. ",
    "=cmd|' /C calc'!A0",
    "+",
    "@",
    "-1",
    "＝1+1",
    "<script>",
    "</textarea>",
    "<!--",
    "&amp;",
    "\"",
    "'",
    "\\",
    "{",
    "}",
    "[",
    "]",
    "%00",
    "%ff",
    "%2e%2e%2f",
    "../",
    "//",
    "/",
    "?",
    "#",
    "&",
    "=",
    ";",
    ":",
    ",",
    ".",
    "http://",
    "https://[::1]:0/",
    "javascript:",
    "www.",
    "a.b/c",
    "0",
    "-0",
    "1e400",
    "NaN",
    "18446744073709551616",
    "9223372036854775807",
    "-9223372036854775808",
    "null",
    "true",
    "Ana",
    "+55 61 99812-4471",
    "BEGIN:VCARD\nTEL;waid=5561:+55\n",
    "TEL",
    "item1.TEL;type=CELL:",
    "nota\u{202e}fdp.exe",
    ".pdf",
    "CON",
    "NUL.txt",
];

/// Returns the settings of a property test with this number of cases, unless `PROPTEST_CASES` is
/// set. Failures are written beside the test only if `FUZZ_KEEP` is set.
pub fn cases(number: u32) -> ProptestConfig {
    let default = ProptestConfig::default();
    let set = std::env::var_os("PROPTEST_CASES").is_some();
    let keep = std::env::var_os("FUZZ_KEEP").is_some();
    ProptestConfig {
        cases: if set { default.cases } else { number },
        failure_persistence: default.failure_persistence.filter(|_| keep),
        ..default
    }
}

/// Strategy for hostile texts: of any characters, of parts that break things, or a flood of one
/// part.
pub fn text() -> impl Strategy<Value = String> + Clone {
    let part = proptest::sample::select(PARTS);
    let parts = vec(prop_oneof![part.clone().prop_map(str::to_owned), "[a-z0-9é]{0,6}"], 0..24);
    prop_oneof![
        3 => any::<String>(),
        6 => parts.prop_map(|parts| parts.concat()),
        1 => (part, 0_usize..5_000).prop_map(|(part, times)| part.repeat(times)),
    ]
}

/// Strategy for short texts of the same kind, or valid ones.
pub fn word() -> impl Strategy<Value = String> + Clone {
    let parts = vec(proptest::sample::select(PARTS), 0..4);
    prop_oneof![
        parts.prop_map(|parts| parts.concat()),
        "[0-9]{1,20}".boxed(),
        "[ -~]{0,20}".boxed(),
        any::<i64>().prop_map(|number| number.to_string()),
    ]
}

/// Strategy for any bytes.
pub fn bytes(longest: usize) -> impl Strategy<Value = Vec<u8>> + Clone {
    vec(any::<u8>(), 0..longest)
}

/// Strategy for one of `originals` with up to eight places changed, removed, doubled or truncated.
pub fn mutated(originals: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> + Clone {
    let edit = (0_u8..6, any::<prop::sample::Index>(), any::<u8>(), 1_usize..40);
    (proptest::sample::select(originals), vec(edit, 0..8)).prop_map(|(mut bytes, edits)| {
        for (kind, place, value, length) in edits {
            let at = place.index(bytes.len() + 1);
            let end = (at + length).min(bytes.len());
            match kind {
                0 if at < bytes.len() => bytes[at] = value,
                1 if at < bytes.len() => bytes[at] ^= 1 << (value % 8),
                2 => bytes.insert(at, value),
                3 => drop(bytes.drain(at..end)),
                4 => {
                    let again = bytes[at..end].to_vec();
                    bytes.splice(at..at, again);
                }
                5 if value < 32 => bytes.truncate(at),
                _ => {}
            }
        }
        bytes
    })
}

/// Strategy for protobuf messages with fields of any number, valid or not for the decoder, and
/// nested messages.
pub fn protobuf() -> impl Strategy<Value = Vec<u8>> + Clone {
    let field = prop_oneof![6 => 1_u32..110, 1 => any::<u32>().prop_map(|number| number >> 3)];
    let number = prop_oneof![
        any::<u64>(),
        0_u64..4,
        proptest::sample::select(vec![u64::MAX, 1 << 63, 1 << 31, u64::from(u32::MAX)]),
    ];
    let leaf = (field.clone(), 0_u8..4, number, text()).prop_map(|(field, wire, number, text)| {
        let mut bytes = Vec::new();
        match wire {
            0 => {
                tag(&mut bytes, field, 0);
                varint(&mut bytes, number);
            }
            1 => {
                tag(&mut bytes, field, 1);
                bytes.extend(number.to_le_bytes());
            }
            2 => delimited(&mut bytes, field, text.as_bytes()),
            _ => {
                tag(&mut bytes, field, 5);
                bytes.extend(&number.to_le_bytes()[..4]);
            }
        }
        bytes
    });
    leaf.prop_recursive(8, 64, 6, move |inner| {
        vec((field.clone(), inner), 1..6).prop_map(|fields| {
            let mut bytes = Vec::new();
            for (field, inner) in fields {
                delimited(&mut bytes, field, &inner);
            }
            bytes
        })
    })
}

fn tag(bytes: &mut Vec<u8>, field: u32, wire: u8) {
    varint(bytes, u64::from(field) << 3 | u64::from(wire));
}

fn delimited(bytes: &mut Vec<u8>, field: u32, content: &[u8]) {
    tag(bytes, field, 2);
    varint(bytes, content.len() as u64);
    bytes.extend(content);
}

fn varint(bytes: &mut Vec<u8>, mut number: u64) {
    while number > 127 {
        bytes.push(number as u8 | 128);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// Returns values of a strategy for tests that share a server or a database. The count and the seed
/// are those of [`cases`].
pub fn values<S: Strategy>(number: u32, strategy: S) -> impl Iterator<Item = S::Value> {
    let mut runner = TestRunner::new(cases(number));
    (0..runner.config().cases).map(move |_| {
        let tree = strategy.new_tree(&mut runner);
        tree.expect("no value is refused").current()
    })
}
