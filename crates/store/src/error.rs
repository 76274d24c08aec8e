//! Errors, distinguished by the possible reactions of the caller.

use std::path::PathBuf;

use model::{
    Closed, MOST_PINNED,
    file_limits::{OPEN, OPEN_BYTES},
    message::MAX_TEXT,
};

/// An error of the store.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The object does not exist, or this user may not know that it does: the two are not
    /// distinguished.
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
    /// The invitation or reset link is unknown, used, replaced or too old: the four are not
    /// distinguished.
    #[error("the link is not valid any more")]
    InvalidLink,
    /// The password that was given as a proof is not the person's.
    #[error("wrong password")]
    WrongPassword,
    /// A code of a second factor is wrong, too old, or was used before.
    #[error("wrong code")]
    WrongCode,
    /// The user has a second factor already; it has to be removed first.
    #[error("two-factor login is already on")]
    TotpEnabled,
    /// A value is invalid, so that a retry cannot succeed.
    #[error("{0}")]
    Invalid(Field),
    /// The change is only possible for a number that is not linked, or that belongs to no phone
    /// yet.
    #[error("the number is linked, or belongs to a phone")]
    Linked,
    /// The number's phone changed: another number replaces it for sending.
    #[error("the number was replaced by another")]
    Replaced,
    /// The number writes nothing in the group.
    #[error("the group takes no messages from the number: {0}")]
    Closed(Closed),
    /// The phone this number belongs to has not linked it.
    #[error("the number waits for its own phone")]
    Unlinked,
    /// The message has no visible character.
    #[error("the message is empty")]
    EmptyText,
    #[error("the message has more than {MAX_TEXT} characters")]
    TextTooLong,
    /// The message is not the number's own, failed, was deleted, is no text, has no content yet, has a
    /// file that its browser is still sending, or has too many changes that wait or failed.
    #[error("the message cannot be changed in this way")]
    Unchangeable,
    /// Somebody edited the message since the user last saw it.
    #[error("the message was edited meanwhile")]
    Edited,
    /// WhatsApp does not allow the change any more.
    #[error("the message is too old for this change")]
    TooLate,
    /// As many chats of the number are pinned as WhatsApp allows.
    #[error("at most {MOST_PINNED} chats of a number are pinned")]
    TooManyPinned,
    /// The message has neither a visible text nor a file that is stored here, nor is it a place, contacts or a
    /// poll that can be sent, or it was deleted.
    #[error("the message cannot be forwarded")]
    NotForwardable,
    /// The database could not be opened; the message names the remedy.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The database failed. Nothing of the transaction was stored.
    #[error("database: {0}")]
    Database(#[from] sea_orm::DbErr),
    /// The database accepts no writes, as was detected a moment ago. No write was tried.
    #[error("the database takes no writes at the moment")]
    Outage,
    /// A row holds a value that this version cannot have written.
    #[error("the database holds {what} that cannot be read: {value:?}")]
    Corrupt { what: &'static str, value: String },
    /// A secret cannot be decrypted or encrypted.
    #[error(transparent)]
    Encrypted(#[from] EncryptionError),
    /// The system has no random numbers.
    #[error("random numbers: {0}")]
    Random(#[from] getrandom::Error),
    /// The queue of password checks is full. Nothing was done; a few seconds later there is room.
    #[error("too many passwords are being checked")]
    Busy,
    /// A password could not be hashed, or a stored hash could not be parsed.
    #[error("password hashing: {0}")]
    Hash(#[from] argon2::password_hash::Error),
    /// The work was abandoned because the process is stopping.
    #[error("shutting down")]
    Stopping,
}

impl From<tokio::task::JoinError> for Error {
    fn from(_: tokio::task::JoinError) -> Self {
        Self::Stopping
    }
}

/// The value that was refused, and the reason.
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
    /// The id names a message of another conversation, or another operation.
    #[error("the message id is in use")]
    MessageId,
    #[error("a reaction is one emoji")]
    Reaction,
    /// A place, contacts or a poll that nobody could have sent.
    #[error("a place has a point, contacts have numbers, and a poll has 2 to 12 options")]
    Content,
    /// Others have to be completed or cancelled first ([`OPEN`], [`OPEN_BYTES`]).
    #[error("a user sends at most {OPEN} files at a time, and {OPEN_BYTES} bytes")]
    TooManyUploads,
}

/// The reason why a secret cannot be decrypted or encrypted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EncryptionError {
    /// The store was opened without keys ([`crate::Store::with_secrets`]).
    #[error("there is no key for the secrets in the database")]
    NoKey,
    /// The secret is encrypted under a key that is not among those given.
    #[error("a secret in the database is encrypted under another key ({id})")]
    UnknownKey { id: String },
    /// The value was changed, or moved from another row.
    #[error("{table}.{column} of {row} was altered")]
    Altered { table: &'static str, column: &'static str, row: i64 },
    /// The cipher failed, which happens only for texts of many gigabytes.
    #[error("a secret could not be encrypted")]
    Cipher,
}

/// The reason why the database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The message repeats nothing of the address, because a password may be anywhere in it.
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
    /// User or password is wrong, or was changed by special characters of the address.
    #[error(
        "the PostgreSQL server refuses user or password; in the address special characters of both are \
         written as codes: % is %25, # is %23, / is %2F, @ is %40, ? is %3F, : is %3A, a space is %20"
    )]
    Password,
    #[error("there is no database at {path}", path = .0.display())]
    Missing(PathBuf),
    #[error("cannot bring the database up to date: {0}")]
    Migration(sea_orm::DbErr),
    /// The named migration has been applied, and this program does not know it.
    #[error(
        "it was last used by a newer version of this program (it has {0:?}, which this version does \
         not know); start the newer version again, or restore the backup that was made before the \
         update into an empty data folder"
    )]
    Newer(String),
}
