//! Times in JSON, in the form that chrono gives them: `2026-11-30T02:09:58.123456Z`.
//!
//! chrono reads every form of RFC 3339 and RFC 2822, with a code that is a hundredth of the browser's
//! program. Times of pages and events are always written by chrono in UTC, so that this reads that form
//! alone. The functions are for `#[serde(with = "model::time")]`, and those of [`option`] for optional times.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer, de::Error as _};

pub fn serialize<S: Serializer>(time: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    time.serialize(serializer)
}

pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<DateTime<Utc>, D::Error> {
    read(&String::deserialize(deserializer)?).ok_or_else(|| D::Error::custom("not a time"))
}

/// The same for times that may be missing.
pub mod option {
    use super::{DateTime, Deserializer, Serializer, Utc, read};
    use serde::{Deserialize as _, Serialize as _, de::Error as _};

    pub fn serialize<S: Serializer>(
        time: &Option<DateTime<Utc>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        time.serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<DateTime<Utc>>, D::Error> {
        match Option::<String>::deserialize(deserializer)? {
            Some(text) => Ok(Some(read(&text).ok_or_else(|| D::Error::custom("not a time"))?)),
            None => Ok(None),
        }
    }
}

/// Reads a time of the years 0 to 9999, up to its nanoseconds.
fn read(text: &str) -> Option<DateTime<Utc>> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let [year, month, day] = numbers(date, '-')?;
    let [hour, minute, second] = numbers(time, ':')?;
    let digits = u32::try_from(fraction.len()).ok().filter(|digits| *digits <= 9)?;
    let nanoseconds = number(fraction)? * 10_u32.pow(9 - digits);
    let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?;
    Some(date.and_hms_nano_opt(hour, minute, second, nanoseconds)?.and_utc())
}

fn numbers(text: &str, separator: char) -> Option<[u32; 3]> {
    let mut parts = text.split(separator).map(number);
    let all = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(all)
}

/// Reads digits without a sign.
fn number(digits: &str) -> Option<u32> {
    let is_number = digits.bytes().all(|digit| digit.is_ascii_digit());
    if is_number { digits.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::{Deserialize, Serialize};

    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Times {
        #[serde(with = "crate::time")]
        at: DateTime<Utc>,
        #[serde(default, with = "crate::time::option")]
        until: Option<DateTime<Utc>>,
    }

    #[test]
    fn a_time_has_the_form_of_chrono() {
        let at: DateTime<Utc> = "2026-02-28T23:59:59.000120Z".parse().unwrap();
        let times = Times { at, until: None };
        let json = serde_json::to_string(&times).unwrap();
        assert_eq!(json, r#"{"at":"2026-02-28T23:59:59.000120Z","until":null}"#);
        assert_eq!(serde_json::from_str::<Times>(&json).unwrap(), times);
        let without: Times =
            serde_json::from_str(r#"{"at":"2026-02-28T23:59:59.00012Z"}"#).unwrap();
        assert_eq!(without, times);
    }

    #[test]
    fn what_is_no_time_is_an_error() {
        for text in [
            "",
            "Z",
            "T",
            "2026-02-30T00:00:00Z",
            "2026-02-28T24:00:00Z",
            "2026-02-28T00:00:00",
            "2026-02-28T00:00:00+00:00",
            "2026-02-28 00:00:00Z",
            "2026-02T00:00:00Z",
            "2026-02-28-01T00:00:00Z",
            "+026-02-28T00:00:00Z",
            "2026-02-28T00:00:00.Z",
            "2026-02-28T00:00:00.0123456789Z",
            "٢٠٢٦-02-28T00:00:00Z",
            "99999999999-01-01T00:00:00Z",
            "2026-1é-01T00:00:00Z",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_time_comes_back(seconds in -62_167_219_200_i64..253_402_300_800, nanoseconds in 0_u32..1_000_000_000) {
            let at = DateTime::from_timestamp(seconds, nanoseconds).unwrap();
            let times = Times { at, until: Some(at) };
            let json = serde_json::to_string(&times).unwrap();
            prop_assert_eq!(serde_json::from_str::<Times>(&json).unwrap(), times);
        }

        #[test]
        fn any_text_is_a_time_or_none(text in "[-0-9TZ:.+é]{0,40}") {
            let _ = read(&text);
        }
    }
}
