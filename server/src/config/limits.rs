//! Bounds of connections. They are hidden from `--help`: the defaults suit every installation, and
//! tests shorten them. `docs/security.md` lists them.

use std::time::Duration;

use clap::Args;

use super::values;

/// The number of connections, and the longest duration of each step of one.
#[derive(Debug, Clone, Copy, Args)]
pub struct Limits {
    /// Connections at a time, never more than half of the process' file descriptors.
    #[arg(long, global = true, hide = true, env = "INBOX_CONNECTIONS", value_parser = values::count, default_value = "4096")]
    pub connections: usize,

    /// Connections at a time from one address (for IPv6: one network). Trusted proxies have no such
    /// bound.
    #[arg(long, global = true, hide = true, env = "INBOX_CONNECTIONS_PER_ADDRESS", value_parser = values::count, default_value = "512")]
    pub connections_per_address: usize,

    /// Longest time from the first byte of a request, or from connecting, to the end of its head.
    #[arg(long, global = true, hide = true, env = "INBOX_HEAD_WITHIN", value_parser = values::step, default_value = "30s")]
    pub head_within: Duration,

    /// Longest time from the end of the head to the end of the body, which has at most a megabyte, or
    /// four if it is a part of a file.
    #[arg(long, global = true, hide = true, env = "INBOX_BODY_WITHIN", value_parser = values::step, default_value = "60s")]
    pub body_within: Duration,

    /// Longest time between two requests. It is longer than proxies keep their connections (Caddy:
    /// two minutes), because a form that meets a connection being closed is not sent again.
    #[arg(long, global = true, hide = true, env = "INBOX_IDLE_WITHIN", value_parser = values::step, default_value = "3m")]
    pub idle_within: Duration,

    /// Longest time that each 16 KiB of a response may wait for the client to read.
    #[arg(long, global = true, hide = true, env = "INBOX_READ_WITHIN", value_parser = values::step, default_value = "60s")]
    pub read_within: Duration,

    /// Longest time without a byte of a part of a file. Meanwhile no other request can continue the
    /// file, so a browser that lost its connection would wait for the end of the old one.
    #[arg(long, global = true, hide = true, env = "INBOX_UPLOAD_STALL", value_parser = values::step, default_value = "15s")]
    pub upload_stall: Duration,
}
