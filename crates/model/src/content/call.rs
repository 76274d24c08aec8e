//! A call.

use serde::{Deserialize, Serialize};

/// A call of the other side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// Whether it was a call with video; `None` if WhatsApp did not say, as for a call while the
    /// number was not connected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub video: Option<bool>,
    pub outcome: CallOutcome,
}

/// The way in which a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallOutcome {
    /// It has not ended.
    Ringing,
    /// Nobody answered before the caller gave up.
    Missed,
    /// It was rejected, here or on another device of the number.
    Rejected,
    /// Another device of the number answered it.
    Answered,
}

impl Call {
    /// Returns the words of a notice: the kind of call, and its outcome unless it was missed.
    pub(crate) fn words(self) -> String {
        let kind = match self.video {
            None => "call",
            Some(false) => "voice_call",
            Some(true) => "video_call",
        };
        let outcome = match self.outcome {
            CallOutcome::Missed => "",
            CallOutcome::Ringing => " ringing",
            CallOutcome::Rejected => " rejected",
            CallOutcome::Answered => " answered",
        };
        [kind, outcome].concat()
    }

    /// Reads [`Self::words`].
    pub(crate) fn read(words: &str) -> Option<Self> {
        let (kind, outcome) = words.split_once(' ').unwrap_or((words, ""));
        let video = match kind {
            "call" => None,
            "voice_call" => Some(false),
            "video_call" => Some(true),
            _ => return None,
        };
        let outcome = match outcome {
            "" => CallOutcome::Missed,
            "ringing" => CallOutcome::Ringing,
            "rejected" => CallOutcome::Rejected,
            "answered" => CallOutcome::Answered,
            _ => return None,
        };
        Some(Self { video, outcome })
    }
}
