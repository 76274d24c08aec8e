//! Calls that nobody answered, which become messages in the chat with the caller.
//!
//! WhatsApp rings all devices of a number. A call ends with a reason: that the caller gave up, or that
//! another device of the number answered or declined. Only the first is a message. The library emits
//! each stanza of a call, and a call that was offered while the number was not connected as missed,
//! as WhatsApp Web does. The id of a call is the id of its message, so that it is stored once.

use std::collections::VecDeque;

use model::content::{Call, CallOutcome};
use model::{MessageContent, MessageKind};
use store::{Inbound, Peer};
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
    /// With its message, if nobody answers.
    Ringing(Box<Inbound>),
    /// It ended before its offer was handled: the library handles each stanza in a task of its own.
    Over { is_missed: bool },
}

impl RingingCalls {
    /// Handles a stanza of a call. Returns the message of a call that ended without an answer.
    pub(crate) fn on_call(&mut self, call: &IncomingCall, own_phone: &OwnPhone) -> Option<Inbound> {
        match &call.action {
            CallAction::Offer { call_id, is_video, group_jid: None, .. }
                if call.group.is_none() =>
            {
                let peer = caller(&call.from, own_phone)?;
                let message = Inbound {
                    timestamp: call.timestamp,
                    push_name: call.notify.clone(),
                    ..missed(call_id, peer, Some(*is_video))
                };
                match self.find(call_id) {
                    Some(State::Over { is_missed }) => return is_missed.then_some(message),
                    Some(State::Ringing(_)) => {}
                    None => self.push(call_id, State::Ringing(Box::new(message))),
                }
                None
            }
            CallAction::Terminate { call_id, reason, .. } if is_missed(reason.as_deref()) => {
                match self.find(call_id)? {
                    State::Ringing(message) => Some((**message).clone()),
                    State::Over { .. } => None,
                }
            }
            _ => None,
        }
    }

    /// Forgets a call that this stanza ended: it was answered or declined, or the caller gave up.
    /// Remembers the end if the offer did not come yet.
    pub(crate) fn forget_ended(&mut self, call: &IncomingCall) {
        let (call_id, is_missed) = match &call.action {
            CallAction::Accept { call_id, .. } => (call_id, false),
            CallAction::Terminate { call_id, reason, .. } => {
                (call_id, is_missed(reason.as_deref()))
            }
            CallAction::Offer { call_id, .. } => {
                let is_over = |(id, state): &(String, State)| {
                    id == call_id && matches!(state, State::Over { .. })
                };
                return self.0.retain(|entry| !is_over(entry));
            }
            _ => return,
        };
        match self.find(call_id) {
            Some(State::Ringing(_)) => self.0.retain(|(id, _)| id != call_id),
            Some(State::Over { .. }) => {}
            None => self.push(call_id, State::Over { is_missed }),
        }
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
    let message = missed(&call.call_id, peer, None);
    Some(Inbound { timestamp: call.timestamp, offline: true, ..message })
}

/// Returns the person who calls. Addresses that the caller states are not read: they could be those
/// of somebody else.
fn caller(from: &Jid, own_phone: &OwnPhone) -> Option<Peer> {
    let is_person = AddressKind::of(from) == AddressKind::Person && !own_phone.is(from);
    is_person.then(|| own_phone.person([Some(from)]))
}

/// Returns true if nobody answered a call that ended for this reason
/// (`ActionWebHandleIncomingSignalingMessage` of WhatsApp Web).
fn is_missed(reason: Option<&str>) -> bool {
    matches!(reason, None | Some("timeout" | "group_call_ended"))
}

fn missed(call_id: &str, peer: Peer, video: Option<bool>) -> Inbound {
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
        offline: false,
        media: None,
        reply_to: None,
        forwarded: 0,
        timer: None,
        amends: None,
    };
    with_content(row, MessageContent::Call(Call { video, outcome: CallOutcome::Missed }))
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

    fn handle(calls: &mut RingingCalls, call: &IncomingCall) -> Option<Inbound> {
        let message = calls.on_call(call, &own_phone());
        calls.forget_ended(call);
        message
    }

    #[test]
    fn a_call_that_the_caller_gave_up_is_one_message() {
        for (reason, is_video) in [(None, false), (Some("timeout"), true)] {
            let mut calls = RingingCalls::default();
            assert_eq!(handle(&mut calls, &offer(CALLER, ID, is_video)), None);
            assert_eq!(handle(&mut calls, &offer(CALLER, ID, is_video)), None, "offered again");
            let message = handle(&mut calls, &end(ID, reason)).unwrap();
            let call = Call { video: Some(is_video), outcome: CallOutcome::Missed };
            assert_eq!(message.content, Some(MessageContent::Call(call)));
            assert_eq!((message.kind, message.wa_id.as_str()), (MessageKind::Call, ID));
            assert_eq!(message.peer, Peer::lid(CALLER));
            assert_eq!((message.timestamp, message.push_name.as_deref()), (at(), Some("Carla")));
            assert_eq!(handle(&mut calls, &end(ID, reason)), None, "it has ended");
        }
    }

    #[test]
    fn a_call_that_was_answered_or_declined_elsewhere_is_no_message() {
        for reason in ["accepted_elsewhere", "rejected_elsewhere", "busy"] {
            let mut calls = RingingCalls::default();
            handle(&mut calls, &offer(CALLER, ID, false));
            assert_eq!(handle(&mut calls, &end(ID, Some(reason))), None);
            assert_eq!(handle(&mut calls, &end(ID, None)), None);
        }
        let mut calls = RingingCalls::default();
        assert_eq!(handle(&mut calls, &end(ID, None)), None, "it never rang");
    }

    #[test]
    fn an_end_may_come_before_its_offer() {
        for (reason, is_missed) in [(None, true), (Some("accepted_elsewhere"), false)] {
            let mut calls = RingingCalls::default();
            assert_eq!(handle(&mut calls, &end(ID, reason)), None);
            let message = handle(&mut calls, &offer(CALLER, ID, true));
            assert_eq!(message.is_some(), is_missed, "{reason:?}");
            assert!(calls.0.is_empty());
        }
    }

    #[test]
    fn a_call_that_could_not_be_stored_is_returned_again() {
        let mut calls = RingingCalls::default();
        handle(&mut calls, &offer(CALLER, ID, false));
        let ended = end(ID, None);
        assert!(calls.on_call(&ended, &own_phone()).is_some());
        assert!(calls.on_call(&ended, &own_phone()).is_some());
    }

    #[test]
    fn only_people_call() {
        for from in ["900000000000001@lid", "120363@g.us", "status@broadcast", "1@call"] {
            let mut calls = RingingCalls::default();
            handle(&mut calls, &offer(from, ID, false));
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
