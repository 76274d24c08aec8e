//! Private folders, and a file that is not there before it is whole.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, bail};
use tempfile::TempDir;

use super::archive::create_private;
use super::lock::{Lock, lock};

/// How the names of folders under way begin, in the data folder.
pub(super) const BACKUP: &str = ".backup-";
pub(super) const RESTORE: &str = ".restore-";
/// And of those beside a database, which need not lie in the data folder: others may have folders
/// there, so the name says whose this is.
pub(super) const ASIDE: &str = ".inbox-restore-";

/// A folder for things under way, which disappears with the value. It lies in the data folder, not
/// beside it: what is in it is as secret as what is there anyway, and moving it is a matter of its name
/// even if the data folder is a disk of its own.
#[derive(Debug)]
pub(super) struct Working {
    folder: TempDir,
    /// Tells `leftovers` that somebody is at work in it. Given up after the folder is gone.
    _lock: Option<File>,
}

impl Working {
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
            // Another run may take it for a leftover before it is locked. Then there is a next one.
            match File::open(folder.path()) {
                Ok(opened) if lock(&opened, folder.path()) == Lock::Others => {}
                Ok(opened) => return Ok(Self { folder, _lock: Some(opened) }),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                // Not every system opens folders; where it does not, nothing is swept either.
                Err(_) => return Ok(Self { folder, _lock: None }),
            }
        }
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Makes a folder and those above it, readable by this user only.
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

/// What is in a folder, by name; nothing, if there is none.
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

/// A file under way, called `….part`. Dropped before [`Self::publish`], it is gone.
#[derive(Debug)]
pub(super) struct Part {
    path: PathBuf,
    target: PathBuf,
    published: bool,
    /// Locked until it has its name, or another backup would take it for a leftover.
    file: File,
}

impl Part {
    /// The file to write into. What an interrupted backup has left under this name is replaced.
    ///
    /// # Errors
    /// There is such a file already, another backup is writing it, or it cannot be made.
    pub(super) fn create(target: &Path) -> anyhow::Result<(Self, File)> {
        refuse_overwriting(target)?;
        let mut path = target.as_os_str().to_owned();
        path.push(".part");
        let path = PathBuf::from(path);
        let file = begin(&path)?;
        let part = Self { path, target: target.to_owned(), published: false, file };
        let output = part.file.try_clone().with_context(|| uncreatable(&part.path))?;
        Ok((part, output))
    }

    /// Gives the file, which is on the disk by now, its name.
    pub(super) fn publish(mut self) -> anyhow::Result<()> {
        refuse_overwriting(&self.target)?;
        fs::rename(&self.path, &self.target).with_context(|| uncreatable(&self.target))?;
        self.published = true;
        Ok(())
    }
}

impl Drop for Part {
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

/// Makes a file that others see is being written.
fn begin(path: &Path) -> anyhow::Result<File> {
    let made = match create_private(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            remove_dead(path)?;
            create_private(path)
        }
        made => made,
    };
    let file = made.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => under_way(path),
        _ => anyhow::Error::new(error).context(uncreatable(path)),
    })?;
    match lock(&file, path) {
        Lock::Others => Err(under_way(path)),
        Lock::Ours | Lock::Unknown => Ok(file),
    }
}

/// Removes a file that nobody is writing any more. It is not written anew: somebody may have it open
/// who must not read what comes.
fn remove_dead(path: &Path) -> anyhow::Result<()> {
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
        Lock::Others => Err(under_way(path)),
        Lock::Unknown => bail!(
            "{} já existe; se nenhum outro backup está em andamento, apague o arquivo",
            path.display()
        ),
    }
}

fn under_way(path: &Path) -> anyhow::Error {
    anyhow!("outro backup está em andamento e grava em {}", path.display())
}

fn uncreatable(path: &Path) -> String {
    format!("{} não pode ser criado", path.display())
}
