//! Settings of who may see and do what ("Privacidade").

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The initial settings of an account. Read receipts matter: with `none` clients send none.
static INITIAL: [(&str, &str); 10] = [
    ("last", "all"),
    ("online", "all"),
    ("profile", "all"),
    ("status", "all"),
    ("groupadd", "all"),
    ("readreceipts", "all"),
    ("calladd", "all"),
    ("messages", "all"),
    ("defense", "off"),
    ("stickers", "contacts"),
];

/// The people who may see a part of a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Audience {
    #[default]
    All,
    /// The people in the account's address book.
    Contacts,
    None,
}

impl Audience {
    fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Contacts => "contacts",
            Self::None => "none",
        }
    }
}

/// A part of a profile with an audience of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Picture,
    About,
    /// The time at which the account was last online.
    LastSeen,
    /// That it is online now.
    Online,
}

impl Part {
    /// The name of the setting (`<category name>`).
    fn category(self) -> &'static str {
        match self {
            Self::Picture => "profile",
            Self::About => "status",
            Self::LastSeen => "last",
            Self::Online => "online",
        }
    }
}

/// The settings of one account that differ from the initial ones.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Privacy(BTreeMap<String, String>);

impl Privacy {
    /// All settings, by name.
    pub(crate) fn settings(&self) -> impl Iterator<Item = (&str, &str)> {
        INITIAL.iter().map(move |(name, value)| (*name, self.value(name).unwrap_or(value)))
    }

    /// Changes a setting. Returns `false` if there is none of this name.
    pub(crate) fn set(&mut self, name: &str, value: &str) -> bool {
        let is_known = INITIAL.iter().any(|(known, _)| *known == name);
        if is_known {
            self.0.insert(name.to_owned(), value.to_owned());
        }
        is_known
    }

    pub(crate) fn set_audience(&mut self, part: Part, audience: Audience) {
        self.set(part.category(), audience.as_str());
    }

    /// The people who may see a part.
    pub(crate) fn audience(&self, part: Part) -> Audience {
        match self.value(part.category()) {
            Some("match_last_seen") => self.audience(Part::LastSeen),
            // Of a list of exceptions the emulator knows only that it is one.
            Some("contacts" | "contact_blacklist") => Audience::Contacts,
            Some("none") => Audience::None,
            _ => Audience::All,
        }
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn online_may_follow_last_seen() {
        let mut privacy = Privacy::default();
        assert_eq!(privacy.audience(Part::Online), Audience::All);
        assert!(privacy.set("last", "none") && privacy.set("online", "match_last_seen"));
        assert_eq!(privacy.audience(Part::Online), Audience::None);
        assert_eq!(privacy.audience(Part::Picture), Audience::All);
    }

    #[test]
    fn unknown_settings_are_not_kept() {
        let mut privacy = Privacy::default();
        assert!(!privacy.set("colour", "all"));
        assert!(privacy.settings().all(|(name, _)| name != "colour"));
        privacy.set_audience(Part::Picture, Audience::Contacts);
        assert!(privacy.settings().any(|setting| setting == ("profile", "contacts")));
    }
}
