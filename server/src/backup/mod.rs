//! One file that holds an installation: made while the server runs, restored into an empty folder.
//!
//! ```text
//!  FILE = a tar, gzipped, and in an age envelope when there is a passphrase (`age -d` opens it)
//!    sessions/<id>/<file>    each number's keys, a whole copy of the SQLite file
//!    tables/<table>.jsonl    every row of the database, one JSON object a line, NULLs left out
//!    media/<number>/<message>    what was sent as a file
//!    manifest.json           what all of it has to be: `manifest`. Last, so that it closes the file
//! ```
//!
//! The rows are the same from SQLite and from PostgreSQL, so one can be restored into the other.
//! Logins and invitation links are not in it ([`store::backup::LEFT_OUT`]): people log in again.
//!
//! * `create` and `restore`: the two commands, step by step. `words`: what they say when they cannot.
//! * `archive` and `unpack`: the tar, out and in, the latter within `limits`. `seal`: the passphrase
//!   around it. `manifest`: what belongs in it. `rows`: the lines of a table.
//! * `sessions`: the numbers' keys. `media`: the files of messages.
//! * `folder`: private folders, and the file that is not there before it is whole. `lock`: who is at
//!   work on them. `leftovers`: those of runs that were killed.

mod archive;
mod create;
mod folder;
mod leftovers;
mod limits;
pub(crate) mod lock;
mod manifest;
mod media;
mod restore;
mod rows;
mod seal;
mod sessions;
mod unpack;
mod words;

pub(crate) use archive::create_private;
pub use create::create;
pub use leftovers::sweep;
pub use limits::Growth;
pub use restore::{restore, restore_growing};

/// What a backup held, or what was restored from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    /// Numbers whose keys are in it.
    pub numbers: usize,
    pub messages: u64,
    /// Files of messages.
    pub media: usize,
    /// It has more files than `restore` takes without [`Growth::Any`].
    pub needs_any_size: bool,
}
