//! Bounds of connections. They have no line in `--help`: they are right for every installation, and short
//! in tests. `docs/security.md` lists them.

use std::time::Duration;

use clap::Args;

use super::values;

/// How many connections there may be, and how long one may take over each of its steps.
#[derive(Debug, Clone, Copy, Args)]
pub struct Limits {
    /// Connections at a time; at most half of the process' file descriptors, whatever is said here.
    #[arg(long, global = true, hide = true, env = "INBOX_CONNECTIONS", value_parser = values::count, default_value = "4096")]
    pub connections: usize,

    /// Connections at a time from one address (of IPv6: one network). Trusted proxies have no such bound.
    #[arg(long, global = true, hide = true, env = "INBOX_CONNECTIONS_PER_ADDRESS", value_parser = values::count, default_value = "512")]
    pub connections_per_address: usize,

    /// From the first byte of a request, or from connecting, to the end of its head.
    #[arg(long, global = true, hide = true, env = "INBOX_HEAD_WITHIN", value_parser = values::step, default_value = "30s")]
    pub head_within: Duration,

    /// From the end of the head to the end of the body, which has a megabyte at most.
    #[arg(long, global = true, hide = true, env = "INBOX_BODY_WITHIN", value_parser = values::step, default_value = "60s")]
    pub body_within: Duration,

    /// Between two requests. Longer than proxies keep their connections (Caddy: two minutes), because a
    /// form that meets a connection being closed is not sent again.
    #[arg(long, global = true, hide = true, env = "INBOX_IDLE_WITHIN", value_parser = values::step, default_value = "3m")]
    pub idle_within: Duration,

    /// How long each 16 KiB of an answer may wait for the other side to read.
    #[arg(long, global = true, hide = true, env = "INBOX_READ_WITHIN", value_parser = values::step, default_value = "60s")]
    pub read_within: Duration,
}
