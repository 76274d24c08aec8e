//! What can go wrong, by what the caller can do about it.

use std::path::PathBuf;

use model::message::MAX_TEXT;

/// An answer other than the one asked for.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It does not exist, or this user may not know that it does: the two are not told apart.
    #[error("not found")]
    NotFound,
    /// The user is known and may not do this.
    #[error("not allowed")]
    Forbidden,
    /// The first administrator exists already.
    #[error("this installation already has its first user")]
    AlreadySetUp,
    /// Another user has this address.
    #[error("the e-mail address is taken")]
    EmailTaken,
    /// A value that no retry will make acceptable.
    #[error("{0}")]
    Invalid(Field),
    /// A message without a visible character.
    #[error("the message is empty")]
    EmptyText,
    #[error("the message has more than {MAX_TEXT} characters")]
    TextTooLong,
    /// The database could not be opened; the sentence says what to do.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The database failed. Nothing of the transaction was kept.
    #[error("database: {0}")]
    Database(#[from] sea_orm::DbErr),
    /// A row holds something that this version cannot have written.
    #[error("the database holds {what} that cannot be read: {value:?}")]
    Corrupt { what: &'static str, value: String },
    /// A password could not be hashed, or a stored hash not be read.
    #[error("password hashing: {0}")]
    Hash(#[from] argon2::password_hash::Error),
    /// Work was abandoned because the process is stopping.
    #[error("shutting down")]
    Stopping,
}

impl From<tokio::task::JoinError> for Error {
    fn from(_: tokio::task::JoinError) -> Self {
        Self::Stopping
    }
}

/// Which value was refused, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Field {
    #[error("a name has 1 to 80 characters")]
    Name,
    #[error("that is not an e-mail address")]
    Email,
    #[error("a password has at least 10 characters")]
    PasswordTooShort,
    #[error("a password has at most 200 characters")]
    PasswordTooLong,
    /// The id names a message of another conversation.
    #[error("the message id is in use")]
    MessageId,
}

/// Why there is no database to work with.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error(
        "{0:?} is not a database address; use sqlite:///path/to/inbox.db or postgres://user@host/name"
    )]
    Address(String),
    #[error("cannot create the database in {folder}: {source}", folder = .folder.display())]
    Folder { folder: PathBuf, source: std::io::Error },
    #[error("{path} is not an SQLite database, or is damaged", path = .0.display())]
    NotADatabase(PathBuf),
    #[error("cannot open {path}: {source}", path = .path.display())]
    File { path: PathBuf, source: sea_orm::DbErr },
    #[error("cannot reach the PostgreSQL server: {0}")]
    Server(sea_orm::DbErr),
    #[error("cannot bring the database up to date: {0}")]
    Migration(sea_orm::DbErr),
}
