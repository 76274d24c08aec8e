//! Raises the number of files and sockets that the process may have open. Shells and service
//! managers start programs with 1,024 of them and allow far more on request.

/// Upper bound: more are not needed, and a larger table costs memory.
#[cfg(unix)]
const ENOUGH: u64 = 65_536;

/// Raises the limit to the allowed maximum and returns the current limit; `None` where there is no
/// such limit.
#[cfg(unix)]
pub(super) fn raise() -> Option<usize> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let now = getrlimit(Resource::Nofile);
    let has = now.current?;
    let wanted = now.maximum.unwrap_or(ENOUGH).min(ENOUGH);
    if wanted <= has {
        return usize::try_from(has).ok();
    }
    let raised = Rlimit { current: Some(wanted), maximum: now.maximum };
    let has = match setrlimit(Resource::Nofile, raised) {
        Ok(()) => wanted,
        Err(error) => {
            tracing::warn!(%error, has, "the limit of open files could not be raised");
            has
        }
    };
    usize::try_from(has).ok()
}

#[cfg(not(unix))]
pub(super) fn raise() -> Option<usize> {
    None
}
