use chrono::{DateTime, TimeDelta, Utc};
use model::{Connection, Downtime};

use crate::i18n::{Locale, t};

/// A downtime in which no message is missing is mentioned for this long after it ended.
const MENTIONED_FOR: TimeDelta = TimeDelta::minutes(15);
/// A downtime in which no message arrived is mentioned from this length on.
const LONG: TimeDelta = TimeDelta::minutes(1);

/// The note on a connected number about its last downtime and its messages that cannot be decrypted
/// yet; empty when there is nothing to mention.
pub(crate) fn downtime(locale: Locale, number: &Connection, now: DateTime<Utc>) -> String {
    let downtime = number.downtime.filter(|downtime| now - downtime.to < MENTIONED_FOR);
    let downtime =
        downtime.filter(|downtime| downtime.recovered > 0 || downtime.to - downtime.from >= LONG);
    let back = downtime.map(|downtime| downtime_summary(locale, &downtime));
    let pending = match number.pending {
        0 => None,
        1 => Some(t!(locale, gap.pending_one).to_owned()),
        n => Some(t!(locale, gap.pending, n = n).to_string()),
    };
    [back, pending].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// The length of a downtime, and the number of messages that arrived after it.
pub(crate) fn downtime_summary(locale: Locale, downtime: &Downtime) -> String {
    let away = duration(downtime.to - downtime.from);
    match downtime.recovered {
        0 => t!(locale, gap.nothing, away = away).to_string(),
        1 => t!(locale, gap.one, away = away).to_string(),
        n => t!(locale, gap.several, away = away, n = n).to_string(),
    }
}

/// `8 s`, `3 min`, `2 h 5 min`, `4 d`, the same in both languages.
fn duration(time: TimeDelta) -> String {
    let seconds = time.num_seconds().max(1);
    match (seconds / 86_400, seconds / 3_600, seconds / 60 % 60) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, 0) => format!("{hours} h"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (days, ..) => format!("{days} d"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_short() {
        for (seconds, words) in [
            (8, "8 s"),
            (185, "3 min"),
            (7_200, "2 h"),
            (7_500, "2 h 5 min"),
            (200_000, "2 d"),
            (0, "1 s"),
        ] {
            assert_eq!(duration(TimeDelta::seconds(seconds)), words);
        }
    }
}
