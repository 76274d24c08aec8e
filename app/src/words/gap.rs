use chrono::{DateTime, TimeDelta, Utc};
use model::{Connection, Gap};

use crate::i18n::{Locale, t};

/// For how long a gap in which nothing is missing is worth a line.
const NEWS: TimeDelta = TimeDelta::minutes(15);
/// A gap in which nothing came in is worth one from so long on.
const LONG: TimeDelta = TimeDelta::minutes(1);

/// What a number that is connected says of the time it was away, and of what it cannot read yet;
/// nothing when there is nothing to say.
pub(crate) fn gap(locale: Locale, number: &Connection, now: DateTime<Utc>) -> String {
    let gap = number.gap.filter(|gap| now - gap.to < NEWS);
    let gap = gap.filter(|gap| gap.recovered > 0 || gap.to - gap.from >= LONG);
    let back = gap.map(|gap| absence(locale, &gap));
    let pending = match number.pending {
        0 => None,
        1 => Some(t!(locale, gap.pending_one).to_owned()),
        n => Some(t!(locale, gap.pending, n = n).to_string()),
    };
    [back, pending].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// For how long a number was away, and how many messages came in after it.
pub(crate) fn absence(locale: Locale, gap: &Gap) -> String {
    let away = duration(gap.to - gap.from);
    match gap.recovered {
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
