//! Times of the streams of events. They are hidden from `--help`: the defaults suit every
//! installation, and tests shorten them.

use std::time::Duration;

use clap::Args;

use super::values;

/// The times of one stream of events.
#[derive(Debug, Clone, Copy, Args)]
pub struct LiveTiming {
    /// Time that a browser may leave its stream of events unread before the stream ends.
    #[arg(long, global = true, hide = true, env = "INBOX_LIVE_STALL", value_parser = values::pause, default_value = "30s")]
    pub live_stall: Duration,

    /// Interval in which a stream checks that its user is still logged in. Changes of access end it
    /// at once.
    #[arg(long, global = true, hide = true, env = "INBOX_LIVE_RECHECK", value_parser = values::step, default_value = "10s")]
    pub live_recheck: Duration,

    /// Time after which a browser that lost its stream opens another. The default is the one that
    /// most browsers have by themselves.
    #[arg(long, global = true, hide = true, env = "INBOX_LIVE_RETRY", value_parser = values::step, default_value = "3s")]
    pub live_retry: Duration,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Cli;

    #[test]
    fn streams_have_their_usual_times_unless_a_test_shortens_them() {
        use clap::{CommandFactory as _, Parser as _};
        let timing = |args: &[&str]| {
            Cli::try_parse_from([&["inbox-pirata"][..], args].concat()).map(|cli| cli.config.live)
        };
        let usual = timing(&[]).unwrap();
        let seconds = [usual.live_stall, usual.live_recheck, usual.live_retry];
        assert_eq!(seconds.map(|time| time.as_secs()), [30, 10, 3]);
        assert_eq!(
            timing(&["--live-retry", "200ms"]).unwrap().live_retry,
            Duration::from_millis(200)
        );
        // An interval of zero would keep a stream busy.
        assert!(timing(&["--live-recheck", "0s"]).is_err());
        assert!(!Cli::command().render_long_help().to_string().contains("--live-"));
    }
}
