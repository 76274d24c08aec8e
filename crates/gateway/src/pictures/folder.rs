//! The files of pictures: a folder in that of the number, so that they go with the number.
//!
//! The name of a file has its version, so a file never changes. Backups leave the folder out: pictures are
//! fetched again.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use model::ConnectionId;
use store::PictureOf;

use crate::credentials::make_private;

/// The name of the folder. No message has it as its id.
const NAME: &str = "fotos";
/// Large pictures of a number that are kept, those that were opened last.
const LARGE: usize = 300;
const LARGE_SUFFIX: &str = "-grande.jpg";

/// The size of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Size {
    /// For lists.
    Small,
    /// As large as WhatsApp has it.
    Large,
}

/// The folder of the files of messages, which has that of the pictures of each number.
#[derive(Debug, Clone)]
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn new(media_dir: PathBuf) -> Self {
        Self(media_dir)
    }

    fn of_number(&self, connection: ConnectionId) -> PathBuf {
        self.0.join(connection.to_string()).join(NAME)
    }

    pub(super) fn path(
        &self,
        connection: ConnectionId,
        of: PictureOf,
        version: i64,
        size: Size,
    ) -> PathBuf {
        let suffix = match size {
            Size::Small => ".jpg",
            Size::Large => LARGE_SUFFIX,
        };
        self.of_number(connection).join(beginning(of, version) + suffix)
    }

    /// Writes a picture, which has its name once it is complete.
    pub(super) fn write(
        &self,
        connection: ConnectionId,
        of: PictureOf,
        version: i64,
        size: Size,
        jpeg: &[u8],
    ) -> io::Result<()> {
        let folder = self.of_number(connection);
        make_private(&folder)?;
        if size == Size::Large {
            remove_oldest_large(&folder)?;
        }
        let mut file = tempfile::Builder::new().prefix(".").tempfile_in(&folder)?;
        file.write_all(jpeg)?;
        file.persist(self.path(connection, of, version, size)).map_err(|error| error.error)?;
        Ok(())
    }

    /// Removes both sizes of a version of a picture.
    pub(super) fn remove(
        &self,
        connection: ConnectionId,
        of: PictureOf,
        version: i64,
    ) -> io::Result<()> {
        for size in [Size::Small, Size::Large] {
            remove(&self.path(connection, of, version, size))?;
        }
        Ok(())
    }

    /// Removes all files but those of the stored pictures.
    pub(super) fn sweep(
        &self,
        connection: ConnectionId,
        stored: &[(PictureOf, i64)],
    ) -> io::Result<()> {
        let kept: Vec<String> =
            stored.iter().map(|(of, version)| beginning(*of, *version)).collect();
        let kept: std::collections::HashSet<&str> = kept.iter().map(String::as_str).collect();
        for entry in entries(&self.of_number(connection))? {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let beginning = name.strip_suffix(LARGE_SUFFIX).or_else(|| name.strip_suffix(".jpg"));
            if !beginning.is_some_and(|beginning| kept.contains(beginning)) {
                remove(&entry.path())?;
            }
        }
        Ok(())
    }
}

fn beginning(of: PictureOf, version: i64) -> String {
    match of {
        PictureOf::Person(contact) => format!("p{contact}-{version}"),
        PictureOf::Group(chat) => format!("g{chat}-{version}"),
    }
}

/// Makes room for one more large picture.
fn remove_oldest_large(folder: &Path) -> io::Result<()> {
    let mut large = Vec::new();
    for entry in entries(folder)? {
        if entry.file_name().to_string_lossy().ends_with(LARGE_SUFFIX) {
            let since = entry.metadata().and_then(|file| file.modified());
            large.push((since.unwrap_or(SystemTime::UNIX_EPOCH), entry.path()));
        }
    }
    large.sort_unstable();
    let too_many = (large.len() + 1).saturating_sub(LARGE);
    large.iter().take(too_many).try_for_each(|(_, path)| remove(path))
}

/// Returns the files of a folder; none if it is not there.
fn entries(folder: &Path) -> io::Result<Vec<fs::DirEntry>> {
    match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        entries => entries?.collect(),
    }
}

/// Removes a file, if it is there.
fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

#[cfg(test)]
mod tests {
    use model::{ChatId, ContactId};

    use super::*;

    #[test]
    fn the_files_of_a_picture_are_of_its_version_and_others_are_swept() {
        let media = tempfile::tempdir().unwrap();
        let folder = Folder::new(media.path().to_owned());
        let number = ConnectionId(1);
        let (ana, group) = (PictureOf::Person(ContactId(7)), PictureOf::Group(ChatId(7)));
        let write = |of, version, size| folder.write(number, of, version, size, b"jpeg").unwrap();
        let is_there = |of, version, size| folder.path(number, of, version, size).exists();
        folder.sweep(number, &[]).unwrap();
        folder.remove(number, ana, 1).unwrap();
        write(ana, 1, Size::Small);
        write(ana, 2, Size::Small);
        write(ana, 2, Size::Large);
        write(group, 2, Size::Small);
        fs::write(folder.of_number(number).join(".left"), "").unwrap();
        folder.sweep(number, &[(ana, 2)]).unwrap();
        assert!(is_there(ana, 2, Size::Small) && is_there(ana, 2, Size::Large));
        assert!(!is_there(ana, 1, Size::Small) && !is_there(group, 2, Size::Small));
        assert_eq!(entries(&folder.of_number(number)).unwrap().len(), 2);
        folder.remove(number, ana, 2).unwrap();
        assert!(entries(&folder.of_number(number)).unwrap().is_empty());
    }

    #[test]
    fn few_large_pictures_are_kept() {
        let media = tempfile::tempdir().unwrap();
        let folder = Folder::new(media.path().to_owned());
        let number = ConnectionId(1);
        for contact in 0..=i64::try_from(LARGE).unwrap() {
            let of = PictureOf::Person(ContactId(contact));
            folder.write(number, of, 1, Size::Large, b"jpeg").unwrap();
        }
        assert_eq!(entries(&folder.of_number(number)).unwrap().len(), LARGE);
    }
}
