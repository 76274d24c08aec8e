//! What the user has saved beside messages: names of people, and labels for conversations.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The address book and the labels of a phone.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Saved {
    /// Names by number, or by JID for people whose number is not known.
    names: BTreeMap<String, String>,
    /// Labels by id.
    labels: BTreeMap<String, Label>,
}

/// A label of WhatsApp Business.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Label {
    pub name: String,
    /// The index of its colour in WhatsApp's list.
    pub color: i32,
}

impl Saved {
    /// The name of a person in the address book.
    pub fn name(&self, person: &str) -> Option<&str> {
        self.names.get(person).map(String::as_str)
    }

    /// The people in the address book: numbers, or JIDs where those are not known.
    pub fn people(&self) -> impl Iterator<Item = &str> {
        self.names.keys().map(String::as_str)
    }

    /// The labels by id.
    pub fn labels(&self) -> impl Iterator<Item = (&str, &Label)> {
        self.labels.iter().map(|(id, label)| (id.as_str(), label))
    }

    /// Saves a person, or removes one without a name.
    pub(super) fn set_name(&mut self, person: &str, name: Option<&str>) {
        match name {
            Some(name) => self.names.insert(person.to_owned(), name.to_owned()),
            None => self.names.remove(person),
        };
    }

    pub(super) fn set_label(&mut self, id: &str, label: Label) {
        self.labels.insert(id.to_owned(), label);
    }

    pub(super) fn remove_label(&mut self, id: &str) {
        self.labels.remove(id);
    }
}
