//! Calls that a phone has placed.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

/// Calls that are remembered for each phone.
const AT_ONCE: usize = 64;

/// A call that a phone has placed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlacedCall {
    /// The call's id.
    pub id: String,
    /// The number that was called.
    pub with: String,
    /// A call with video.
    pub video: bool,
    /// Its state, or its end.
    pub state: CallState,
}

/// The state of a call, or its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallState {
    /// It has not ended.
    Ringing,
    /// The caller gave up.
    GivenUp,
    /// The phone that was called answered.
    Answered,
    /// The phone that was called rejected it.
    Rejected,
    /// A linked device of the phone that was called rejected it.
    RejectedByDevice,
}

impl CallState {
    /// The reason by which linked devices learn of it.
    pub(crate) fn reason(self) -> &'static str {
        match self {
            Self::Ringing | Self::GivenUp => "timeout",
            Self::Answered => "accepted_elsewhere",
            Self::Rejected | Self::RejectedByDevice => "rejected_elsewhere",
        }
    }
}

/// The calls of one phone, oldest first.
#[derive(Default)]
pub(crate) struct PlacedCalls(VecDeque<PlacedCall>);

impl PlacedCalls {
    pub(crate) fn place(&mut self, call: PlacedCall) {
        if self.0.len() == AT_ONCE {
            self.0.pop_front();
        }
        self.0.push_back(call);
    }

    /// Ends a call that rings, and returns it.
    pub(crate) fn end(&mut self, id: &str, state: CallState) -> Option<PlacedCall> {
        let is_it = |call: &&mut PlacedCall| call.id == id && call.state == CallState::Ringing;
        let call = self.0.iter_mut().find(is_it)?;
        call.state = state;
        Some(call.clone())
    }

    pub(crate) fn all(&self) -> Vec<PlacedCall> {
        self.0.iter().cloned().collect()
    }
}
