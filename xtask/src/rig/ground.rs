//! What a server stands on.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use crate::{
    commands::build::Built,
    services::{self, Data, Log, NewUser, Postgres, Served},
};

use super::{disk::Disk, metrics};

/// The WhatsApp a server talks to, its folder, the disk of that, and its database.
pub(super) struct Ground<'a> {
    pub(super) emulator: Served,
    /// The database, when it is not a file in the folder.
    pub(super) postgres: Option<Postgres>,
    /// Known when it may be filled.
    pub(super) disk: Option<Disk>,
    built: &'a Built,
    folder: PathBuf,
}

impl<'a> Ground<'a> {
    /// Starts an emulator beside an empty folder.
    pub(super) fn lay(built: &'a Built, folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let log = Log::File(File::create(folder.join("emulator.log"))?);
        let emulator = services::start_emulator(&built.emulator, log)?;
        Ok(Self { emulator, postgres: None, disk: None, built, folder: folder.to_owned() })
    }

    /// Has every server told how much of the disk to keep free, so that the disk can be filled.
    pub(super) fn with_disk(mut self) -> Result<Self> {
        self.disk = Some(Disk::look(&self.folder)?);
        Ok(self)
    }

    /// Has a PostgreSQL be the database.
    pub(super) fn with_postgres(mut self, postgres: Postgres) -> Self {
        self.postgres = Some(postgres);
        self
    }

    /// Starts a server at `listen` (`host:port`).
    pub(super) fn serve(&mut self, listen: &str) -> Result<Served> {
        let log = File::options().create(true).append(true).open(self.folder.join("server.log"))?;
        let mut command =
            services::server(&self.built.server, &self.data(), listen, &self.emulator);
        command.env("INBOX_METRICS_TOKEN", metrics::TOKEN);
        if let Some(disk) = &mut self.disk {
            // Others have written and removed since the last server started.
            *disk = Disk::look(&self.folder)?;
            if let Some(reserve) = disk.reserve() {
                command.args(["--disk-reserve", &format!("{reserve}B")]);
            }
        }
        services::start_server(&mut command, Log::File(log))
    }

    pub(super) fn add_user(&self, user: &NewUser<'_>) -> Result<()> {
        services::add_user(&self.built.server, &self.data(), user)
    }

    /// The PostgreSQL that is the database.
    ///
    /// # Errors
    /// The database is a file.
    pub(super) fn postgres(&mut self) -> Result<&mut Postgres> {
        self.postgres.as_mut().context("the server's database is no PostgreSQL")
    }

    fn data(&self) -> Data<'_> {
        Data { folder: &self.folder, database: self.postgres.as_ref().map(Postgres::url) }
    }
}
