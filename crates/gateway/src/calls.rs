//! Calls of other people, which are messages in the chat with the caller.
//!
//! WhatsApp rings all devices of a number. A call is a message as soon as it rings, and ends with a
//! reason: that the caller gave up, or that another device of the number answered or declined. The
//! library emits each stanza of a call, and a call that was offered while the number was not connected
//! as missed, as WhatsApp Web does. The id of a call is the id of its message, so that it is stored once.

use std::collections::VecDeque;

use model::content::{Call, CallOutcome};
use model::{MessageContent, MessageKind};
use store::{Inbound, InboundMentions, Peer};
use whatsapp_rust::prelude::Jid;
use whatsapp_rust::wacore::types::call::{CallAction, IncomingCall, MissedCall};

use crate::inbound::with_content;
use crate::origin::{AddressKind, OwnPhone};

/// Calls that are remembered at the same time. Of more, the oldest are forgotten.
const AT_ONCE: usize = 64;

/// The calls of one number that ring or have just ended, newest first.
#[derive(Debug, Default)]
pub(crate) struct RingingCalls(VecDeque<(String, State)>);

#[derive(Debug)]
enum State {
    /// With the addresses that a rejection needs.
    Ringing { from: Jid, creator: Jid },
    /// It ended before its offer was handled: the library handles each stanza in a task of its own.
    Over(CallOutcome),
}

/// The change that a stanza of a call makes.
#[derive(Debug, PartialEq)]
pub(crate) enum CallChange {
    /// The message of a call that rings, or that is over already.
    Message(Box<Inbound>),
    /// A call that rang is over.
    Ended(CallOutcome),
}

impl RingingCalls {
    /// Handles a stanza of a call. The same stanza gives the same change until
    /// [`Self::forget_ended`] is called.
    pub(crate) fn on_call(
        &mut self,
        call: &IncomingCall,
        own_phone: &OwnPhone,
    ) -> Option<CallChange> {
        match &call.action {
            CallAction::Offer { call_id, call_creator, is_video, group_jid: None, .. }
                if call.group.is_none() =>
            {
                let peer = caller(&call.from, own_phone)?;
                let outcome = match self.find(call_id) {
                    Some(State::Over(outcome)) => *outcome,
                    Some(State::Ringing { .. }) => CallOutcome::Ringing,
                    None => {
                        let (from, creator) = (call.from.clone(), call_creator.clone());
                        self.push(call_id, State::Ringing { from, creator });
                        CallOutcome::Ringing
                    }
                };
                let message = Inbound {
                    timestamp: call.timestamp,
                    push_name: call.notify.clone(),
                    ..message(call_id, peer, Call { video: Some(*is_video), outcome })
                };
                Some(CallChange::Message(Box::new(message)))
            }
            action => match self.find(action.call_id())? {
                State::Ringing { .. } => outcome_of(action).map(CallChange::Ended),
                State::Over(_) => None,
            },
        }
    }

    /// Forgets a call that this stanza ended. Remembers the end if the offer did not come yet.
    pub(crate) fn forget_ended(&mut self, call: &IncomingCall) {
        let call_id = call.action.call_id();
        if matches!(call.action, CallAction::Offer { .. }) {
            let is_over =
                |(id, state): &(String, State)| id == call_id && matches!(state, State::Over(_));
            return self.0.retain(|entry| !is_over(entry));
        }
        let Some(outcome) = outcome_of(&call.action) else { return };
        match self.find(call_id) {
            Some(State::Ringing { .. }) => self.forget(call_id),
            Some(State::Over(_)) => {}
            None => self.push(call_id, State::Over(outcome)),
        }
    }

    /// Returns the addresses for the rejection of a call that rings: that of the caller, and that of
    /// the device that calls.
    pub(crate) fn caller(&self, call_id: &str) -> Option<(Jid, Jid)> {
        match self.find(call_id)? {
            State::Ringing { from, creator } => Some((from.clone(), creator.clone())),
            State::Over(_) => None,
        }
    }

    /// Forgets a call.
    pub(crate) fn forget(&mut self, call_id: &str) {
        self.0.retain(|(id, _)| id != call_id);
    }

    fn find(&self, call_id: &str) -> Option<&State> {
        self.0.iter().find(|(id, _)| id == call_id).map(|(_, state)| state)
    }

