//! Files.

use serde::{Deserialize, Serialize};

use crate::MessageKind;

/// The kind of a file, as its sender sent it. Voice messages are audio, and GIFs are videos.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    Image,
    Video,
    Audio,
    Document,
    Sticker,
}

impl FileKind {
    /// Returns the kind of a message with such a file.
    pub fn kind(self) -> MessageKind {
        match self {
            Self::Image => MessageKind::Image,
            Self::Video => MessageKind::Video,
            Self::Audio => MessageKind::Audio,
            Self::Document => MessageKind::Document,
            Self::Sticker => MessageKind::Sticker,
        }
    }

    /// Returns the kind of the file of a message of this kind; `None` for a kind without a file.
    pub fn of(kind: MessageKind) -> Option<Self> {
        match kind {
            MessageKind::Image => Some(Self::Image),
            MessageKind::Video => Some(Self::Video),
            MessageKind::Audio => Some(Self::Audio),
            MessageKind::Document => Some(Self::Document),
            MessageKind::Sticker => Some(Self::Sticker),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_of_a_message_gives_the_kind_of_its_file_back() {
        let all = [
            FileKind::Image,
            FileKind::Video,
            FileKind::Audio,
            FileKind::Document,
            FileKind::Sticker,
        ];
        for file in all {
            assert_eq!(FileKind::of(file.kind()), Some(file));
        }
        assert_eq!(FileKind::of(MessageKind::Text), None);
    }
}
