//! New entries of the audit trail.

use std::collections::BTreeMap;

use model::{AuditAction, ConnectionId, UserId};

/// Maximum length of [`NewAuditEntry::target`], in characters.
const MAX_TARGET: usize = 80;

/// An action, its number, subject and target. The names of the number and of the subject are looked
/// up when the entry is written.
#[derive(Debug, Clone)]
pub struct NewAuditEntry {
    pub(super) action: AuditAction,
    pub(super) connection: Option<ConnectionId>,
    pub(super) subject: Option<UserId>,
    pub(super) target: Option<String>,
    pub(super) detail: BTreeMap<String, String>,
}

impl NewAuditEntry {
    pub fn new(action: AuditAction) -> Self {
        Self { action, connection: None, subject: None, target: None, detail: BTreeMap::new() }
    }

    /// Sets the number on which the action was done.
    pub fn connection(self, id: ConnectionId) -> Self {
        Self { connection: Some(id), ..self }
    }

    /// Sets the user to whom the action was done. The entry's target is their name, unless another
    /// is set.
    pub fn subject(self, id: UserId) -> Self {
        Self { subject: Some(id), ..self }
    }

    /// Sets the target of the action if it has no id: an address, a phone number. It is cut to a
    /// label of 80 characters.
    pub fn target(self, label: &str) -> Self {
        let visible = label.chars().filter(|c| !c.is_control());
        Self { target: Some(visible.take(MAX_TARGET).collect()), ..self }
    }

    /// Adds a detail, such as `from` and `to`. It must not hold the text of a message or a secret.
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
        let entry = NewAuditEntry::new(AuditAction::LoginFailed).target(&"ã\0\n".repeat(100));
        assert_eq!(entry.target, Some("ã".repeat(MAX_TARGET)));
    }
}