    fn push(&mut self, call_id: &str, state: State) {
        self.0.truncate(AT_ONCE - 1);
        self.0.push_front((call_id.to_owned(), state));
    }
}

/// Returns the message of a call that was offered while the number was not connected.
pub(crate) fn missed_offline(call: &MissedCall, own_phone: &OwnPhone) -> Option<Inbound> {
    let peer = caller(&call.from, own_phone)?;
    let missed = Call { video: None, outcome: CallOutcome::Missed };
    let message = message(&call.call_id, peer, missed);
    Some(Inbound { timestamp: call.timestamp, offline: true, ..message })
}

/// Returns the person who calls. Addresses that the caller states are not read: they could be those
/// of somebody else.
fn caller(from: &Jid, own_phone: &OwnPhone) -> Option<Peer> {
    let is_person = AddressKind::of(from) == AddressKind::Person && !own_phone.is(from);
    is_person.then(|| own_phone.person([Some(from)]))
}

/// Returns the outcome of a call that a stanza ends. WhatsApp gives no reason, `timeout` or
/// `group_call_ended` if nobody answered (`ActionWebHandleIncomingSignalingMessage` of WhatsApp Web);
/// reasons that nobody knows count as that.
fn outcome_of(action: &CallAction) -> Option<CallOutcome> {
    match action {
        CallAction::Accept { .. } => Some(CallOutcome::Answered),
        CallAction::Terminate { reason, .. } => Some(match reason.as_deref() {
            Some("accepted_elsewhere") => CallOutcome::Answered,
            Some("rejected_elsewhere") => CallOutcome::Rejected,
            _ => CallOutcome::Missed,
        }),
        _ => None,
    }
}

