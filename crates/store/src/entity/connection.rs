//! A WhatsApp number.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "connection")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub owner_id: i64,
    /// The owner, if this is their default number.
    pub default_of: Option<i64>,
    pub label: String,
    /// `model::NumberColor`; `NULL` until a user chooses one.
    pub color: Option<String>,
    /// International digits of the only phone that may link it first; see [`Model::own_phone`].
    pub expected_phone: Option<String>,
    /// True if chats without a mark of their own are private.
    pub private_by_default: bool,
    /// True if credentials exist.
    pub linked: bool,
    /// International digits of the phone it belongs to; set at the first link.
    pub phone: Option<String>,
    pub jid: Option<String>,
    pub lid: Option<String>,
    pub push_name: Option<String>,
    /// The end of the last session: `model::EndReason` as JSON.
    pub last_end: Option<String>,
    /// The number that replaced this one when its phone changed. A replaced number keeps the chats
    /// of the old phone and sends nothing.
    pub replaced_by: Option<i64>,
    /// True if it was linked more than once by a version that did not bind a number to one phone.
    /// Its older chats may belong to another phone.
    pub maybe_mixed: bool,
    pub created_at: i64,
    /// The time at which all groups of the number were fetched.
    pub groups_at: Option<i64>,
}

impl Model {
    /// Returns the only phone that may link it, in international digits: the one it belongs to,
    /// else the declared one. `None` if there is neither.
    pub(crate) fn own_phone(&self) -> Option<&str> {
        self.phone.as_deref().or(self.expected_phone.as_deref())
    }

    /// Returns an address of the number itself: by its hidden identity, else by its phone. `None` before it
    /// was linked.
    pub(crate) fn own_address(&self) -> Option<String> {
        let lid = self.lid.as_deref().and_then(|lid| lid.split(['@', ':']).next());
        let lid = lid.map(|user| format!("{user}@lid"));
        lid.or_else(|| Some(format!("{}@s.whatsapp.net", self.phone.as_deref()?)))
    }
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
