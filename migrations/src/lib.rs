//! The migrations of the database, oldest first.
//!
//! Every migration spells its tables out in sea-query and imports no entity, so it does the same on
//! a database of any age. All of them run on SQLite and on PostgreSQL.
//!
//! Times are `BIGINT` microseconds since 1970 (UTC), which both databases store, compare and index
//! alike.

mod m0001_inbox;
mod m0002_numbers;
mod m0003_accounts;
mod m0004_gaps;
mod m0005_media;
mod m0006_amendments;
mod m0007_originals;
mod m0008_own_phone;
mod m0009_enter_key;
mod m0010_receipts;
mod m0011_drafts;
mod m0012_media;
mod m0013_bounds;
mod m0014_login;
mod m0015_sealed;
mod m0016_session_digest;
mod m0017_effective_content;
mod m0018_operations;
mod m0019_message_content;
mod m0020_read_operations;
mod m0021_outgoing_files;
mod m0022_poll_votes;
mod m0023_stickers;
mod m0024_view_once;
mod m0025_timers;
mod m0026_calls;
mod m0027_document_pages;
mod m0028_albums;
mod m0029_tried_votes;
mod m0030_kept_messages;
mod m0031_groups;
mod m0032_chat_state;
mod m0033_people;
mod m0034_media_copies;

use sea_orm_migration::prelude::*;

/// Runs the missing migrations.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_inbox::Migration),
            Box::new(m0002_numbers::Migration),
            Box::new(m0003_accounts::Migration),
            Box::new(m0004_gaps::Migration),
            Box::new(m0005_media::Migration),
            Box::new(m0006_amendments::Migration),
            Box::new(m0007_originals::Migration),
            Box::new(m0008_own_phone::Migration),
            Box::new(m0009_enter_key::Migration),
            Box::new(m0010_receipts::Migration),
            Box::new(m0011_drafts::Migration),
            Box::new(m0012_media::Migration),
            Box::new(m0013_bounds::Migration),
            Box::new(m0014_login::Migration),
            Box::new(m0015_sealed::Migration),
            Box::new(m0016_session_digest::Migration),
            Box::new(m0017_effective_content::Migration),
            Box::new(m0018_operations::Migration),
            Box::new(m0019_message_content::Migration),
            Box::new(m0020_read_operations::Migration),
            Box::new(m0021_outgoing_files::Migration),
            Box::new(m0022_poll_votes::Migration),
            Box::new(m0023_stickers::Migration),
            Box::new(m0024_view_once::Migration),
            Box::new(m0025_timers::Migration),
            Box::new(m0026_calls::Migration),
            Box::new(m0027_document_pages::Migration),
            Box::new(m0028_albums::Migration),
            Box::new(m0029_tried_votes::Migration),
            Box::new(m0030_kept_messages::Migration),
            Box::new(m0031_groups::Migration),
            Box::new(m0032_chat_state::Migration),
            Box::new(m0033_people::Migration),
            Box::new(m0034_media_copies::Migration),
        ]
    }
}
