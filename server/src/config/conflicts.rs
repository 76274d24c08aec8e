//! Refuses values that are valid by themselves and cannot work together or on this machine.

use std::net::SocketAddr;

use anyhow::bail;
use bytesize::ByteSize;

use super::Config;

impl Config {
    /// Refuses impossible combinations before anything is opened.
    ///
    /// # Errors
    /// Fails with the conflict and the flag to change.
    pub(crate) fn refuse_conflicts(&self) -> anyhow::Result<()> {
        if let Some(metrics) = self.metrics_listen
            && overlap(self.listen, metrics)
        {
            bail!(
                "--listen e --metrics-listen são o mesmo endereço, {metrics}; dê outra porta às métricas, \
                 por exemplo {}:{}",
                metrics.ip(),
                metrics.port().checked_add(1).unwrap_or(9464)
            );
        }
        Ok(())
    }

    /// Refuses a reserve that the disk of the existing data folder can never have free.
    ///
    /// # Errors
    /// Fails with the size of the disk.
    pub(crate) fn refuse_reserve_beyond_disk(&self) -> anyhow::Result<()> {
        // If the size cannot be read, numbers pause and report it.
        let Some(size) = disk_size(&self.data_dir) else { return Ok(()) };
        if self.disk_reserve >= size {
            bail!(
                "--disk-reserve (INBOX_DISK_RESERVE) pede {} livres, e o disco de {} tem {size} ao todo: \
                 nenhum número receberia nada; escolha menos",
                self.disk_reserve,
                self.data_dir.display()
            );
        }
        Ok(())
    }
}

#[cfg(unix)]
fn disk_size(folder: &std::path::Path) -> Option<ByteSize> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    Some(ByteSize::b(disk.f_blocks.saturating_mul(disk.f_frsize)))
}

#[cfg(not(unix))]
fn disk_size(_folder: &std::path::Path) -> Option<ByteSize> {
    None
}

/// Returns true if two listeners would need the same address. Port 0 is always a different one.
fn overlap(a: SocketAddr, b: SocketAddr) -> bool {
    let same_ip = a.ip() == b.ip() || a.ip().is_unspecified() || b.ip().is_unspecified();
    a.port() == b.port() && a.port() != 0 && same_ip
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::config::Cli;

    fn with(flags: &[&str]) -> Config {
        Cli::parse_from(std::iter::once(&"inbox-pirata").chain(flags)).config
    }

    #[test]
    fn two_services_do_not_share_an_address() {
        for (site, metrics, works) in [
            ("127.0.0.1:3000", "127.0.0.1:3000", false),
            ("0.0.0.0:3000", "127.0.0.1:3000", false),
            ("[::]:3000", "[::1]:3000", false),
            ("127.0.0.1:3000", "127.0.0.1:3001", true),
            ("127.0.0.1:3000", "127.0.0.2:3000", true),
            ("127.0.0.1:0", "127.0.0.1:0", true),
        ] {
            let config = with(&["--listen", site, "--metrics-listen", metrics]);
            assert_eq!(config.refuse_conflicts().is_ok(), works, "{site} {metrics}");
        }
    }

    #[test]
    #[cfg(unix)]
    fn a_reserve_is_smaller_than_the_disk() {
        let folder = tempfile::tempdir().unwrap();
        let mut config = with(&["--disk-reserve", "16MiB"]);
        config.data_dir = folder.path().to_owned();
        assert!(config.refuse_reserve_beyond_disk().is_ok());
        config.disk_reserve = ByteSize::pib(900);
        let refused = config.refuse_reserve_beyond_disk().unwrap_err().to_string();
        assert!(refused.contains("--disk-reserve"), "{refused}");
    }
}
