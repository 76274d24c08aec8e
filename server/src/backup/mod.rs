//! A backup: one file with a whole installation, made while the server runs, restored into an empty
//! folder.
//!
//! ```text
//!  FILE = a tar, gzipped, and in an age envelope when there is a passphrase (`age -d` opens it)
//!    sessions/<id>/<file>    each number's keys, a whole copy of the SQLite file
//!    tables/<table>.jsonl    every row of the database, one JSON object a line, NULLs left out
//!    media/<number>/<message>    the file of a message, unless files are in a bucket
//!    manifest.json           size and hash of every entry: `manifest`. The last entry
//! ```
//!
//! The rows are the same from SQLite and from PostgreSQL, so a backup of one can be restored into
//! the other. Logins and invitation links are not in it ([`store::backup::LEFT_OUT`]): people log
//! in again.
//!
//! * `create` and `restore`: the two commands, step by step. `labels`: their error messages.
//! * `archive` and `unpack`: writing and reading the tar, the latter within `limits`. `encryption`:
//!   the passphrase around it. `manifest`: the list of its entries. `rows`: the lines of a table.
//! * `sessions`: the numbers' keys. `media`: the files of messages. `bucket`: these files on their way from a
//!   backup into a bucket.
//! * `folder`: private folders, and the file that gets its name only when it is complete.
//!   `orphan_cleanup`: removal of those of killed runs.

mod archive;
mod bucket;
mod create;
mod encryption;
mod folder;
mod labels;
mod limits;
mod manifest;
mod media;
mod orphan_cleanup;
mod restore;
mod rows;
mod sessions;
mod unpack;

pub use create::create;
pub use limits::Growth;
pub use orphan_cleanup::remove_orphans;
pub use restore::{restore, restore_growing};

/// The content of a backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    /// Numbers whose keys are in it.
    pub numbers: usize,
    pub messages: u64,
    /// Files of messages.
    pub media: usize,
    /// The backup has more files than `restore` accepts without [`Growth::Any`].
    pub needs_any_size: bool,
}
