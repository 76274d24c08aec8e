//! Groups as rows: their data and their members. The receipts of the members are in
//! [`crate::messages`].
//!
//! Nothing here begins a transaction or announces a change. The callers ([`crate::ingest`],
//! [`crate::outbox`], [`crate::inbox`]) do both.
//!
//! | module | content |
//! | --- | --- |
//! | [`group_rows`] | the data of a group, and the relation of the number to it |
//! | [`members`] | its members |

pub(crate) mod group_rows;
pub(crate) mod members;
