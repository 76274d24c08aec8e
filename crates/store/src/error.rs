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
    /// Nobody would be left who can administer the installation.
    #[error("the last administrator stays one")]
    LastAdmin,
    /// An invitation or reset link that is unknown, used, replaced or too old: the four are not told
    /// apart.
    #[error("the link is not valid any more")]
    InvalidLink,
    /// The password that was asked for as a proof is not the person's.
    #[error("wrong password")]
    WrongPassword,
    /// A code of a second factor that is wrong, too old, or was used before.
    #[error("wrong code")]
    WrongCode,
    /// There is a second factor already; it has to be removed first.
    #[error("two-factor login is already on")]
    TotpEnabled,
    /// A value that no retry will make acceptable.
    #[error("{0}")]
    Invalid(Field),
    /// Only what is not linked may be changed so, or belongs to no phone yet.
    #[error("the number is linked, or belongs to a phone")]
    Linked,
    /// Its phone changed: another number is sent from now.
    #[error("the number was replaced by another")]
    Replaced,
    /// The phone this number belongs to has not linked it.
    #[error("the number waits for its own phone")]
    Unlinked,
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
    /// The database does not take writes, which was found out a moment ago. Nothing was tried.
    #[error("the database takes no writes at the moment")]
    Outage,
    /// A row holds something that this version cannot have written.
    #[error("the database holds {what} that cannot be read: {value:?}")]
    Corrupt { what: &'static str, value: String },
    /// A secret cannot be read or written.
    #[error(transparent)]
    Sealed(#[from] crate::SealError),
    /// The system gives no random numbers.
    #[error("random numbers: {0}")]
    Random(#[from] getrandom::Error),
    /// As many passwords wait to be checked as may. Nothing was done; a few seconds later there is room.
    #[error("too many passwords are being checked")]
    Busy,
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
    #[error("a label has 1 to 40 characters in one line")]
    Label,
    #[error("a phone has 8 to 15 digits and begins with its country code")]
    Phone,
    #[error("a user owns at most 50 numbers")]
    TooManyNumbers,
    /// The id names a message of another conversation.
    #[error("the message id is in use")]
    MessageId,
}

/// Why there is no database to work with.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Nothing of the address is repeated: a password may stand anywhere in it.
    #[error(
        "that is not a database address; use sqlite:///path/to/inbox.db or postgres://user@host/name"
    )]
    Address,
    #[error("cannot create the database in {folder}: {source}", folder = .folder.display())]
    Folder { folder: PathBuf, source: std::io::Error },
    #[error("{path} is not an SQLite database, or is damaged", path = .0.display())]
    NotADatabase(PathBuf),
    #[error("cannot open {path}: {source}", path = .path.display())]
    File { path: PathBuf, source: sea_orm::DbErr },
    #[error("cannot reach the PostgreSQL server: {0}")]
    Server(String),
    #[error("cannot reach the PostgreSQL server: it does not answer")]
    Silent,
    /// Wrong, or not what was meant to be sent.
    #[error(
        "the PostgreSQL server refuses user or password; in the address special characters of both are \
         written as codes: % is %25, # is %23, / is %2F, @ is %40, ? is %3F, : is %3A, a space is %20"
    )]
    Password,
    #[error("there is no database at {path}", path = .0.display())]
    Missing(PathBuf),
    #[error("cannot bring the database up to date: {0}")]
    Migration(sea_orm::DbErr),
    /// The migration named has been applied, and this program does not know it.
    #[error(
        "it was last used by a newer version of this program (it has {0:?}, which this version does \
         not know); start the newer version again, or restore the backup that was made before the \
         update into an empty data folder"
    )]
    Newer(String),
}
