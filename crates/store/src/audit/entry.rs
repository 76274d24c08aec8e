//! What was done.

use std::collections::BTreeMap;

use model::{AuditAction, ConnectionId, UserId};

/// The longest [`Entry::target`], in characters.
const MAX_TARGET: usize = 80;

/// An action and what it was done to. The names of the number and of the subject are looked up when
/// it is written.
#[derive(Debug, Clone)]
pub struct Entry {
    pub(super) action: AuditAction,
    pub(super) connection: Option<ConnectionId>,
    pub(super) subject: Option<UserId>,
    pub(super) target: Option<String>,
    pub(super) detail: BTreeMap<String, String>,
}

impl Entry {
    pub fn new(action: AuditAction) -> Self {
        Self { action, connection: None, subject: None, target: None, detail: BTreeMap::new() }
    }

    /// On which number.
    pub fn connection(self, id: ConnectionId) -> Self {
        Self { connection: Some(id), ..self }
    }

    /// To whom. The entry's target is their name, unless it is given another.
    pub fn subject(self, id: UserId) -> Self {
        Self { subject: Some(id), ..self }
    }

    /// To what, where an id does not say it: an address, a phone number. Cut to a label of 80
    /// characters.
    pub fn target(self, label: &str) -> Self {
        let visible = label.chars().filter(|c| !c.is_control());
        Self { target: Some(visible.take(MAX_TARGET).collect()), ..self }
    }

    /// One more thing to know, such as `from` and `to`. Nothing that a person typed as a message or
    /// a secret.
    pub(crate) fn detail(mut self, key: &'static str, value: impl ToString) -> Self {
        self.detail.insert(key.to_owned(), value.to_string());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_a_label() {
        let entry = Entry::new(AuditAction::LoginFailed).target(&"ã\0\n".repeat(100));
        assert_eq!(entry.target, Some("ã".repeat(MAX_TARGET)));
    }
}
