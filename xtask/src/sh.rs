//! Runs other programs; error messages state the remedy.

use std::{
    env,
    ffi::OsStr,
    io::{self, BufRead, BufReader},
    path::PathBuf,
    process::{Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

use crate::interrupt;

/// Runs `command` in the foreground and sends all its output to stderr (our own stdout is for
/// results). The error message is "`what` failed (…). `remedy`".
pub(crate) fn run(command: &mut Command, what: &str, remedy: &str) -> Result<()> {
    let status = status(command.stdout(Stdio::from(io::stderr())), None)?;
    if !status.success() {
        bail!("{what} failed ({status}). {remedy}");
    }
    Ok(())
}

/// Runs `command` in the foreground and kills it after `limit`. Returns true if it succeeded.
pub(crate) fn succeeds_within(command: &mut Command, limit: Duration) -> bool {
    status(command.stdout(Stdio::from(io::stderr())), Some(limit))
        .is_ok_and(|status| status.success())
}

/// Returns the trimmed stdout of `command`; its stderr becomes the error when it fails.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let name = display(command);
    let output =
        command.stdin(Stdio::null()).output().with_context(|| format!("could not start {name}"))?;
    if !output.status.success() {
        let reason = String::from_utf8_lossy(&output.stderr);
        bail!("{name} failed ({}): {}", output.status, reason.trim());
    }
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

/// Runs `command` in the foreground and calls `on_line` with each line that it prints.
pub(crate) fn watch(command: &mut Command, mut on_line: impl FnMut(&str)) -> Result<ExitStatus> {
    let name = display(command);
    let (reader, writer) = io::pipe()?;
    command.stdout(writer.try_clone()?).stderr(writer);
    let mut child = command.spawn().with_context(|| format!("could not start {name}"))?;
    // `command` still holds write ends of the pipe; the reader sees no end of file while they are
    // open.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let _foreground = interrupt::foreground(&child);
    for line in BufReader::new(reader).lines() {
        let line = line?;
        eprintln!("{line}");
        on_line(&line);
    }
    let status = child.wait()?;
    interrupt::check()?;
    Ok(status)
}

/// Finds the first file of that name on `PATH`.
pub(crate) fn find_program(name: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?)
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
}

/// Runs `command` in the foreground and kills it after `limit`. Ctrl-C and SIGTERM end it too.
pub(crate) fn status(command: &mut Command, limit: Option<Duration>) -> Result<ExitStatus> {
    let name = display(command);
    let mut child = command.spawn().with_context(|| format!("could not start {name}"))?;
    let _foreground = interrupt::foreground(&child);
    let status = match limit {
        None => child.wait()?,
        Some(limit) => {
            let deadline = Instant::now() + limit;
            loop {
                if let Some(status) = child.try_wait()? {
                    break status;
                }
                if Instant::now() >= deadline {
                    child.kill()?;
                    break child.wait()?;
                }
                thread::sleep(Duration::from_millis(50));
            }
        }
    };
    interrupt::check()?;
    Ok(status)
}

fn display(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let line: Vec<_> = words.map(OsStr::to_string_lossy).collect();
    format!("`{}`", line.join(" "))
}
