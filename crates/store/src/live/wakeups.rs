//! Wakes the tasks of a session after commits that give them work.

use tokio::sync::Notify;

/// The wakeups of the session of one number ([`Hub::wakeups`](super::Hub::wakeups)). Each is notified
/// after every commit that gives its task work. Several commits before the task looks wake it once.
#[derive(Debug, Default)]
pub struct Wakeups {
    /// There is an operation to send.
    pub outbox: Notify,
    /// There is a file to download.
    pub downloads: Notify,
    /// There is a file to upload.
    pub uploads: Notify,
    /// There is a file to remove from the disk.
    pub removals: Notify,
    /// There is a change of the state of a chat to send.
    pub chat_actions: Notify,
    /// Somebody decided anew what contacts see of the number.
    pub visibility: Notify,
}

/// The work that a commit leaves to the session of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Work {
    Outbox,
    Downloads,
    Uploads,
    Removals,
    ChatActions,
    Visibility,
}

impl Wakeups {
    pub(super) fn wake(&self, work: Work) {
        match work {
            Work::Outbox => self.outbox.notify_one(),
            Work::Downloads => self.downloads.notify_one(),
            Work::Uploads => self.uploads.notify_one(),
            Work::Removals => self.removals.notify_one(),
            Work::ChatActions => self.chat_actions.notify_one(),
            Work::Visibility => self.visibility.notify_one(),
        }
    }
}
