//! Tests of the store through its public interface, each on SQLite and on PostgreSQL.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod access;
mod access_matrix;
mod accounts;
mod audit;
mod backup;
mod bounds;
mod concurrency;
mod devices;
mod downtimes;
mod drafts;
mod effective_content;
mod effective_migration;
mod eviction;
mod forward;
mod forwarding;
mod grants;
mod identity;
mod ingest;
mod links;
mod live;
mod media;
mod message_updates;
mod numbers;
mod opening;
mod operations;
mod operations_migration;
mod outage;
mod outbox;
mod own_phone;
mod phone_forms;
mod position;
mod power_cut;
mod privacy;
mod profile;
mod reading;
mod replies;
mod second_factor;
mod secrets;
mod strangers;
mod support;
mod unread;
mod uptime;
mod web_sessions;
