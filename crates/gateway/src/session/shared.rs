//! The parts that all sessions share.

use std::sync::Arc;
#[cfg(test)]
use std::sync::atomic::AtomicBool;

use store::Store;
use tokio::sync::Semaphore;

use crate::Config;
use crate::attention::Attention;
use crate::batch_committer::BatchCommitter;
use crate::disk_room::DiskRoom;
use crate::pictures::Pictures;
use crate::storage::Storage;
use crate::version::Version;

/// The parts that all sessions share.
pub(crate) struct Shared {
    pub(crate) config: Config,
    pub(crate) store: Store,
    pub(crate) version: Version,
    pub(crate) connect_permits: Arc<Semaphore>,
    pub(crate) storage: Arc<Storage>,
    pub(crate) committer: BatchCommitter,
    pub(crate) attention: Attention,
    pub(crate) disk_room: Arc<DiskRoom>,
    pub(crate) download_permits: Arc<Semaphore>,
    pub(crate) upload_permits: Arc<Semaphore>,
    pub(crate) pictures: Arc<Pictures>,
    /// Makes the session panic that handles the next command, as a bug would.
    #[cfg(test)]
    pub(crate) panic_on_command: AtomicBool,
}
