//! Sends the outbox to WhatsApp while a session is connected.
//!
//! Each connected session has one sender. It starts with the connection and is dropped with it. The
//! next one sends unacknowledged operations again under the same ids, so WhatsApp and the recipient
//! see each once.
//!
//! There is one lane for each chat: an operation that the library does not accept, or that needs a
//! query which WhatsApp refuses, is tried again after a pause, and holds up the later ones of its chat
//! only. While the network fails, nothing is sent and no attempt is counted.
//!
//! Receipts are in no lane. Each round sends a window of them after the other operations,
//! whatever became of those, so neither of the two holds the other up. WhatsApp does not confirm a
//! receipt: it is done once the library has sent it.
//!
//! A change that WhatsApp no longer allows is given up before its first attempt. After an attempt that
//! may have arrived it is sent again whatever its age, since the acknowledgement alone shows whether
//! it did.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use model::{ConnectionId, FailReason};
use store::{LONGEST_PAUSE, Operation, Outbox, Outgoing, ReadReceipt, Wakeups};
use tokio::time::Instant;
use whatsapp_rust::GroupError;
use whatsapp_rust::prelude::{Client, ClientError, IqError, Jid, SendError, SendOptions};
use whatsapp_rust::wacore_binary::JidExt as _;

use crate::origin::OwnPhone;
use crate::pauses::growing;
use crate::unconfirmed::Unconfirmed;
use crate::{outgoing, quiet_receipt};

/// Operations that may wait for their acknowledgement at once.
const WINDOW: usize = 64;
/// Receipts of a round. The other operations wait meanwhile.
const READS_WINDOW: usize = 16;
/// Attempts for one operation when the library fails for another reason than the network.
pub(crate) const MAX_TRIES: u32 = 5;
/// Pause after the first failed attempt. It doubles with each further one, up to [`LONGEST_PAUSE`].
const RETRY_PAUSE: Duration = Duration::from_secs(2);
/// Time that WhatsApp has to acknowledge an operation before it is sent once more: the
/// acknowledgement may have been lost although the connection lives on.
const CONFIRM_TIMEOUT: Duration = Duration::from_secs(30);

/// The sender of one connected session.
pub(crate) struct OutboxSender {
    pub(crate) connection: ConnectionId,
    pub(crate) client: Arc<Client>,
    pub(crate) outbox: Outbox,
    /// Notified by commits, and when acknowledgements have made room in the window.
    pub(crate) wakeups: Arc<Wakeups>,
    pub(crate) unconfirmed: Unconfirmed,
}

/// The state of a sender between its rounds.
struct Progress {
    /// The times at which failed attempts are due again.
    retries: BTreeSet<Instant>,
}

/// The outcome of sending one operation.
enum SendOutcome {
    Sent,
    /// WhatsApp answered that it is done. Nothing else comes.
    Confirmed,
    /// The network or the session failed, and nothing else can be sent either.
    NetworkFailed,
    /// The library or WhatsApp did not accept it. It is tried again after this pause.
    TryLater(Duration),
    Refused(FailReason),
}

impl Progress {
    fn new() -> Self {
        // An earlier sender may have left operations whose pause lasts.
        Self { retries: [Instant::now() + LONGEST_PAUSE].into() }
    }

    /// Returns the time of the next round if nothing wakes the sender before.
    fn next_round(&self, unconfirmed: &Unconfirmed) -> Option<Instant> {
        let timeout = (!unconfirmed.is_empty()).then(|| Instant::now() + CONFIRM_TIMEOUT);
        self.retries.first().copied().into_iter().chain(timeout).min()
    }
}

impl OutboxSender {
    /// Runs until it is dropped.
    pub(crate) async fn run(self) {
        let mut progress = Progress::new();
        loop {
            match self.send_pending(&mut progress).await {
                Ok(true) => {
                    let next_round = progress.next_round(&self.unconfirmed);
                    let timeout = async {
                        match next_round {
                            Some(at) => tokio::time::sleep_until(at).await,
                            None => std::future::pending().await,
                        }
                    };
                    tokio::select! {
                        () = self.wakeups.outbox.notified() => {}
                        () = timeout => {}
                    }
                }
                Ok(false) => tokio::time::sleep(RETRY_PAUSE).await,
                Err(error) => {
                    tracing::error!(connection_id = %self.connection, %error, "the outbox cannot be read, trying again");
                    tokio::time::sleep(RETRY_PAUSE).await;
                }
            }
        }
    }

