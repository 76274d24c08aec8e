use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};

use crate::{Chat, Message, MessageId, WholeText};

/// The page about the person or the group of a chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DetailsPage {
    pub chat: Chat,
    /// The name that the person chose in WhatsApp.
    pub chosen_name: Option<String>,
    /// `None` for a group, and while WhatsApp does not answer.
    pub profile: Option<PersonProfile>,
    /// The groups of the viewer of which the person and the number are members.
    pub groups: Vec<Chat>,
    pub part: DetailsPart,
    /// The pictures and videos, the documents or the favourites, newest first; empty for links.
    pub files: Vec<Message>,
    pub links: Vec<SharedLink>,
    /// The position before which the next page of the part begins; `None` if there is nothing older.
    pub older: Option<i64>,
    /// The viewer may write in the chat.
    pub can_write: bool,
}

/// A part of what was sent in a chat.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, EnumString, IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
pub enum DetailsPart {
    /// Pictures and videos.
    #[default]
    #[strum(serialize = "midia")]
    Media,
    #[strum(serialize = "links")]
    Links,
    #[strum(serialize = "documentos")]
    Documents,
    /// The favourite messages of the number, of every kind.
    #[strum(serialize = "favoritas")]
    Starred,
}

impl DetailsPart {
    pub const ALL: [Self; 4] = [Self::Media, Self::Links, Self::Documents, Self::Starred];

    /// Returns the word for it in an address.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// The first link of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedLink {
    pub message: MessageId,
    /// The address of the web that it leads to.
    pub address: String,
    /// The link as the message has it.
    pub written: String,
    #[serde(with = "crate::time")]
    pub sent_at: DateTime<Utc>,
}

/// What a person says of themselves in WhatsApp, safe to show. Every text may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonProfile {
    pub about: String,
    pub business: Option<BusinessProfile>,
}

/// What a business says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BusinessProfile {
    pub description: String,
    pub address: String,
    pub email: Option<WholeText>,
    pub websites: Vec<WholeText>,
    pub categories: Vec<String>,
    /// The hours of each day that it states, in its order.
    pub hours: Vec<OpeningHours>,
}

/// The hours of a business on a day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpeningHours {
    /// 0 for Sunday to 6.
    pub day: u8,
    pub open: Opening,
}

/// When a business is open on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Opening {
    AllDay,
    ByAppointment,
    /// In minutes since midnight.
    Between {
        from: u16,
        to: u16,
    },
}
