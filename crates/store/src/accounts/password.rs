//! Hashing of passwords: argon2id, off the async threads, a few at a time.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};

use argon2::{
    Algorithm, Argon2, Params, PasswordHash, PasswordHasher as _, PasswordVerifier as _, Version,
    password_hash::{self, SaltString, rand_core::OsRng},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::Error;

/// OWASP's recommendation for argon2id (Password Storage Cheat Sheet): 46 MiB, one pass, one lane.
///
/// Its other setting, 19 MiB and two passes, is as strong but is not returned to the system: glibc
/// keeps freed blocks of up to 32 MiB in the arena of the thread that used them, and gives larger
/// ones back.
const MEMORY_KIB: u32 = 46 * 1024;
const PASSES: u32 = 1;
const LANES: u32 = 1;

/// A hash that no password has, with the current parameters. The password of an unknown user is
/// checked against it, so that the response time does not reveal who has an account.
const DUMMY_HASH: &str = "$argon2id$v=19$m=47104,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Number of hashes that are computed at once, one per core: each takes 46 MiB, and a wave of
/// logins must not take all of the memory.
static PERMITS: LazyLock<Arc<Semaphore>> = LazyLock::new(|| {
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    Arc::new(Semaphore::new(cores))
});

/// Maximum number of requests that wait for a permit: some seconds of work on a small machine.
/// Beyond it a request is refused with [`Error::Busy`] rather than left waiting.
const MAX_QUEUE: usize = 64;

static QUEUE: Semaphore = Semaphore::const_new(MAX_QUEUE);

static RUNNING: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

/// Numbers of password hashes that this process computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hashing {
    /// Number of hashes being computed now.
    pub running: usize,
    /// Highest number of hashes that were computed at once.
    pub most: usize,
    /// Maximum number of hashes computed at once.
    pub limit: usize,
    /// Number of requests that wait for a permit.
    pub waiting: usize,
}

/// Counts a hash while it is computed, even if the request that needed it ends earlier.
struct Running {
    _permit: OwnedSemaphorePermit,
}

impl Running {
    fn begin(permit: OwnedSemaphorePermit) -> Self {
        let running = RUNNING.fetch_add(1, Ordering::SeqCst) + 1;
        PEAK.fetch_max(running, Ordering::SeqCst);
        metrics::gauge!("inbox_password_hashes").increment(1);
        Self { _permit: permit }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        RUNNING.fetch_sub(1, Ordering::SeqCst);
        metrics::gauge!("inbox_password_hashes").decrement(1);
    }
}

pub(super) fn hashing() -> Hashing {
    Hashing {
        running: RUNNING.load(Ordering::SeqCst),
        most: PEAK.load(Ordering::SeqCst),
        limit: std::thread::available_parallelism().map_or(2, usize::from),
        waiting: MAX_QUEUE - QUEUE.available_permits(),
    }
}

/// Result of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    Wrong,
    Right,
    /// Right, but hashed with older parameters: `rehashed` replaces the stored hash.
    Outdated {
        rehashed: String,
    },
}

/// Returns a new PHC string with a new salt.
pub(super) async fn hash(password: &str) -> Result<String, Error> {
    let password = password.to_owned();
    off_thread(move || hash_now(&password)).await
}

/// Checks a password against a stored hash, or against the dummy hash without one.
pub(super) async fn verify(password: &str, stored: Option<String>) -> Result<Verdict, Error> {
    let password = password.to_owned();
    off_thread(move || {
        let stored = stored.as_deref().unwrap_or(DUMMY_HASH);
        let parsed = PasswordHash::new(stored)?;
        match argon2()?.verify_password(password.as_bytes(), &parsed) {
            Ok(()) if is_current(&parsed) => Ok(Verdict::Right),
            Ok(()) => Ok(Verdict::Outdated { rehashed: hash_now(&password)? }),
            Err(password_hash::Error::Password) => Ok(Verdict::Wrong),
            Err(error) => Err(error),
        }
    })
    .await
}

fn hash_now(password: &str) -> Result<String, password_hash::Error> {
    let salt = SaltString::generate(&mut OsRng);
    Ok(argon2()?.hash_password(password.as_bytes(), &salt)?.to_string())
}

fn argon2() -> Result<Argon2<'static>, password_hash::Error> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn is_current(hash: &PasswordHash<'_>) -> bool {
    hash.algorithm == Algorithm::Argon2id.ident()
        && Params::try_from(hash).is_ok_and(|params| {
            (params.m_cost(), params.t_cost(), params.p_cost()) == (MEMORY_KIB, PASSES, LANES)
        })
}

async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, password_hash::Error> + Send + 'static,
) -> Result<T, Error> {
    let Ok(place) = QUEUE.try_acquire() else {
        metrics::counter!("inbox_refused", "what" => "password-queue").increment(1);
        return Err(Error::Busy);
    };
    // A request that is dropped here gives up its place. The semaphore is never closed.
    let permit = Arc::clone(&PERMITS).acquire_owned().await.map_err(|_| Error::Stopping)?;
    drop(place);
    // The work cannot be stopped, so it owns the permit until it ends, even if the request is
    // dropped.
    let job = tokio::task::spawn_blocking(move || {
        let _running = Running::begin(permit);
        work()
    });
    Ok(job.await??)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_recognised_and_salted() {
        let one = hash("correct horse").await.unwrap();
        let two = hash("correct horse").await.unwrap();
        assert_ne!(one, two);
        assert_eq!(verify("correct horse", Some(one.clone())).await.unwrap(), Verdict::Right);
        assert_eq!(verify("incorrect horse", Some(one)).await.unwrap(), Verdict::Wrong);
    }

    /// With a cheaper hash an unknown user would be answered faster or slower than a known one.
    #[tokio::test]
    async fn the_dummy_hash_costs_what_a_real_one_does() {
        assert!(is_current(&PasswordHash::new(DUMMY_HASH).unwrap()));
        assert_eq!(verify("correct horse", None).await.unwrap(), Verdict::Wrong);
    }

    #[tokio::test]
    async fn a_hash_of_the_past_is_renewed() {
        let weak = Argon2::new(
            Algorithm::Argon2id,
            Version::V0x13,
            Params::new(8 * 1024, 1, 1, None).unwrap(),
        );
        let salt = SaltString::generate(&mut OsRng);
        let old = weak.hash_password(b"correct horse", &salt).unwrap().to_string();
        let Verdict::Outdated { rehashed } = verify("correct horse", Some(old)).await.unwrap()
        else {
            panic!("not renewed");
        };
        assert_eq!(verify("correct horse", Some(rehashed)).await.unwrap(), Verdict::Right);
    }
}
