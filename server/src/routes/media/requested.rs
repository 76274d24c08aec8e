//! What a request wants of a file, by its headers (RFC 9110, sections 13 and 14).

use std::ops::Range;
use std::time::{Duration, SystemTime};

use axum::http::{HeaderMap, HeaderName, header};
use gateway::StoredFile;
use http_range_header::parse_range_header;

/// The last second of the year 9999, beyond which there is no date in a header.
const LAST_SECOND: u64 = 253_402_300_799;

/// What a request wants of a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Requested {
    All,
    /// Only these bytes, at least one.
    Range(Range<u64>),
    /// The file if it has changed, which it has not.
    News,
    /// Bytes that it does not have, or several ranges at once.
    Impossible,
}

impl Requested {
    pub(super) fn of(headers: &HeaderMap, file: &StoredFile) -> Self {
        if is_known(headers, file) {
            return Self::News;
        }
        let Some(range) = headers.get(header::RANGE).filter(|_| is_unchanged(headers, file)) else {
            return Self::All;
        };
        let ranges = range.to_str().ok().and_then(|range| parse_range_header(range).ok());
        let ranges = ranges.and_then(|ranges| ranges.validate(file.bytes).ok());
        match ranges.as_deref() {
            // A file without bytes has no range.
            Some([range]) if *range.end() < file.bytes => {
                Self::Range(*range.start()..range.end().saturating_add(1))
            }
            _ => Self::Impossible,
        }
    }
}

/// Returns the tag of a file. It never changes under its name, so its length and age tell it from another
/// one that had the name before.
pub(super) fn etag(file: &StoredFile) -> String {
    format!("\"{:x}-{:x}\"", file.modified.timestamp_millis().max(0), file.bytes)
}

/// Returns the age of a file as headers have it.
pub(super) fn last_modified(file: &StoredFile) -> String {
    httpdate::fmt_http_date(modified(file))
}

/// Returns the age of a file in whole seconds.
fn modified(file: &StoredFile) -> SystemTime {
    let seconds = u64::try_from(file.modified.timestamp()).unwrap_or(0);
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds.min(LAST_SECOND))
}

/// Returns true if the browser has the file already.
fn is_known(headers: &HeaderMap, file: &StoredFile) -> bool {
    let tag = etag(file);
    match text(headers, header::IF_NONE_MATCH) {
        Some(tags) => {
            let mut tags = tags.split(',').map(|tag| tag.trim().trim_start_matches("W/"));
            tags.any(|known| known == "*" || known == tag)
        }
        None => text(headers, header::IF_MODIFIED_SINCE)
            .and_then(|date| httpdate::parse_http_date(date).ok())
            .is_some_and(|date| modified(file) <= date),
    }
}

/// Returns false if the range is to continue another file than this one.
fn is_unchanged(headers: &HeaderMap, file: &StoredFile) -> bool {
    let Some(known) = text(headers, header::IF_RANGE) else { return true };
    known == etag(file) || known == last_modified(file)
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use chrono::DateTime;

    use super::*;

    const LAST_MODIFIED: &str = "Sun, 09 Sep 2001 01:46:40 GMT";

    fn file(bytes: u64) -> StoredFile {
        let modified = DateTime::from_timestamp(1_000_000_000, 500_000_000).unwrap();
        StoredFile { bytes, modified }
    }

    fn requested(bytes: u64, headers: &[(HeaderName, &str)]) -> Requested {
        let value = |text: &str| HeaderValue::from_str(text).unwrap();
        let headers = headers.iter().map(|(name, text)| (name.clone(), value(text)));
        Requested::of(&headers.collect(), &file(bytes))
    }

    #[test]
    fn ranges_are_those_of_the_file() {
        let range = |text| requested(10, &[(header::RANGE, text)]);
        assert_eq!(requested(10, &[]), Requested::All);
        for (text, wanted) in [
            ("bytes=0-0", 0..1),
            ("bytes=2-4", 2..5),
            ("bytes=7-", 7..10),
            ("bytes=-3", 7..10),
            ("bytes=5-999", 5..10),
            ("bytes=0-18446744073709551615", 0..10),
        ] {
            assert_eq!(range(text), Requested::Range(wanted), "{text}");
        }
        for text in ["bytes=10-", "bytes=4-2", "bytes=0-1,3-4", "bytes=x", "lines=1-2", ""] {
            assert_eq!(range(text), Requested::Impossible, "{text}");
        }
        assert_eq!(requested(0, &[(header::RANGE, "bytes=0-")]), Requested::Impossible);
    }

    #[test]
    fn what_a_browser_has_is_not_sent_again() {
        let tag = etag(&file(10));
        assert_eq!(last_modified(&file(10)), LAST_MODIFIED);
        for (name, known) in [
            (header::IF_NONE_MATCH, tag.clone()),
            (header::IF_NONE_MATCH, format!("\"x\", W/{tag}")),
            (header::IF_NONE_MATCH, "*".to_owned()),
            (header::IF_MODIFIED_SINCE, LAST_MODIFIED.to_owned()),
            (header::IF_MODIFIED_SINCE, "Sun, 09 Sep 2001 01:46:41 GMT".to_owned()),
        ] {
            assert_eq!(requested(10, &[(name, known.as_str())]), Requested::News, "{known}");
        }
        for (name, known) in [
            (header::IF_NONE_MATCH, "\"x\""),
            (header::IF_NONE_MATCH, ""),
            (header::IF_MODIFIED_SINCE, "Sun, 09 Sep 2001 01:46:39 GMT"),
            (header::IF_MODIFIED_SINCE, "ontem"),
        ] {
            assert_eq!(requested(10, &[(name, known)]), Requested::All, "{known}");
        }
        let both = [(header::IF_NONE_MATCH, "\"x\""), (header::IF_MODIFIED_SINCE, LAST_MODIFIED)];
        assert_eq!(requested(10, &both), Requested::All, "the tag counts");
        assert_ne!(etag(&file(9)), tag);
    }

    #[test]
    fn a_range_continues_the_same_file_only() {
        let tag = etag(&file(10));
        let continued =
            |known: &str| requested(10, &[(header::RANGE, "bytes=2-4"), (header::IF_RANGE, known)]);
        assert_eq!(continued(&tag), Requested::Range(2..5));
        assert_eq!(continued(LAST_MODIFIED), Requested::Range(2..5));
        for other in ["\"x\"", "Sun, 09 Sep 2001 01:46:39 GMT", "ontem"] {
            assert_eq!(continued(other), Requested::All, "{other}");
        }
    }

    #[test]
    fn an_impossible_age_is_a_date_all_the_same() {
        for seconds in [-1, 253_402_300_800] {
            let modified = DateTime::from_timestamp(seconds, 0).unwrap();
            let odd = StoredFile { bytes: 1, modified };
            assert!(last_modified(&odd).ends_with("GMT"), "{seconds}");
        }
    }
}
