//! The store through its public door, every test on SQLite and on PostgreSQL.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod access;
mod access_matrix;
mod accounts;
mod amendments;
mod audit;
mod backup;
mod bounds;
mod concurrency;
mod devices;
mod drafts;
mod eviction;
mod forward;
mod gaps;
mod grants;
mod identity;
mod ingest;
mod links;
mod live;
mod media;
mod numbers;
mod opening;
mod outage;
mod outbox;
mod own_phone;
mod phone_forms;
mod position;
mod power_cut;
mod privacy;
mod profile;
mod reading;
mod second_factor;
mod secrets;
mod strangers;
mod support;
mod unread;
mod uptime;
mod web_sessions;
