//! The line of a poll in a bubble, beside its question and its options.

use serde::{Deserialize, Serialize};

/// The line below the question of a poll. The store writes it as JSON into the piece of that line, and the
/// server makes words of it in the language of the reader before it leaves (`app::Reader`), so that the
/// browser knows nothing of polls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PollNote {
    /// One person may choose one option only.
    pub single: bool,
    /// The number of people who voted.
    pub voters: u32,
    pub vote: OwnVote,
}

/// The vote of the number itself, as far as there is something to say about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OwnVote {
    /// There is none, or WhatsApp has it.
    Settled,
    /// It waits for WhatsApp.
    Waiting,
    /// It was not sent. Another one replaces it.
    Failed,
    /// The poll came without its secret: nobody here can read its votes or vote.
    Impossible,
}
