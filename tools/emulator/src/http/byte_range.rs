//! `Range: bytes=…` of a download.

use std::ops::Range;

use axum::http::{HeaderMap, header};

/// The bytes that a request asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum RangeRequest {
    Whole,
    Part(Range<usize>),
    /// The range begins behind the end of the file.
    Unsatisfiable,
}

/// Reads the header for a file of this length. One that is not understood asks for the whole file,
/// as RFC 9110 has it; of several ranges none is served.
pub(super) fn requested(headers: &HeaderMap, length: usize) -> RangeRequest {
    let range = headers.get(header::RANGE).and_then(|range| range.to_str().ok());
    range.and_then(|range| parse(range, length)).unwrap_or(RangeRequest::Whole)
}

fn parse(range: &str, length: usize) -> Option<RangeRequest> {
    let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    let part = match (first, last) {
        ("", suffix) => length.saturating_sub(number(suffix)?)..length,
        (first, "") => number(first)?..length,
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            if last < first {
                return None;
            }
            first..last.saturating_add(1).min(length)
        }
    };
    Some(if part.start < length { RangeRequest::Part(part) } else { RangeRequest::Unsatisfiable })
}

/// Reads digits; the parser of `usize` alone takes a sign as well.
fn number(digits: &str) -> Option<usize> {
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| is_number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_http_has_them() {
        for (range, expected) in [
            ("bytes=0-3", RangeRequest::Part(0..4)),
            ("bytes=4-", RangeRequest::Part(4..10)),
            ("bytes=-3", RangeRequest::Part(7..10)),
            ("bytes=8-99", RangeRequest::Part(8..10)),
            ("bytes=10-", RangeRequest::Unsatisfiable),
            ("bytes=5-4", RangeRequest::Whole),
            ("bytes=0-1,4-5", RangeRequest::Whole),
            ("bytes=+1-2", RangeRequest::Whole),
            ("bytes=-", RangeRequest::Whole),
            ("bytes=-0", RangeRequest::Unsatisfiable),
            ("lines=1-2", RangeRequest::Whole),
        ] {
            let headers = HeaderMap::from_iter([(header::RANGE, range.parse().expect("ascii"))]);
            assert_eq!(requested(&headers, 10), expected, "{range}");
        }
        assert_eq!(requested(&HeaderMap::new(), 10), RangeRequest::Whole);
    }
}
