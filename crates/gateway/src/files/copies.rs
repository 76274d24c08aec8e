//! Copies of files, for messages that are forwarded. A copy is a second name of the same file, which stays
//! when the first one is removed. No file is ever written to once it has the name of a message.

use std::{fs, io};

use store::FileCopy;

use super::{Files, sync_folder};
use crate::credentials::make_private;

impl Files {
    /// Gives the file of a message a second name. It is on the disk when this returns.
    pub(crate) fn copy(&self, copy: FileCopy) -> io::Result<()> {
        let (from, to) = (self.path(copy.from.0, copy.from.1), self.path(copy.to.0, copy.to.1));
        make_private(&self.of_number(copy.to.0))?;
        // A message that was not stored after all may have left its copy behind, under an id that is
        // given again.
        self.remove_one(copy.to.0, copy.to.1)?;
        fs::hard_link(from, to)?;
        sync_folder(&self.of_number(copy.to.0))
    }
}

#[cfg(test)]
mod tests {
    use model::{ConnectionId, MessageId};

    use super::*;

    #[test]
    fn a_copy_stays_when_its_source_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::new(folder.path().join("media"));
        let (number, other) = (ConnectionId(1), ConnectionId(2));
        let copy = FileCopy { from: (number, MessageId(7)), to: (other, MessageId(8)) };
        assert_eq!(files.copy(copy).unwrap_err().kind(), io::ErrorKind::NotFound);
        for content in [b"foto", b"FOTO"] {
            make_private(&files.of_number(number)).unwrap();
            fs::write(files.path(number, MessageId(7)), content).unwrap();
            files.copy(copy).unwrap();
            files.remove(number).unwrap();
            assert_eq!(fs::read(files.path(other, MessageId(8))).unwrap(), content);
        }
    }
}
