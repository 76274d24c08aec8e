//! The files of messages: `<number>/<message>` in [`crate::config::Config::media_dir`].
//!
//! A file is written under a name that begins with a dot, and renamed when it is complete; from
//! then on it never changes. So a file whose name is a number can be copied while the server runs.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use super::folder::entries;
use super::manifest::is_id;

/// Lists the files as `<number>/<message>` with their paths.
pub(super) fn list(folder: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    let mut files = Vec::new();
    for (number, folder) in entries(folder)? {
        if !is_id(&number) || !folder.is_dir() {
            continue;
        }
        for (message, file) in entries(&folder)? {
            if is_id(&message) && file.is_file() {
                files.push((format!("{number}/{message}"), file));
            }
        }
    }
    files.sort();
    Ok(files)
}

/// Opens a file; `None` if it is gone, as it is after its number was removed.
pub(super) fn open(file: &Path) -> io::Result<Option<File>> {
    match File::open(file) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn whole_files_are_listed_and_those_that_go_meanwhile_left_out() {
        let folder = tempfile::tempdir().unwrap();
        assert!(list(&folder.path().join("none")).unwrap().is_empty());
        for number in ["1", "12", ".3", "tmp"] {
            fs::create_dir(folder.path().join(number)).unwrap();
            for message in ["7", "40", ".41", "41.part", "+8", "08", "x"] {
                fs::write(folder.path().join(number).join(message), "").unwrap();
            }
        }
        fs::create_dir(folder.path().join("1/9")).unwrap();
        fs::write(folder.path().join("2"), "").unwrap();
        let files = list(folder.path()).unwrap();
        let names: Vec<_> = files.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["1/40", "1/7", "12/40", "12/7"]);

        assert!(open(&files[0].1).unwrap().is_some());
        fs::remove_dir_all(folder.path().join("1")).unwrap();
        assert!(open(&files[0].1).unwrap().is_none());
        assert!(open(&files[2].1).unwrap().is_some());
    }
}
