use chrono::NaiveDate;
#[cfg(feature = "ssr")]
use chrono::{NaiveTime, TimeDelta};
use leptos::prelude::*;
use model::{AuditAction, AuditId, AuditPage, ConnectionId, UserId};
use serde::{Deserialize, Serialize};

use crate::ApiError;

/// A filter of the history, as in the address. Empty values do not restrict.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct AuditChoice {
    pub user: Option<UserId>,
    pub action: Option<AuditAction>,
    pub connection: Option<ConnectionId>,
    /// The first day.
    pub from: Option<NaiveDate>,
    /// The last day, included.
    pub to: Option<NaiveDate>,
    /// Offset of the days' clock behind UTC in minutes, as JavaScript counts it.
    pub behind: Option<i32>,
}

/// The offset of Brasília, which has had no daylight saving time since 2019 (Decreto 9.772).
const BEHIND: i32 = 180;

impl AuditChoice {
    /// Reads the parameters of an address. Unreadable values do not restrict.
    pub fn read(parameter: impl Fn(&str) -> Option<String>) -> Self {
        fn of<T: std::str::FromStr>(text: Option<String>) -> Option<T> {
            text?.parse().ok()
        }
        Self {
            user: of(parameter("pessoa")),
            action: of(parameter("acao")),
            connection: of(parameter("numero")),
            from: of(parameter("de")),
            to: of(parameter("ate")),
            // No clock on Earth is further from UTC.
            behind: of(parameter("fuso")).filter(|behind| (-840..=720).contains(behind)),
        }
    }

    /// Offset of the days' clock behind UTC in minutes: the reader's if the browser sent it, else
    /// that of Brasília.
    pub fn behind(&self) -> i32 {
        self.behind.unwrap_or(BEHIND)
    }

    /// The filter as parameters of an address, without `?`.
    pub fn query(&self) -> String {
        let pairs = [
            ("pessoa", self.user.map(|user| user.to_string())),
            ("acao", self.action.map(|action| action.as_str().to_owned())),
            ("numero", self.connection.map(|id| id.to_string())),
            ("de", self.from.map(|day| day.to_string())),
            ("ate", self.to.map(|day| day.to_string())),
            ("fuso", self.behind.map(|minutes| minutes.to_string())),
        ];
        let chosen =
            pairs.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", value?)));
        chosen.collect::<Vec<_>>().join("&")
    }

    /// The filter with instants: whole days as the reader's clock counts them.
    #[cfg(feature = "ssr")]
    pub fn filter(&self) -> model::AuditFilter {
        let behind = TimeDelta::minutes(self.behind().into());
        // There is nothing to find beyond the calendar's ends.
        let begins = |day: NaiveDate| {
            day.and_time(NaiveTime::MIN).checked_add_signed(behind).map(|at| at.and_utc())
        };
        model::AuditFilter {
            user: self.user,
            action: self.action,
            connection: self.connection,
            from: self.from.and_then(begins),
            to: self.to.and_then(|day| day.succ_opt()).and_then(begins),
        }
    }
}

/// A page of the history: the newest entries, or those before one. Administrators only.
#[server(prefix = "/api", endpoint = "audit")]
pub async fn audit(
    #[server(default)] choice: AuditChoice,
    #[server(default)] before: Option<AuditId>,
) -> Result<AuditPage, ApiError> {
    let (services, viewer) = super::request_context::viewer().await?;
    Ok(service::audit::page(&services, &viewer, &choice.filter(), before).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_survives_its_address() {
        let choice = AuditChoice {
            user: Some(UserId(3)),
            action: Some(AuditAction::LoginFailed),
            connection: None,
            from: "2026-11-01".parse().ok(),
            to: "2026-11-02".parse().ok(),
            behind: Some(-330),
        };
        let query = choice.query();
        let read = AuditChoice::read(|name| {
            let pair = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
            pair.map(str::to_owned)
        });
        assert_eq!(read, choice);
        assert_eq!(AuditChoice::read(|_| Some(String::new())), AuditChoice::default());
    }

    #[cfg(feature = "ssr")]
    #[test]
    fn days_are_the_readers_and_the_last_one_counts() {
        let day = "2026-11-01".parse().ok();
        let filter = AuditChoice { from: day, to: day, ..Default::default() }.filter();
        let at = |text: &str| Some(text.parse().unwrap());
        assert_eq!(filter.from, at("2026-11-01T03:00:00Z"));
        assert_eq!(filter.to, at("2026-11-02T03:00:00Z"), "Brasília's where nothing else is known");
        let manaus = AuditChoice { from: day, to: day, behind: Some(240), ..Default::default() };
        assert_eq!(manaus.filter().from, at("2026-11-01T04:00:00Z"));
        assert_eq!(manaus.filter().to, at("2026-11-02T04:00:00Z"));
        let none = AuditChoice::read(|name| (name == "fuso").then(|| "900000".to_owned()));
        assert_eq!(none.behind(), 180);
    }
}
