//! The current time, and the formats of times.
//!
//! The server cannot know a reader's time zone, and a page that changes during hydration breaks. So
//! server and browser both render in Brasília time first, and right after hydration the page
//! switches to the browser's own zone. Without JavaScript, Brasília time stays. Pages without
//! islands do the same with the element `local-time` (`pages::local_time`, `start.js`).

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, TimeDelta, Timelike, Utc};
use leptos::prelude::*;

use crate::browser;
use crate::i18n::{Locale, t};

/// The time zone that times are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Zone {
    /// UTC−3. Brazil has had no daylight saving time since 2019 (Decreto 9.772).
    Brasilia,
    /// The browser's zone, daylight saving included.
    Browser,
}

impl Zone {
    /// The local date and time in this zone.
    pub(crate) fn local(self, at: DateTime<Utc>) -> NaiveDateTime {
        let behind = match self {
            Self::Brasilia => 180,
            Self::Browser => browser::minutes_behind_utc(at.timestamp_millis()),
        };
        at.naive_utc() - TimeDelta::minutes(behind.into())
    }
}

/// The page's clock. There is one per page, in context.
#[derive(Clone, Copy)]
pub(crate) struct Clock {
    /// The server's time, to the second; corrected for a browser whose clock is wrong, because the
    /// seconds left of a QR code are counted with it.
    pub(crate) now: RwSignal<DateTime<Utc>>,
    /// Changes once, right after hydration.
    pub(crate) zone: RwSignal<Zone>,
    /// Today's date in the reader's zone.
    pub(crate) today: Memo<NaiveDate>,
}

impl Clock {
    /// Starts the page's clock and puts it into context.
    pub(crate) fn provide() -> Self {
        let (instant, zone) = (RwSignal::new(now()), RwSignal::new(Zone::Brasilia));
        let today = Memo::new(move |_| zone.get().local(instant.get()).date());
        let clock = Self { now: instant, zone, today };
        provide_context(clock);
        Effect::new(move || {
            clock.zone.set(Zone::Browser);
            if let Ok(timer) = set_interval_with_handle(
                move || clock.now.set(now()),
                std::time::Duration::from_secs(1),
            ) {
                on_cleanup(move || timer.clear());
            }
        });
        clock
    }

    /// Whole seconds until `at`, rounded up; zero once it has passed.
    pub(crate) fn seconds_until(self, at: DateTime<Utc>) -> i64 {
        let left = (at - self.now.get()).num_milliseconds();
        left.max(0).saturating_add(999) / 1000
    }
}

pub(crate) fn use_clock() -> Clock {
    use_context().unwrap_or_else(Clock::provide)
}

#[cfg(feature = "ssr")]
fn now() -> DateTime<Utc> {
    Utc::now()
}

/// The browser's clock plus `data-skew`, the milliseconds that it was behind the server when the
/// page arrived. The shell's script measures it.
#[cfg(not(feature = "ssr"))]
fn now() -> DateTime<Utc> {
    let skew =
        browser::root_attribute("data-skew").and_then(|ms| ms.parse::<i64>().ok()).unwrap_or(0);
    DateTime::from_timestamp_millis(browser::clock_ms() + skew).unwrap_or_default()
}

/// `14:05`.
pub(crate) fn hour_minute(at: NaiveDateTime) -> String {
    format!("{:02}:{:02}", at.hour(), at.minute())
}

/// The time of a chat's last message in a short format: `14:05`, `ontem`, `sex.`, `02/11/2026`.
pub(crate) fn short(locale: Locale, at: NaiveDateTime, today: NaiveDate) -> String {
    let date = at.date();
    match (today - date).num_days() {
        ..=0 => hour_minute(at),
        1 => t!(locale, time.yesterday_short).to_string(),
        2..7 => weekday_short(locale, date).to_string(),
        _ => numeric(locale, date),
    }
}

/// The heading of a day in a conversation: `Hoje`, `Ontem`, `sexta-feira`, `2 de novembro de 2026`.
pub(crate) fn day(locale: Locale, date: NaiveDate, today: NaiveDate) -> String {
    match (today - date).num_days() {
        ..=0 => t!(locale, time.today).to_string(),
        1 => t!(locale, time.yesterday).to_string(),
        2..7 => weekday(locale, date).to_string(),
        _ => {
            t!(locale, time.date, day = date.day(), month = month(locale, date), year = date.year())
        }
    }
}

fn numeric(locale: Locale, date: NaiveDate) -> String {
    format!("{}/{}", day_month(locale, date), date.year())
}

/// `02/11`; in English the month comes first.
pub(crate) fn day_month(locale: Locale, date: NaiveDate) -> String {
    let (day, month) = (date.day(), date.month());
    let (first, second) = if locale == Locale::en { (month, day) } else { (day, month) };
    format!("{first:02}/{second:02}")
}

fn weekday_short(locale: Locale, date: NaiveDate) -> &'static str {
    nth(t!(locale, time.weekdays_short), date.weekday().num_days_from_monday())
}

fn weekday(locale: Locale, date: NaiveDate) -> &'static str {
    nth(t!(locale, time.weekdays), date.weekday().num_days_from_monday())
}

fn month(locale: Locale, date: NaiveDate) -> &'static str {
    nth(t!(locale, time.months), date.month0())
}

/// The word at an index of a list separated by spaces.
fn nth(row: &'static str, index: u32) -> &'static str {
    row.split(' ').nth(index as usize).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> NaiveDateTime {
        Zone::Brasilia.local(text.parse().unwrap())
    }

    #[test]
    fn the_day_ends_at_brasilias_midnight() {
        assert_eq!(at("2026-11-24T02:59:00Z").date().to_string(), "2026-11-23");
        assert_eq!(hour_minute(at("2026-11-24T03:00:00Z")), "00:00");
    }

    #[test]
    fn times_are_as_short_as_they_can_be_said() {
        let today = at("2026-11-23T15:00:00Z").date();
        let short = |text| short(Locale::pt_BR, at(text), today);
        assert_eq!(short("2026-11-23T14:05:00Z"), "11:05");
        assert_eq!(short("2026-11-22T14:05:00Z"), "ontem");
        assert_eq!(short("2026-11-20T14:05:00Z"), "sex.");
        assert_eq!(short("2026-11-02T14:05:00Z"), "02/11/2026");
        let english = super::short(Locale::en, at("2026-11-02T14:05:00Z"), today);
        assert_eq!(english, "11/02/2026");
    }

    #[test]
    fn days_have_names() {
        let today = at("2026-11-23T15:00:00Z").date();
        let day = |text| day(Locale::pt_BR, at(text).date(), today);
        assert_eq!(day("2026-11-23T14:05:00Z"), "Hoje");
        assert_eq!(day("2026-11-22T14:05:00Z"), "Ontem");
        assert_eq!(day("2026-11-20T14:05:00Z"), "Sexta-feira");
        assert_eq!(day("2026-11-02T14:05:00Z"), "2 de novembro de 2026");
    }
}