    /// Sends the operations that may go now. Returns false if the network failed and they must be
    /// tried again.
    async fn send_pending(&self, progress: &mut Progress) -> Result<bool, store::Error> {
        let now = Instant::now();
        progress.retries.retain(|at| *at > now);
        let is_network_up = self.send_messages(progress).await?;
        self.send_reads(progress).await?;
        Ok(is_network_up)
    }

    /// Sends messages and changes. Returns false if the network failed.
    async fn send_messages(&self, progress: &mut Progress) -> Result<bool, store::Error> {
        let sent = self.unconfirmed.since(CONFIRM_TIMEOUT);
        let room = WINDOW.saturating_sub(sent.len());
        let pending = self.outbox.next(room as u64, &sent).await?;
        let is_full = pending.len() == room;
        let own_phone = OwnPhone::of(&self.client);
        let mut held_up = HashSet::new();
        for row in pending {
            if held_up.contains(&row.chat) {
                continue;
            }
            self.unconfirmed.add(row.wa_id.clone(), row.id);
            let outcome = self.send(&row, &own_phone).await;
            if !matches!(outcome, Ok(SendOutcome::Sent)) {
                self.unconfirmed.remove(&row.wa_id);
            }
            match outcome? {
                SendOutcome::Sent => {
                    tracing::info!(connection_id = %self.connection, message_id = %row.wa_id, "message sent");
                }
                SendOutcome::Confirmed => {
                    self.outbox.confirmed(&row.wa_id, None).await?;
                    self.read_on();
                }
                SendOutcome::NetworkFailed => return Ok(false),
                SendOutcome::TryLater(pause) => {
                    self.outbox.retry_later(row.id, Utc::now() + pause).await?;
                    progress.retries.insert(Instant::now() + pause);
                    held_up.insert(row.chat);
                    self.read_on();
                }
                SendOutcome::Refused(reason) => {
                    tracing::warn!(connection_id = %self.connection, message_id = %row.wa_id, ?reason, "message given up");
                    self.outbox.failed(&row.wa_id, reason).await?;
                    self.read_on();
                }
            }
        }
        if self.unconfirmed.set_full(is_full.then_some(WINDOW)) {
            self.read_on();
        }
        Ok(true)
    }

    /// Has another round follow at once: operations beyond a window may go in place of one that left
    /// it. Each round takes an operation out of the window for this, so that rounds end.
    fn read_on(&self) {
        self.wakeups.outbox.notify_one();
    }

    /// Sends receipts. If one fails, they are tried again after a pause.
    async fn send_reads(&self, progress: &mut Progress) -> Result<(), store::Error> {
        let receipts = self.outbox.next_reads(READS_WINDOW as u64).await?;
        let mut done = Vec::with_capacity(receipts.len());
        for receipt in receipts {
            if !self.send_read(&receipt).await {
                progress.retries.insert(Instant::now() + RETRY_PAUSE);
                break;
            }
            done.push(receipt.id);
        }
        // A receipt whose row stays because of a crash is sent again, which changes nothing.
        self.outbox.reads_sent(&done).await?;
        if done.len() == READS_WINDOW {
            self.read_on();
        }
        Ok(())
    }

    /// Sends one receipt. Returns false if the connection does not take it; the library has no
    /// other reason. A receipt with an invalid address counts as sent.
    async fn send_read(&self, receipt: &ReadReceipt) -> bool {
        let Ok(chat) = receipt.to_jid.parse::<Jid>() else { return true };
        let sender = receipt.sender.as_deref().and_then(|jid| jid.parse::<Jid>().ok());
        let ids: Vec<&str> = receipt.wa_ids.iter().map(String::as_str).collect();
        let sent = match (receipt.is_quiet, receipt.was_played) {
            (true, _) => quiet_receipt::send(&self.client, receipt, &chat, sender.as_ref()).await,
            (false, true) => self.client.mark_as_played(&chat, sender.as_ref(), &ids).await,
            (false, false) => self.client.mark_as_read(&chat, sender.as_ref(), &ids).await,
        };
        match sent {
            Ok(()) => true,
            Err(error) => {
                tracing::debug!(connection_id = %self.connection, %error, "receipt waits for the network");
                false
            }
        }
    }

