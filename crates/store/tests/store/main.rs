//! The store through its public door, every test on SQLite and on PostgreSQL.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod access;
mod accounts;
mod concurrency;
mod identity;
mod ingest;
mod live;
mod opening;
mod outbox;
mod position;
mod reading;
mod support;
mod web_sessions;
