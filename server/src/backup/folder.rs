//! Private folders, and a file that gets its name only when it is complete.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, bail};
use tempfile::TempDir;

use crate::lock::{Lock, lock};
use crate::private_file::create_private;

/// Name prefixes of temporary folders in the data folder.
pub(super) const BACKUP: &str = ".backup-";
pub(super) const RESTORE: &str = ".restore-";
/// Name prefix of temporary folders beside a database, which may lie outside the data folder.
/// Others may have folders there, so the name identifies this program.
pub(super) const RESTORE_DATABASE: &str = ".inbox-restore-";

/// A temporary folder that is removed on drop. It lies in the data folder, because its content is
/// as secret as the rest there, and moving it is a rename even if the data folder is a disk of its
/// own.
#[derive(Debug)]
pub(super) struct WorkingFolder {
    folder: TempDir,
    /// Shows `orphan_cleanup` that the folder is in use. It is released after the folder is gone.
    _lock: Option<File>,
}

impl WorkingFolder {
    pub(super) fn begin(parent: &Path, prefix: &str) -> anyhow::Result<Self> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(prefix);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            builder.permissions(fs::Permissions::from_mode(0o700));
        }
        loop {
            let folder = builder
                .tempdir_in(parent)
                .with_context(|| format!("a pasta {} não pode ser usada", parent.display()))?;
            // Another process may remove it as an orphan before it is locked; then the loop makes
            // another one.
            match File::open(folder.path()) {
                Ok(opened) if lock(&opened, folder.path()) == Lock::Others => {}
                Ok(opened) => return Ok(Self { folder, _lock: Some(opened) }),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                // Not every system opens folders; orphans are not removed there either.
                Err(_) => return Ok(Self { folder, _lock: None }),
            }
        }
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Creates a folder and its parents, readable by this user only.
pub(super) fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(folder)
}

/// Lists a folder's entries by name; an absent folder has none.
pub(super) fn entries(folder: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    entries
        .map(|entry| {
            let entry = entry?;
            Ok((entry.file_name().to_string_lossy().into_owned(), entry.path()))
        })
        .collect()
}

/// An unfinished file, named `….part`. It is removed if it is dropped before [`Self::publish`].
#[derive(Debug)]
pub(super) struct PartialFile {
    path: PathBuf,
    target: PathBuf,
    published: bool,
    /// Locked until it is renamed, or another backup would remove it as an orphan.
    file: File,
}

impl PartialFile {
    /// Creates the file to write into. A file that an interrupted backup left under this name is
    /// replaced.
    ///
    /// # Errors
    /// Fails if the target exists already, if another backup is writing it, or if it cannot be
    /// created.
    pub(super) fn create(target: &Path) -> anyhow::Result<(Self, File)> {
        refuse_overwriting(target)?;
        let mut path = target.as_os_str().to_owned();
        path.push(".part");
        let path = PathBuf::from(path);
        let file = create_locked(&path)?;
        let partial = Self { path, target: target.to_owned(), published: false, file };
        let output = partial.file.try_clone().with_context(|| uncreatable(&partial.path))?;
        Ok((partial, output))
    }

    /// Renames the file, which is synced to the disk, to its final name.
    pub(super) fn publish(mut self) -> anyhow::Result<()> {
        refuse_overwriting(&self.target)?;
        fs::rename(&self.path, &self.target).with_context(|| uncreatable(&self.target))?;
        self.published = true;
        Ok(())
    }
}

impl Drop for PartialFile {
    fn drop(&mut self) {
        if !self.published {
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn refuse_overwriting(target: &Path) -> anyhow::Result<()> {
    if target.symlink_metadata().is_ok() {
        bail!("{} já existe; escolha outro nome", target.display());
    }
    Ok(())
}

/// Creates a file and locks it, which shows others that it is being written.
fn create_locked(path: &Path) -> anyhow::Result<File> {
    let made = match create_private(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            remove_orphan(path)?;
            create_private(path)
        }
        made => made,
    };
    let file = made.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => in_progress(path),
        _ => anyhow::Error::new(error).context(uncreatable(path)),
    })?;
    match lock(&file, path) {
        Lock::Others => Err(in_progress(path)),
        Lock::Ours | Lock::Unknown => Ok(file),
    }
}

/// Removes a file that no process writes any more. It is not reused: somebody who must not read the
/// new content may have it open.
fn remove_orphan(path: &Path) -> anyhow::Result<()> {
    if path.symlink_metadata().is_ok_and(|found| !found.is_file()) {
        bail!("{} já existe e não é um arquivo; escolha outro nome", path.display());
    }
    let file = match File::options().write(true).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error).with_context(|| uncreatable(path)),
    };
    match lock(&file, path) {
        Lock::Ours => fs::remove_file(path).with_context(|| uncreatable(path)),
        Lock::Others => Err(in_progress(path)),
        Lock::Unknown => bail!(
            "{} já existe; se nenhum outro backup está em andamento, apague o arquivo",
            path.display()
        ),
    }
}

fn in_progress(path: &Path) -> anyhow::Error {
    anyhow!("outro backup está em andamento e grava em {}", path.display())
}

fn uncreatable(path: &Path) -> String {
    format!("{} não pode ser criado", path.display())
}
