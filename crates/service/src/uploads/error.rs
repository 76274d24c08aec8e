use std::io;

/// The reason why a file is not taken, distinguished by the possible reactions of its browser.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// It has no bytes.
    #[error("the file is empty")]
    Empty,
    /// It is larger than files of its kind may be, or more bytes came than it was said to have.
    #[error("the file has more than {limit} bytes")]
    TooLarge { limit: u64 },
    /// A value of its description is impossible. No page of this version makes such a request.
    #[error("{0} is not acceptable")]
    Invalid(&'static str),
    /// The disk has no room for it now.
    #[error("there is no room on the disk")]
    NoRoom,
    /// The bytes do not continue those that are there.
    #[error("{received} bytes are there")]
    WrongOffset { received: u64 },
    /// Another request is writing it.
    #[error("another request is writing the file")]
    Busy,
    /// It is complete, or it was given up: no more bytes are taken.
    #[error("no more bytes are taken")]
    Gone,
    /// It was sent as a voice note and is no recording that phones play as one. Its message has failed.
    #[error("the recording is not Opus")]
    NotVoice,
    /// It was to be viewed once and is nothing that phones show once: as a document it would stay. Its
    /// message has failed.
    #[error("the file is no photo or video that phones show")]
    NotViewedOnce,
    /// The bucket of the files is out of reach. All bytes stay, and an empty request tries again.
    #[error("the bucket is out of reach: {0}")]
    OutOfReach(io::Error),
    #[error("file: {0}")]
    Io(io::Error),
    /// The store refused, or failed.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl From<io::Error> for UploadError {
    fn from(error: io::Error) -> Self {
        use io::ErrorKind::{HostUnreachable, QuotaExceeded, StorageFull};
        match error.kind() {
            StorageFull | QuotaExceeded => Self::NoRoom,
            HostUnreachable => Self::OutOfReach(error),
            _ => Self::Io(error),
        }
    }
}
