//! Reads memory and processor time of a process from `/proc`, and freezes it.

use std::{fs, time::Duration};

use anyhow::{Context, Result};
use rustix::{
    io::Errno,
    process::{Pid, Signal, kill_process},
};

/// `USER_HZ`: Linux reports processor time to user space in hundredths of a second on every
/// architecture this runs on, independent of the kernel's own tick rate.
const TICKS_PER_SECOND: u64 = 100;

pub(crate) struct Process {
    pid: u32,
}

/// A stopped process. It continues when this is dropped.
pub(crate) struct Frozen(Pid);

impl Process {
    pub(crate) fn new(pid: u32) -> Self {
        Self { pid }
    }

    /// Returns resident memory in MiB, including shared pages of the program itself.
    pub(crate) fn rss(&self) -> Result<f64> {
        mebibytes(&self.read("status")?, "VmRSS:")
    }

    /// Returns the most resident memory since the last [`Self::forget_peak`], in MiB.
    pub(crate) fn peak_rss(&self) -> Result<f64> {
        mebibytes(&self.read("status")?, "VmHWM:")
    }

    /// Lets the peak of the memory begin at its present size.
    pub(crate) fn forget_peak(&self) -> Result<()> {
        // 5 resets the peak, see `clear_refs` in proc(5).
        let path = format!("/proc/{}/clear_refs", self.pid);
        fs::write(&path, "5").with_context(|| format!("{path}: the peak cannot be reset"))
    }

    /// Returns the processor time used so far, including threads that ended.
    pub(crate) fn cpu(&self) -> Result<Duration> {
        cpu(&self.read("stat")?)
    }

    /// Returns the number of open file descriptors, sockets included.
    pub(crate) fn descriptors(&self) -> Result<f64> {
        let path = format!("/proc/{}/fd", self.pid);
        let open = fs::read_dir(&path).with_context(|| format!("{path}: the server is gone"))?;
        Ok(open.count() as f64)
    }

    /// Stops the process with SIGSTOP, as on a suspended machine; `None` when it has ended.
    pub(crate) fn freeze(&self) -> Result<Option<Frozen>> {
        let pid = Pid::from_raw(self.pid.try_into()?).context("no process has this pid")?;
        match kill_process(pid, Signal::STOP) {
            Ok(()) => Ok(Some(Frozen(pid))),
            Err(Errno::SRCH) => Ok(None),
            Err(error) => Err(error).context("a process could not be stopped"),
        }
    }

    fn read(&self, file: &str) -> Result<String> {
        let path = format!("/proc/{}/{file}", self.pid);
        fs::read_to_string(&path).with_context(|| format!("{path}: the server is gone"))
    }
}

impl Drop for Frozen {
    fn drop(&mut self) {
        // The process may have been killed meanwhile.
        let _ = kill_process(self.0, Signal::CONT);
    }
}

/// Reads a size in a process's `status`.
fn mebibytes(status: &str, name: &str) -> Result<f64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB"));
    let kib: f64 = kib.with_context(|| format!("no {name} in the process's status"))?.parse()?;
    Ok(kib / 1024.0)
}

fn cpu(stat: &str) -> Result<Duration> {
    // The program name is in parentheses and may contain any character; the third field follows it.
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
    use std::process::{Command, Stdio};

    use super::*;
    use crate::harness::wait;

    #[test]
    fn a_frozen_process_goes_on_when_it_is_dropped() -> Result<()> {
        let mut child = Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::null()).spawn()?;
        let process = Process::new(child.id());
        let becomes = |stopped: bool| {
            wait::until("the process to stop or to go on", || {
                Ok((process.read("stat")?.contains(") T ") == stopped).then_some(()))
            })
        };
        let frozen = process.freeze()?;
        assert!(frozen.is_some());
        becomes(true)?;
        drop(frozen);
        becomes(false)?;
        child.kill()?;
        child.wait()?;
        assert!(process.freeze()?.is_none());
        Ok(())
    }

    #[test]
    fn memory_is_read_in_mebibytes() -> Result<()> {
        let status = "VmHWM:\t    4096 kB\nVmRSS:\t    2048 kB\n";
        assert_eq!(mebibytes(status, "VmRSS:")?, 2.0);
        assert_eq!(mebibytes(status, "VmHWM:")?, 4.0);
        assert!(mebibytes("VmHWM:\t 1 kB\n", "VmRSS:").is_err());
        Ok(())
    }

    #[test]
    fn a_peak_is_forgotten() -> Result<()> {
        const MEMORY: usize = 64 * 1024 * 1024;
        let this = Process::new(std::process::id());
        let before = this.rss()?;
        // It is written to, or the kernel would not allocate it.
        drop(std::hint::black_box(vec![1_u8; MEMORY]));
        assert!(this.peak_rss()? >= before + 32.0, "{} after {before}", this.peak_rss()?);
        this.forget_peak()?;
        assert!(this.peak_rss()? < before + 32.0, "{} after {before}", this.peak_rss()?);
        Ok(())
    }

    #[test]
    fn processor_time_is_that_of_user_and_system() -> Result<()> {
        let stat = "7 (odd) name) S 1 7 7 0 -1 4194560 900 0 0 0 150 50 0 0 20 0 4 0 99 1 1";
        assert_eq!(cpu(stat)?, Duration::from_secs(2));
        Ok(())
    }
}
