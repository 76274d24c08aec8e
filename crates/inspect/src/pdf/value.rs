//! Values of ISO 32000-1 section 7.3, as far as the count of pages needs them.

/// Values within values.
const DEEPEST: u8 = 16;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Number(i64),
    /// The number of another object.
    Reference(u32),
    Name(Vec<u8>),
    Array(Vec<Value>),
    Dictionary(Vec<(Vec<u8>, Value)>),
    /// A string, a number with a point, `true`, `false` or `null`.
    Other,
}

impl Value {
    /// Returns the value of a key of a dictionary.
    pub(super) fn get(&self, key: &[u8]) -> Option<&Self> {
        let Self::Dictionary(entries) = self else { return None };
        entries.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// Returns a number that is not negative.
    pub(super) fn number(&self) -> Option<u64> {
        let Self::Number(number) = self else { return None };
        u64::try_from(*number).ok()
    }

    /// Returns the number of the object that this refers to.
    pub(super) fn reference(&self) -> Option<u32> {
        let Self::Reference(number) = self else { return None };
        Some(*number)
    }

    pub(super) fn is_name(&self, expected: &[u8]) -> bool {
        matches!(self, Self::Name(name) if name == expected)
    }

    /// Returns the only value of an array, or the value itself if it is none.
    pub(super) fn only(&self) -> Option<&Self> {
        match self {
            Self::Array(values) => match &values[..] {
                [value] => Some(value),
                _ => None,
            },
            value => Some(value),
        }
    }
}

/// Reads values from the beginning of some bytes. What is no value is `None`.
pub(super) struct Parser<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Parser<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// Returns the count of bytes that were read.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// Skips white space and comments.
    pub(super) fn skip_space(&mut self) {
        while let Some(byte) = self.peek() {
            if byte == b'%' {
                while self.peek().is_some_and(|byte| !matches!(byte, b'\r' | b'\n')) {
                    self.at += 1;
                }
            } else if is_space(byte) {
                self.at += 1;
            } else {
                break;
            }
        }
    }

    /// Skips a keyword, and returns true if it was there.
    pub(super) fn keyword(&mut self, keyword: &[u8]) -> bool {
        self.skip_space();
        let is_there = self.rest().starts_with(keyword);
        if is_there {
            self.at += keyword.len();
        }
        is_there
    }

    /// Skips the beginning of a stream, whose bytes follow, and returns true if it was there.
    pub(super) fn stream(&mut self) -> bool {
        if !self.keyword(b"stream") {
            return false;
        }
        if self.peek() == Some(b'\r') {
            self.at += 1;
        }
        if self.peek() == Some(b'\n') {
            self.at += 1;
        }
        true
    }

    /// Reads the beginning of an object, and returns its number.
    pub(super) fn object(&mut self) -> Option<u32> {
        let number = self.unsigned()?;
        self.unsigned()?;
        if self.keyword(b"obj") { u32::try_from(number).ok() } else { None }
    }

    /// Reads a number without a sign.
    pub(super) fn unsigned(&mut self) -> Option<u64> {
        self.skip_space();
        std::str::from_utf8(self.word()).ok()?.parse().ok()
    }

    pub(super) fn value(&mut self) -> Option<Value> {
        self.value_within(DEEPEST)
    }

    fn value_within(&mut self, depth: u8) -> Option<Value> {
        let depth = depth.checked_sub(1)?;
        self.skip_space();
        match self.peek()? {
            b'/' => self.name().map(Value::Name),
            b'(' => self.string(),
            b'[' => self.array(depth),
            b'<' if self.rest().starts_with(b"<<") => self.dictionary(depth),
            b'<' => {
                while self.peek()? != b'>' {
                    self.at += 1;
                }
                self.at += 1;
                Some(Value::Other)
            }
            _ => self.plain(),
        }
    }

    /// Reads a number, a reference or a keyword.
    fn plain(&mut self) -> Option<Value> {
        let word = std::str::from_utf8(self.word()).ok()?;
        if word.is_empty() {
            return None;
        }
        let Ok(number) = word.parse::<i64>() else { return Some(Value::Other) };
        let after = self.at;
        if let (Ok(number), Some(_)) = (u32::try_from(number), self.unsigned()) {
            self.skip_space();
            if self.word() == b"R" {
                return Some(Value::Reference(number));
            }
        }
        self.at = after;
        Some(Value::Number(number))
    }

    fn array(&mut self, depth: u8) -> Option<Value> {
        self.at += 1;
        let mut values = Vec::new();
        while !self.keyword(b"]") {
            values.push(self.value_within(depth)?);
        }
        Some(Value::Array(values))
    }

    fn dictionary(&mut self, depth: u8) -> Option<Value> {
        self.at += 2;
        let mut entries = Vec::new();
        while !self.keyword(b">>") {
            let key = self.name()?;
            entries.push((key, self.value_within(depth)?));
        }
        Some(Value::Dictionary(entries))
    }

    fn name(&mut self) -> Option<Vec<u8>> {
        self.keyword(b"/").then(|| self.word().to_vec())
    }

    fn string(&mut self) -> Option<Value> {
        let mut open = 0_u32;
        loop {
            match self.peek()? {
                // The next byte has no meaning.
                b'\\' => self.at += 1,
                b'(' => open += 1,
                b')' => open -= 1,
                _ => {}
            }
            self.at += 1;
            if open == 0 {
                return Some(Value::Other);
            }
        }
    }

    /// Returns the letters up to a space or a delimiter.
    fn word(&mut self) -> &'a [u8] {
        let rest = self.rest();
        let end = rest.iter().position(|byte| is_space(*byte) || is_delimiter(*byte));
        let word = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        self.at += word.len();
        word
    }

    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 12 | b'\r' | b' ')
}

fn is_delimiter(byte: u8) -> bool {
    matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(bytes: &[u8]) -> Option<Value> {
        Parser::new(bytes).value()
    }

    #[test]
    fn values_are_read_with_those_in_them() {
        let page = of(b"<</Kids [3 0 R 4 0 R]/Count 2 % two\n/T(a\\)(b))/H<0aff>/R -1.5/N null>>");
        let page = page.expect("a dictionary");
        let kids = vec![Value::Reference(3), Value::Reference(4)];
        assert_eq!(page.get(b"Kids"), Some(&Value::Array(kids)));
        assert_eq!(page.get(b"Count").and_then(Value::number), Some(2));
        for other in [b"T", b"H", b"R", b"N"] {
            assert_eq!(page.get(other), Some(&Value::Other));
        }
        assert_eq!(page.get(b"Type"), None);
        assert_eq!(of(b"[1 2 3]"), Some(Value::Array([1, 2, 3].map(Value::Number).to_vec())));
        assert_eq!(of(b"-7").and_then(|value| value.number()), None);
    }

    #[test]
    fn what_does_not_end_is_no_value() {
        for broken in
            [&b"<</A"[..], b"<</A 1", b"[1 2", b"(a", b"(a\\", b"<0a", b"]", b"", b"<<1>>"]
        {
            assert_eq!(of(broken), None, "{broken:?}");
        }
        assert_eq!(of(&b"[".repeat(100_000)), None, "it is too deep");
    }
}
