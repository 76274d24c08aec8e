//! The environment of a server: the emulator, the data folder, the disk and the database.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use crate::{
    built::Built,
    services::{self, Data, HttpService, Log, NewUser, Postgres},
};

use super::{disk::Disk, metrics};

/// The environment in which servers are started one after another.
pub(super) struct Environment<'a> {
    pub(super) emulator: HttpService,
    /// The PostgreSQL, unless the database is a file in the folder.
    pub(super) postgres: Option<Postgres>,
    /// Set when the disk may be filled.
    pub(super) disk: Option<Disk>,
    built: &'a Built,
    folder: PathBuf,
}

impl<'a> Environment<'a> {
    /// Creates an empty folder and starts an emulator.
    pub(super) fn create(built: &'a Built, folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let log = Log::File(File::create(folder.join("emulator.log"))?);
        let emulator = services::start_emulator(&built.emulator, log)?;
        Ok(Self { emulator, postgres: None, disk: None, built, folder: folder.to_owned() })
    }

    /// Passes a `--disk-reserve` to every server, so that the disk can be filled.
    pub(super) fn with_disk(mut self) -> Result<Self> {
        self.disk = Some(Disk::inspect(&self.folder)?);
        Ok(self)
    }

    /// Uses a PostgreSQL as the database.
    pub(super) fn with_postgres(mut self, postgres: Postgres) -> Self {
        self.postgres = Some(postgres);
        self
    }

    /// Starts a server at `listen` (`host:port`).
    pub(super) fn serve(&mut self, listen: &str) -> Result<HttpService> {
        let log = File::options().create(true).append(true).open(self.folder.join("server.log"))?;
        let mut command =
            services::server(&self.built.server, &self.data(), listen, &self.emulator);
        command.env("INBOX_METRICS_TOKEN", metrics::TOKEN);
        if let Some(disk) = &mut self.disk {
            // Other programs have used the disk since the last server started.
            *disk = Disk::inspect(&self.folder)?;
            if let Some(reserve) = disk.reserve() {
                command.args(["--disk-reserve", &format!("{reserve}B")]);
            }
        }
        services::start_server(&mut command, Log::File(log))
    }

    pub(super) fn add_user(&self, user: &NewUser<'_>) -> Result<()> {
        services::add_user(&self.built.server, &self.data(), user)
    }

    /// Returns the PostgreSQL.
    ///
    /// # Errors
    /// Fails if the database is a file.
    pub(super) fn postgres(&mut self) -> Result<&mut Postgres> {
        self.postgres.as_mut().context("the server's database is no PostgreSQL")
    }

    /// Returns the folder of the files of messages (`server::config::MEDIA`).
    pub(super) fn media(&self) -> PathBuf {
        self.folder.join("media")
    }

    fn data(&self) -> Data<'_> {
        Data { folder: &self.folder, database: self.postgres.as_ref().map(Postgres::url) }
    }
}