    /// Sends one operation, and stores first that it may reach WhatsApp if it can come too late.
    async fn send(
        &self,
        row: &Outgoing,
        own_phone: &OwnPhone,
    ) -> Result<SendOutcome, store::Error> {
        let left = outgoing::time_left(&row.operation, Utc::now()).filter(|_| !row.was_sent);
        if left.is_some_and(|left| left <= TimeDelta::zero()) {
            return Ok(SendOutcome::Refused(FailReason::TooLate));
        }
        if left.is_some() {
            self.outbox.sent(row.id).await?;
        }
        let (outcome, may_have_arrived) = self.attempt(row, own_phone).await;
        if left.is_some() && !may_have_arrived {
            self.outbox.not_sent(row.id).await?;
        }
        Ok(outcome)
    }

    /// Hands one operation to the library. Returns false beside the outcome if it has certainly not
    /// reached WhatsApp.
    async fn attempt(&self, row: &Outgoing, own_phone: &OwnPhone) -> (SendOutcome, bool) {
        let Ok(to) = row.to_jid.parse::<Jid>() else {
            return (SendOutcome::Refused(FailReason::Recipient), false);
        };
        let is_query = is_query_of_group(&to, &row.operation);
        match self.hand_over(to, row, own_phone).await {
            Ok(Answer::Later) => (SendOutcome::Sent, true),
            Ok(Answer::Done) => (SendOutcome::Confirmed, true),
            Err(SendError::InvalidRequest(_)) => {
                (SendOutcome::Refused(FailReason::Recipient), false)
            }
            // The other operations need no answer to the query that this one is.
            Err(SendError::Iq(IqError::ServerError { code, .. }))
                if is_query || is_refusal(code) =>
            {
                let tried = row.attempts.saturating_add(1);
                tracing::warn!(connection_id = %self.connection, message_id = %row.wa_id, tried, code, "WhatsApp refused a query that the message needs");
                (after_failure(tried), false)
            }
            Err(SendError::Internal(error)) => {
                let tried = row.attempts.saturating_add(1);
                tracing::warn!(connection_id = %self.connection, message_id = %row.wa_id, tried, %error, "message not accepted by the library");
                (after_failure(tried), true)
            }
            Err(error) => {
                tracing::debug!(connection_id = %self.connection, message_id = %row.wa_id, %error, "message waits for the network");
                let is_before_the_socket = matches!(
                    error,
                    SendError::NotLoggedIn
                        | SendError::Iq(_)
                        | SendError::Client(ClientError::NotConnected | ClientError::NotLoggedIn)
                );
                (SendOutcome::NetworkFailed, !is_before_the_socket)
            }
        }
    }

    /// Hands the message of an operation to the library, after the one that announces its album. What a
    /// group keeps itself is a query, which WhatsApp answers at once.
    async fn hand_over(
        &self,
        to: Jid,
        row: &Outgoing,
        own_phone: &OwnPhone,
    ) -> Result<Answer, SendError> {
        match &row.operation {
            Operation::Timer { seconds } if is_query_of_group(&to, &row.operation) => {
                self.client.groups().set_ephemeral(to, *seconds).await.map_err(of_group)?;
                return Ok(Answer::Done);
            }
            Operation::Leave => {
                self.client.groups().leave(to).await.map_err(of_group)?;
                return Ok(Answer::Done);
            }
            _ => {}
        }
        if let Some((id, announcement)) = outgoing::announcement(&row.operation) {
            let options = SendOptions::default().with_message_id(id.as_str());
            self.client.send_message_with_options(to.clone(), announcement, options).await?;
        }
        let message = outgoing::message(&row.operation, &to, own_phone, row.queued_at);
        let options = SendOptions::default().with_message_id(row.wa_id.as_str());
        self.client.send_message_with_options(to, message, options).await?;
        Ok(Answer::Later)
    }
}