fn message(call_id: &str, peer: Peer, call: Call) -> Inbound {
    let row = Inbound {
        peer,
        group: None,
        from_me: false,
        sender: None,
        wa_id: call_id.to_owned(),
        kind: MessageKind::Call,
        content: None,
        text: String::new(),
        raw_message: None,
        timestamp: Default::default(),
        push_name: None,
        business_name: None,
        offline: false,
        media: None,
        mentions: InboundMentions::default(),
        reply_to: None,
        forwarded: 0,
        timer: None,
        amends: None,
    };
    with_content(row, MessageContent::Call(call))
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use whatsapp_rust::wacore::types::call::MissedReason;

    use super::*;
    use crate::testing::own_phone;

    const ID: &str = "A1B2C3D4E5F60718A1B2C3D4E5F60718";
    const CALLER: &str = "100000000000001@lid";

    fn at() -> DateTime<Utc> {
        DateTime::from_timestamp(1_770_000_000, 0).unwrap()
    }

    fn stanza(from: &str, action: CallAction) -> IncomingCall {
        IncomingCall::builder()
            .from(from.parse().unwrap())
            .stanza_id("1".to_owned())
            .notify("Carla".to_owned())
            .timestamp(at())
            .offline(false)
            .action(action)
            .build()
    }

    fn offer(from: &str, call_id: &str, is_video: bool) -> IncomingCall {
        let action = CallAction::Offer {
            call_id: call_id.to_owned(),
            // Somebody else, as a caller could state.
            call_creator: "5561998124471@s.whatsapp.net".parse().unwrap(),
            caller_pn: None,
            caller_country_code: None,
            device_class: None,
            joinable: false,
            is_video,
            audio: Vec::new(),
            group_jid: None,
        };
        stanza(from, action)
    }

    fn end(call_id: &str, reason: Option<&str>) -> IncomingCall {
        let action = CallAction::Terminate {
            call_id: call_id.to_owned(),
            call_creator: CALLER.parse().unwrap(),
            reason: reason.map(str::to_owned),
            duration: None,
            audio_duration: None,
        };
        stanza(CALLER, action)
    }

    fn handle(calls: &mut RingingCalls, call: &IncomingCall) -> Option<CallChange> {
        let change = calls.on_call(call, &own_phone());
        calls.forget_ended(call);
        change
    }

    /// Returns the message of an offered call.
    fn offered(calls: &mut RingingCalls, is_video: bool) -> Inbound {
        match handle(calls, &offer(CALLER, ID, is_video)) {
            Some(CallChange::Message(message)) => *message,
            other => panic!("no message: {other:?}"),
        }
    }

    fn content(is_video: bool, outcome: CallOutcome) -> Option<MessageContent> {
        Some(MessageContent::Call(Call { video: Some(is_video), outcome }))
    }

    #[test]
    fn a_call_is_one_message_from_its_first_ring_to_its_end() {
        for (reason, is_video, outcome) in [
            (None, false, CallOutcome::Missed),
            (Some("timeout"), true, CallOutcome::Missed),
            (Some("busy"), true, CallOutcome::Missed),
            (Some("accepted_elsewhere"), false, CallOutcome::Answered),
            (Some("rejected_elsewhere"), true, CallOutcome::Rejected),
        ] {
            let mut calls = RingingCalls::default();
            let message = offered(&mut calls, is_video);
            assert_eq!(message.content, content(is_video, CallOutcome::Ringing));
            assert_eq!((message.kind, message.wa_id.as_str()), (MessageKind::Call, ID));
            assert_eq!(message.peer, Peer::lid(CALLER));
            assert_eq!((message.timestamp, message.push_name.as_deref()), (at(), Some("Carla")));
            assert_eq!(offered(&mut calls, is_video), message, "offered again");
            let ended = handle(&mut calls, &end(ID, reason));
            assert_eq!(ended, Some(CallChange::Ended(outcome)), "{reason:?}");
            assert_eq!(handle(&mut calls, &end(ID, reason)), None, "it has ended");
        }
        let mut calls = RingingCalls::default();
        assert_eq!(handle(&mut calls, &end(ID, None)), None, "it never rang");
    }

    #[test]
    fn an_end_may_come_before_its_offer() {
        for (reason, outcome) in
            [(None, CallOutcome::Missed), (Some("accepted_elsewhere"), CallOutcome::Answered)]
        {
            let mut calls = RingingCalls::default();
            assert_eq!(handle(&mut calls, &end(ID, reason)), None);
            assert_eq!(calls.caller(ID), None);
            assert_eq!(offered(&mut calls, true).content, content(true, outcome));
            assert!(calls.0.is_empty());
        }
    }

    #[test]
    fn a_change_that_could_not_be_stored_is_returned_again() {
        let mut calls = RingingCalls::default();
        offered(&mut calls, false);
        let ended = end(ID, None);
        assert!(calls.on_call(&ended, &own_phone()).is_some());
        assert!(calls.on_call(&ended, &own_phone()).is_some());
    }

    #[test]
    fn a_call_that_was_rejected_here_does_not_end_again() {
        let mut calls = RingingCalls::default();
        offered(&mut calls, false);
        let creator = "5561998124471@s.whatsapp.net".parse().unwrap();
        assert_eq!(calls.caller(ID), Some((CALLER.parse().unwrap(), creator)));
        calls.forget(ID);
        assert_eq!(calls.caller(ID), None);
        assert_eq!(handle(&mut calls, &end(ID, None)), None);
    }

    #[test]
    fn only_people_call() {
        for from in ["900000000000001@lid", "120363@g.us", "status@broadcast", "1@call"] {
            let mut calls = RingingCalls::default();
            assert_eq!(handle(&mut calls, &offer(from, ID, false)), None, "{from}");
            assert_eq!(handle(&mut calls, &end(ID, None)), None, "{from}");
        }
    }

    #[test]
    fn a_flood_of_calls_takes_a_bounded_memory() {
        let mut calls = RingingCalls::default();
        for nth in 0..10 * AT_ONCE {
            handle(&mut calls, &offer(CALLER, &format!("CALL{nth:08}"), false));
        }
        assert_eq!(calls.0.len(), AT_ONCE);
        assert!(handle(&mut calls, &end(&format!("CALL{:08}", 10 * AT_ONCE - 1), None)).is_some());
    }

    #[test]
    fn a_call_while_the_number_was_not_connected_is_missed() {
        let call =
            MissedCall::new(CALLER.parse().unwrap(), ID.to_owned(), at(), MissedReason::Offline);
        let message = missed_offline(&call, &own_phone()).unwrap();
        let call = Call { video: None, outcome: CallOutcome::Missed };
        assert_eq!(message.content, Some(MessageContent::Call(call)));
        assert!(message.offline);
    }
}
