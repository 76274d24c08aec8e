//! Private folders, and a file that is not there before it is whole.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use tempfile::TempDir;

use super::archive::create_private;

/// A folder for things under way, which disappears with the value. It lies in the data folder, not
/// beside it: what is in it is as secret as what is there anyway, and moving it is a matter of its name
/// even if the data folder is a disk of its own.
pub(super) fn working(parent: &Path, prefix: &str) -> anyhow::Result<TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(prefix);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(fs::Permissions::from_mode(0o700));
    }
    builder
        .tempdir_in(parent)
        .with_context(|| format!("a pasta {} não pode ser usada", parent.display()))
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

/// A file under way, called `….part`. Dropped before [`Self::publish`], it is gone.
#[derive(Debug)]
pub(super) struct Part {
    path: PathBuf,
    target: PathBuf,
    published: bool,
}

impl Part {
    /// # Errors
    /// There is such a file already, or it cannot be made.
    pub(super) fn create(target: &Path) -> anyhow::Result<(Self, File)> {
        refuse_overwriting(target)?;
        let mut path = target.as_os_str().to_owned();
        path.push(".part");
        let path = PathBuf::from(path);
        let file = create_private(&path).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => anyhow::anyhow!(
                "{} já existe: outro backup está em andamento, ou um foi interrompido; apague o arquivo",
                path.display()
            ),
            _ => anyhow::Error::new(error)
                .context(format!("{} não pode ser criado", path.display())),
        })?;
        Ok((Self { path, target: target.to_owned(), published: false }, file))
    }

    /// Gives the file, which is on the disk by now, its name.
    pub(super) fn publish(mut self) -> anyhow::Result<()> {
        refuse_overwriting(&self.target)?;
        fs::rename(&self.path, &self.target)
            .with_context(|| format!("{} não pode ser criado", self.target.display()))?;
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
