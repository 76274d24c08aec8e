//! The files of messages that are forwarded.

use std::io;

use store::FileCopy;

use super::Pool;
use crate::files::blocking;

impl Pool {
    /// Gives the file of a message a second name, for the copy of the message. It is on the disk when
    /// this returns, and takes no further room.
    ///
    /// # Errors
    /// There is no such file, or the disk fails.
    pub async fn copy_file(&self, copy: FileCopy) -> io::Result<()> {
        let files = self.0.shared.disk_room.files().clone();
        blocking(move || files.copy(copy)).await
    }
}
