//! What Linux says about a process.

use std::{fs, time::Duration};

use anyhow::{Context, Result};

/// `USER_HZ`: Linux counts processor time for user space in hundredths of a second on every
/// architecture this runs on, whatever the kernel's own rate.
const TICKS_PER_SECOND: u64 = 100;

pub(crate) struct Process {
    pid: u32,
}

impl Process {
    pub(crate) fn new(pid: u32) -> Self {
        Self { pid }
    }

    /// Resident memory in MiB, shared pages of the program itself included.
    pub(crate) fn rss(&self) -> Result<f64> {
        rss(&self.read("status")?)
    }

    /// Processor time used so far, by threads that ended too.
    pub(crate) fn cpu(&self) -> Result<Duration> {
        cpu(&self.read("stat")?)
    }

    fn read(&self, file: &str) -> Result<String> {
        let path = format!("/proc/{}/{file}", self.pid);
        fs::read_to_string(&path).with_context(|| format!("{path}: the server is gone"))
    }
}

fn rss(status: &str) -> Result<f64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB"));
    let kib: f64 = kib.context("no VmRSS")?.parse()?;
    Ok(kib / 1024.0)
}

fn cpu(stat: &str) -> Result<Duration> {
    // The name of the program is in parentheses and may hold anything; the third field follows it.
    let (_, rest) = stat.rsplit_once(") ").context("no name in the process's stat")?;
    let fields: Vec<_> = rest.split(' ').collect();
    let [utime, stime] = fields.get(11..13).context("a short stat")? else {
        anyhow::bail!("a short stat");
    };
    let ticks: u64 = utime.parse::<u64>()? + stime.parse::<u64>()?;
    Ok(Duration::from_millis(ticks * 1000 / TICKS_PER_SECOND))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read_in_mebibytes() -> Result<()> {
        assert_eq!(rss("VmHWM:\t    4096 kB\nVmRSS:\t    2048 kB\n")?, 2.0);
        assert!(rss("VmHWM:\t 1 kB\n").is_err());
        Ok(())
    }

    #[test]
    fn processor_time_is_that_of_user_and_system() -> Result<()> {
        let stat = "7 (odd) name) S 1 7 7 0 -1 4194560 900 0 0 0 150 50 0 0 20 0 4 0 99 1 1";
        assert_eq!(cpu(stat)?, Duration::from_secs(2));
        Ok(())
    }
}
