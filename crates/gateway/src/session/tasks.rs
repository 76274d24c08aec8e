//! The tasks that run only while a session is connected.

use std::sync::Arc;

use model::ConnectionId;
use store::Wakeups;
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinSet;
use whatsapp_rust::prelude::Client;

use super::shared::Shared;
use crate::attention::Presence;
use crate::chat_action_sender::ChatActionSender;
use crate::media_downloader::MediaDownloader;
use crate::media_uploader::MediaUploader;
use crate::outbox_sender::OutboxSender;
use crate::signal::Signal;
use crate::unconfirmed::Unconfirmed;
use crate::{address_book, blocklist, groups, heartbeat};

/// The state that a session shares with its tasks.
pub(super) struct TaskState {
    /// Wakes the tasks that send, download and upload.
    pub(super) wakeups: Arc<Wakeups>,
    /// The operations that WhatsApp has not acknowledged on this connection. The other fields stay over
    /// reconnections.
    pub(super) unconfirmed: Unconfirmed,
    /// Has the presence sent again.
    pub(super) presence: Arc<Notify>,
    /// Has missing phone numbers looked up.
    pub(super) number_lookup: Arc<Notify>,
    /// Has groups fetched that are new.
    pub(super) groups: Arc<Notify>,
    /// Has the blocked contacts requested again.
    pub(super) blocklist: Arc<Notify>,
}

/// The tasks of a connected session: they send the outbox and changes of chats, upload, download and
/// remove files, keep the presence and the blocked contacts, and watch the connection. They are aborted
/// when this is dropped.
#[derive(Default)]
pub(super) struct ConnectedTasks(JoinSet<()>);

impl ConnectedTasks {
    pub(super) fn start(
        connection: ConnectionId,
        client: &Arc<Client>,
        shared: &Shared,
        state: &TaskState,
        signals: mpsc::UnboundedSender<Signal>,
    ) -> Self {
        let pauses = shared.config.pauses;
        let client = || Arc::clone(client);
        let outbox_sender = OutboxSender {
            connection,
            client: client(),
            outbox: shared.store.outbox(connection),
            wakeups: Arc::clone(&state.wakeups),
            unconfirmed: state.unconfirmed.clone(),
        };
        let media_downloader = MediaDownloader {
            connection,
            client: client(),
            queue: shared.store.media(connection),
            disk_room: Arc::clone(&shared.disk_room),
            permits: Arc::clone(&shared.download_permits),
            first_retry: pauses.media_retry,
            wakeups: Arc::clone(&state.wakeups),
        };
        let media_uploader = MediaUploader {
            connection,
            client: client(),
            outbox: shared.store.outbox(connection),
            disk_room: Arc::clone(&shared.disk_room),
            permits: Arc::clone(&shared.upload_permits),
            first_retry: pauses.upload_retry,
            wakeups: Arc::clone(&state.wakeups),
        };
        let presence = Presence {
            connection,
            client: client(),
            attention: shared.attention.clone(),
            grace: pauses.online_grace,
            refresh: Arc::clone(&state.presence),
            ingest: shared.store.ingest(connection),
            wakeups: Arc::clone(&state.wakeups),
        };
        let chat_action_sender = ChatActionSender {
            connection,
            client: client(),
            outbox: shared.store.outbox(connection),
            wakeups: Arc::clone(&state.wakeups),
            blocklist: Arc::clone(&state.blocklist),
        };
        let ingest = shared.store.ingest(connection);
        let blocked = blocklist::follow(client(), ingest, Arc::clone(&state.blocklist));
        let ingest = shared.store.ingest(connection);
        let numbers =
            address_book::find_numbers(client(), ingest, Arc::clone(&state.number_lookup));
        let groups = shared.store.ingest(connection);
        let groups = groups::keep(client(), groups, Arc::clone(&state.groups));
        let removals = Arc::clone(&shared.disk_room);
        let removals = removals.remove_marked(connection, Arc::clone(&state.wakeups));
        let mut tasks = JoinSet::new();
        tasks.spawn(presence.run());
        tasks.spawn(numbers);
        tasks.spawn(groups);
        tasks.spawn(outbox_sender.run());
        tasks.spawn(chat_action_sender.run());
        tasks.spawn(blocked);
        tasks.spawn(media_downloader.run());
        tasks.spawn(media_uploader.run());
        tasks.spawn(removals);
        tasks.spawn(heartbeat::watch(client(), pauses, signals));
        Self(tasks)
    }

    /// Waits until one of the tasks panics.
    pub(super) async fn wait_for_panic(&mut self) {
        loop {
            match self.0.join_next().await {
                Some(Err(error)) if error.is_panic() => return,
                // The heartbeat ends after it has found the connection dead and signalled that.
                Some(_) => {}
                None => std::future::pending().await,
            }
        }
    }
}
