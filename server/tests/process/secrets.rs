//! Values that must not be in a log, in any encoding.

use std::collections::BTreeMap;
use std::io::BufRead;

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// Every encoded form of every value, by its name.
#[derive(Default)]
pub(crate) struct Secrets(BTreeMap<String, Vec<String>>);

impl Secrets {
    /// Forbids this value.
    pub(crate) fn add(&mut self, name: &str, value: impl AsRef<[u8]>) {
        let value = value.as_ref();
        assert!(!value.is_empty(), "{name} is known");
        let mut forms = vec![
            hex::encode(value),
            hex::encode_upper(value),
            value.iter().map(u8::to_string).collect::<Vec<_>>().join(", "),
            value.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" "),
        ];
        forms.extend(in_base64(value));
        if let Ok(text) = std::str::from_utf8(value) {
            let debug = format!("{text:?}");
            let json = serde_json::to_string(text).expect("JSON");
            let percent = utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
            let plus = percent.replace("%20", "+");
            let inner = |quoted: &str| quoted[1..quoted.len() - 1].to_owned();
            forms.extend([text.to_owned(), inner(&debug), inner(&json), percent, plus]);
        }
        forms.sort();
        forms.dedup();
        self.0.insert(name.to_owned(), forms);
    }

    /// Reads a log line by line; returns the number of lines, and the values found with their
    /// places.
    pub(crate) fn look_in(&self, log: impl BufRead) -> (usize, Vec<String>) {
        let (mut lines, mut found) = (0, Vec::new());
        for line in log.split(b'\n').map_while(Result::ok) {
            lines += 1;
            let line = String::from_utf8_lossy(&line);
            // The digits of a timestamp can equal those of a code.
            let content = line.find("Z ").or(line.find("Z\"")).map_or(&*line, |at| &line[at..]);
            for (name, forms) in &self.0 {
                if let Some(form) = forms.iter().find(|form| content.contains(form.as_str())) {
                    found.push(format!("{name} as {form:?}: {line}"));
                }
            }
        }
        (lines, found)
    }
}

/// The value in base64, for every offset in the encoded data.
fn in_base64(value: &[u8]) -> Vec<String> {
    let mut forms = Vec::new();
    for before in 0..3 {
        let whole = [&vec![0; before], value].concat();
        // The characters that include neighbouring bytes are left out.
        let from = (before * 8).div_ceil(6);
        let to = whole.len() * 8 / 6;
        if to > from + 5 {
            let encode = [BASE64_STANDARD.encode(&whole), BASE64_URL_SAFE.encode(&whole)];
            forms.extend(encode.map(|encoded| encoded[from..to].to_owned()));
        }
    }
    forms
}

#[test]
fn a_value_is_found_in_every_form() {
    let value = "uma senha cómprida \"9\"";
    let mut secrets = Secrets::default();
    secrets.add("it", value);
    let around = |inside: &[u8]| [b"ab", inside, b"cd"].concat();
    for line in [
        value.to_owned(),
        format!("{value:?}"),
        format!("{:?}", value.as_bytes()),
        hex::encode(around(value.as_bytes())),
        BASE64_STANDARD.encode(around(value.as_bytes())),
        BASE64_URL_SAFE.encode([b"a", value.as_bytes()].concat()),
        utf8_percent_encode(value, NON_ALPHANUMERIC).to_string(),
    ] {
        let (_, found) = secrets.look_in(format!("a\n2026-11-28T21:00:00Z {line}\n").as_bytes());
        assert_eq!(found.len(), 1, "{line}");
    }
    assert_eq!(secrets.look_in(&b"2026-11-28T21:00:00Z nothing\n"[..]), (1, vec![]));
}
