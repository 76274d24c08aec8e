//! A WhatsApp number.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "connection")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub owner_id: i64,
    /// The owner once more, if this is the number they get without asking for one.
    pub default_of: Option<i64>,
    pub label: String,
    /// `model::NumberColor`; `NULL` until somebody chooses one.
    pub color: Option<String>,
    /// International digits of the only phone that may link it first; see [`Model::own_phone`].
    pub expected_phone: Option<String>,
    /// Whether chats without a mark of their own are private.
    pub private_by_default: bool,
    /// Credentials exist.
    pub linked: bool,
    /// International digits of the phone it belongs to, from its first link on.
    pub phone: Option<String>,
    pub jid: Option<String>,
    pub lid: Option<String>,
    pub push_name: Option<String>,
    /// How the last session ended: `model::EndReason` as JSON.
    pub last_end: Option<String>,
    /// The entry that took this one's place when its phone changed. It keeps the conversations that
    /// were held with the old phone, and nothing is sent from it.
    pub replaced_by: Option<i64>,
    /// It was linked more than once before an entry belonged to one phone, so that older
    /// conversations may be another phone's.
    pub maybe_mixed: bool,
    pub created_at: i64,
}

impl Model {
    /// The only phone that may link it, in international digits: the one it belongs to, else the one
    /// that was declared. `None` until there is either.
    pub(crate) fn own_phone(&self) -> Option<&str> {
        self.phone.as_deref().or(self.expected_phone.as_deref())
    }
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