/// The answer of WhatsApp to an operation.
enum Answer {
    /// It comes as an acknowledgement.
    Later,
    Done,
}

/// Returns true for what a group keeps itself: no message, but a query.
fn is_query_of_group(to: &Jid, operation: &Operation) -> bool {
    match operation {
        Operation::Timer { .. } => to.is_group(),
        Operation::Leave => true,
        _ => false,
    }
}

/// Returns the error of a query about a group as that of a message.
fn of_group(error: GroupError) -> SendError {
    match error {
        GroupError::Iq(error) => SendError::Iq(error),
        other => SendError::Internal(other.into()),
    }
}

/// Returns true for codes by which WhatsApp refuses a query, such as that for the members of a group
/// that the number has left. Only the operation is concerned. The other codes mean that it cannot
/// answer now, whatever the query.
pub(crate) fn is_refusal(code: u16) -> bool {
    !matches!(code, 408 | 429 | 500 | 502..=504)
}

/// Returns what follows the failure of the attempt with this number, counted from 1.
fn after_failure(tried: u32) -> SendOutcome {
    if tried < MAX_TRIES {
        SendOutcome::TryLater(retry_pause(tried))
    } else {
        SendOutcome::Refused(FailReason::Refused)
    }
}

/// Returns the pause after the failure of an attempt, counted from 1.
fn retry_pause(tried: u32) -> Duration {
    growing(RETRY_PAUSE, tried.saturating_sub(1), LONGEST_PAUSE)
}

/// Returns the reason to show for a nack of an operation.
///
/// 463 and 479 are WhatsApp's "this number may not write to this recipient (now)".
pub(crate) fn nack_reason(code: &str) -> FailReason {
    match code {
        "463" | "479" => FailReason::Restricted,
        "404" | "406" => FailReason::Recipient,
        _ => FailReason::Refused,
    }
}

#[cfg(test)]
mod tests {
    use model::{OperationId, WaMessageId};

    use super::*;

    #[test]
    fn the_timer_of_a_group_is_a_query_and_that_of_a_person_a_message() {
        let [group, person] = ["120363041234567890@g.us", "100000000000001@lid"]
            .map(|jid| jid.parse::<Jid>().unwrap());
        let timer = Operation::Timer { seconds: 60 };
        assert!(is_query_of_group(&group, &timer) && !is_query_of_group(&person, &timer));
        assert!(is_query_of_group(&group, &Operation::Leave));
    }

    #[test]
    fn attempts_have_longer_pauses_until_they_end() {
        let seconds: Vec<Option<u64>> = (1..=MAX_TRIES + 1)
            .map(|tried| match after_failure(tried) {
                SendOutcome::TryLater(pause) => Some(pause.as_secs()),
                _ => None,
            })
            .collect();
        assert_eq!(seconds, [Some(2), Some(4), Some(8), Some(16), None, None]);
        assert_eq!(retry_pause(MAX_TRIES - 1), LONGEST_PAUSE);
    }

    #[test]
    fn a_refused_query_is_no_failure_of_the_network() {
        assert!([400, 403, 404, 406, 501].into_iter().all(is_refusal));
        assert!(![408, 429, 500, 503].into_iter().any(is_refusal));
    }

    #[tokio::test]
    async fn the_next_round_comes_with_the_first_retry() {
        let mut progress = Progress::new();
        let unconfirmed = Unconfirmed::default();
        let longest = progress.next_round(&unconfirmed).expect("what an earlier sender left");
        assert!(longest <= Instant::now() + LONGEST_PAUSE);
        let soon = Instant::now() + Duration::from_secs(2);
        progress.retries.insert(soon);
        unconfirmed.add(WaMessageId::from_random([7; 9]), OperationId(1));
        assert_eq!(progress.next_round(&unconfirmed), Some(soon));
        progress.retries.clear();
        assert!(progress.next_round(&unconfirmed) > Some(soon));
        unconfirmed.remove(&WaMessageId::from_random([7; 9]));
        assert_eq!(progress.next_round(&unconfirmed), None);
    }
}
