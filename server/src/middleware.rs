//! The middleware of the routes, one file each.

pub(crate) mod body_size;
pub(crate) mod factor;
pub(crate) mod forwarded;
pub(crate) mod guard;
pub(crate) mod headers;
pub(crate) mod host;
pub(crate) mod latency;
pub(crate) mod same_origin;
pub(crate) mod session_cookie;
