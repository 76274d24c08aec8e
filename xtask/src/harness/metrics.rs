//! Reads the server's Prometheus metrics.

use anyhow::Result;
use ureq::Agent;

use super::http_client;

/// The token of `/metrics`, which the server is started with.
pub(crate) const TOKEN: &str = "bench";

/// Series: connected sessions.
pub(crate) const CONNECTED: &str = r#"inbox_sessions{state="connected"}"#;

/// Series: received messages since the start.
pub(crate) const MESSAGES_IN: &str = "inbox_messages_in";

/// Series: sent messages that WhatsApp has acknowledged since the start.
pub(crate) const MESSAGES_OUT: &str = "inbox_messages_out";

/// Series: transactions that stored received messages.
pub(crate) const COMMITS: &str = "inbox_commits_in";

/// Series: 1 while the server can store nothing and its numbers pause.
pub(crate) const STORAGE_TROUBLE: &str = "inbox_storage_trouble";

/// The `/metrics` endpoint of a server.
pub(crate) struct Metrics {
    agent: Agent,
    url: String,
}

/// One response, in Prometheus' text format.
pub(crate) struct Reading(String);

impl Metrics {
    pub(crate) fn of(site: &str) -> Self {
        Self { agent: http_client::agent(), url: format!("{site}/metrics") }
    }

    pub(crate) fn read(&self) -> Result<Reading> {
        let request = self.agent.get(&self.url).header("authorization", format!("Bearer {TOKEN}"));
        Ok(Reading(request.call()?.body_mut().read_to_string()?))
    }
}

impl Reading {
    /// Returns the value of a series; zero if the series is missing.
    pub(crate) fn value(&self, series: &str) -> f64 {
        let mut values = self.0.lines().filter_map(|line| {
            let (name, value) = line.rsplit_once(' ')?;
            (name == series).then(|| value.parse().ok())?
        });
        values.next().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_series_is_found_by_its_whole_name() {
        let reading = Reading(
            "# TYPE inbox_sessions gauge\n\
             inbox_sessions{state=\"connected\"} 98\n\
             inbox_sessions{state=\"connecting\"} 2\n\
             inbox_messages_in 1000\n"
                .to_owned(),
        );
        assert_eq!(reading.value(CONNECTED), 98.0);
        assert_eq!(reading.value(MESSAGES_IN), 1000.0);
        assert_eq!(reading.value("inbox_messages"), 0.0);
    }
}
