//! The routes, one file each or per family.

pub(crate) mod api;
pub(crate) mod audit;
pub(crate) mod check;
pub(crate) mod health;
pub(crate) mod live;
pub(crate) mod media;
pub(crate) mod metrics;
pub(crate) mod pages;
pub(crate) mod pictures;
pub(crate) mod text;
pub(crate) mod uploads;

/// Seconds after which a browser may repeat a request that failed because a bucket or the database cannot be
/// used now.
const RETRY_AFTER: &str = "30";
