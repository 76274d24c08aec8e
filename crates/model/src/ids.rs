//! Identifiers. Each has its own type, so that a chat can never be looked up with the id of a
//! connection.

use serde::{Deserialize, Serialize};

macro_rules! row_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::num::ParseIntError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    };
}

row_id! {
    /// A person who logs in.
    UserId
}
row_id! {
    /// One WhatsApp number as this installation knows it, linked or not.
    ConnectionId
}
row_id! {
    /// One conversation of one connection. The same customer writing to two numbers is two chats.
    ChatId
}
row_id! {
    /// A person as one connection knows them, under all their addresses.
    ContactId
}
row_id! {
    /// A stored message. Unlike [`WaMessageId`] it is unique in the installation.
    MessageId
}

row_id! {
    /// Something that a number is to send: a message, or the change of one.
    OperationId
}

row_id! {
    /// An entry of the audit trail.
    AuditId
}

/// The login of a browser. It differs from the content of the cookie: it identifies the login but
/// does not authenticate.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SessionId(pub String);

/// WhatsApp's stanza id of a message; unique only within a chat and sender.
///
/// The browser creates the id of an outgoing message before anything is sent, so that a double
/// click, a retried request and a restart all refer to the same message.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct WaMessageId(String);

/// The text is not a message id: one has 8 to 64 characters of `0-9 A-Z a-z . - _`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a message id has 8 to 64 letters, digits, '.', '-' or '_'")]
pub struct InvalidMessageId;

impl WaMessageId {
    /// Checks an id from outside.
    ///
    /// # Errors
    /// [`InvalidMessageId`] when its length or its characters are not those of an id.
    pub fn parse(text: &str) -> Result<Self, InvalidMessageId> {
        let fits = (8..=64).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b".-_".contains(&b));
        if fits { Ok(Self(text.to_owned())) } else { Err(InvalidMessageId) }
    }

    /// Creates an id as WhatsApp Web does: `3EB0` and 18 hexadecimal digits of randomness.
    pub fn from_random(bytes: [u8; 9]) -> Self {
        let mut id = String::from("3EB0");
        for byte in bytes {
            id.push_str(&format!("{byte:02X}"));
        }
        Self(id)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for WaMessageId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for WaMessageId {
    type Error = InvalidMessageId;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<WaMessageId> for String {
    fn from(id: WaMessageId) -> Self {
        id.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn message_ids_are_checked_at_the_door() {
        assert!(WaMessageId::parse("3EB0C431C26A1916E07A00").is_ok());
        for bad in ["", "short", "has space in it", "a\"quote\"", &"x".repeat(65)] {
            assert_eq!(WaMessageId::parse(bad), Err(InvalidMessageId), "{bad:?}");
        }
        assert!(serde_json::from_str::<WaMessageId>("\"no\"").is_err());
    }

    #[test]
    fn made_ids_look_like_whatsapp_webs() {
        let id = WaMessageId::from_random([0, 1, 2, 3, 4, 5, 6, 7, 255]);
        assert_eq!(id.as_str(), "3EB00001020304050607FF");
    }
}
