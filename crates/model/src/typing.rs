use serde::{Deserialize, Serialize};

/// The doing of one side of a conversation at this moment. WhatsApp shows it to the other side, stores it
/// nowhere, and takes it for over after a while unless it is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Typing {
    /// Writes a text.
    Composing,
    /// Records a voice note.
    Recording,
    /// Neither of them any more.
    Paused,
}
