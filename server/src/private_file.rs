//! New files that no other user of the machine reads.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::Path;

/// Creates a new file, readable by this user only.
pub(crate) fn create_private(path: &Path) -> io::Result<fs::File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}
