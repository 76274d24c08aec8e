//! Reads rows as chats for the list and for events. It takes one query, however many they are, and two
//! more if a last message mentions somebody or is a change of a group.

use std::collections::BTreeSet;

use model::{
    Chat, ChatId, ConnectionId, Membership, MessageContent, MessageKind, Preview, bounds,
    content::GroupChange,
};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, FromQueryResult, JoinType,
    QueryFilter as _, QuerySelect as _, RelationTrait as _, Select,
    sea_query::{Expr, ExprTrait as _, Func, Query, SimpleExpr},
};

use super::{
    picture,
    state::{MarkColumns, marks},
};
use crate::{
    Error,
    access::is_private,
    codec,
    entity::{chat, chat_group, connection, contact, message},
    messages::{beginning, content, mentions, people::People, timer},
    names,
};

/// The characters of a text that are read for a preview. It is longer than the preview, since
/// formatting that begins in it may end after it.
const READ: usize = 1_000;

/// Returns rows for events. The right to read them is checked on delivery.
pub(crate) async fn by_id(
    db: &impl ConnectionTrait,
    ids: impl Iterator<Item = ChatId>,
) -> Result<Vec<Chat>, Error> {
    let ids: BTreeSet<i64> = ids.map(|id| id.0).collect();
    rows(db, chat::Entity::find().filter(chat::Column::Id.is_in(ids))).await
}

pub(crate) async fn rows(
    db: &impl ConnectionTrait,
    select: Select<chat::Entity>,
) -> Result<Vec<Chat>, Error> {
    let rows: Vec<Row> = complete(select).into_model().all(db).await?;
    let people = People::load(db, rows.iter().flat_map(Row::addresses)).await?;
    rows.into_iter().map(|row| row.into_model(&people)).collect()
}

/// Joins the columns that a row shows beside its own.
pub(crate) fn complete(select: Select<chat::Entity>) -> Select<chat::Entity> {
    picture::join(select)
        .join(JoinType::LeftJoin, chat::Relation::Contact.def())
        .join_rev(JoinType::LeftJoin, message::Relation::LastOf.def())
        .join_as(JoinType::LeftJoin, message::Relation::Sender.def(), LAST_SENDER)
        .join(JoinType::LeftJoin, chat::Relation::Group.def())
        .column_as(contact::Column::Phone, "phone")
        .column_as(contact::Column::SavedName, "saved_name")
        .column_as(contact::Column::BusinessName, "business_name")
        .column_as(contact::Column::PushName, "push_name")
        .column_as(contact::Column::Blocked, "is_blocked")
        .column_as(message::Column::Kind, "last_kind")
        .column_as(message::Column::Delivery, "last_delivery")
        .expr_as(beginning(message::Column::Text, READ), "last_text")
        .expr_as(beginning(message::Column::Content, content::READ_IN_LIST), "last_content")
        .expr_as(unread(), "unread")
        .expr_as(is_private(), "is_private")
        .expr_as(of_number(connection::Column::Phone), "own_phone")
        .expr_as(of_number(connection::Column::Lid), "own_lid")
        .column_as(contact::Column::Lid, "lid")
        .column_as(message::Column::SenderId, "last_sender_id")
        .column_as(message::Column::Mentions, "last_mentions")
        .expr_as(of_sender(contact::Column::Phone), "last_phone")
        .expr_as(of_sender(contact::Column::Lid), "last_lid")
        .expr_as(of_sender(contact::Column::SavedName), "last_saved_name")
        .expr_as(of_sender(contact::Column::BusinessName), "last_business_name")
        .expr_as(of_sender(contact::Column::PushName), "last_push_name")
        .column_as(chat_group::Column::Subject, "subject")
        .column_as(chat_group::Column::Membership, "membership")
        .column_as(chat_group::Column::Announce, "announce")
        .column_as(chat_group::Column::Size, "size")
}

/// The alias of the contact who wrote the last message.
const LAST_SENDER: &str = "last_sender";

fn of_sender(column: contact::Column) -> SimpleExpr {
    Expr::col((LAST_SENDER, column))
}

/// Selects a column of the number that a row belongs to.
fn of_number(column: connection::Column) -> SimpleExpr {
    let value = Query::select()
        .column(("owned_by", column))
        .from_as(connection::Entity, "owned_by")
        .and_where(
            Expr::col(("owned_by", connection::Column::Id))
                .eq(Expr::col(chat::Column::ConnectionId.as_column_ref())),
        )
        .to_owned();
    Expr::SubQuery(None, Box::new(value.into()))
}

/// Counts the unread messages of a chat. The count is computed and not stored, so it cannot drift.
/// The index `message_unread` has unread messages only, so the cost is proportional to the count.
fn unread() -> SimpleExpr {
    let counted = Query::select()
        .expr(Func::count(Expr::col(("waiting", message::Column::Id))))
        .from_as(message::Entity, "waiting")
        .and_where(
            Expr::col(("waiting", message::Column::ChatId))
                .eq(Expr::col(chat::Column::Id.as_column_ref())),
        )
        .and_where(Expr::col(("waiting", message::Column::Unread)))
        .to_owned();
    Expr::SubQuery(None, Box::new(counted.into()))
}

#[derive(FromQueryResult)]
struct Row {
    id: i64,
    connection_id: i64,
    contact_id: Option<i64>,
    jid: String,
    last_at: i64,
    phone: Option<String>,
    saved_name: Option<String>,
    business_name: Option<String>,
    push_name: Option<String>,
    picture_version: Option<i64>,
    picture_asked_at: Option<i64>,
    last_kind: Option<String>,
    last_text: Option<String>,
    last_content: Option<String>,
    last_delivery: Option<String>,
    unread: i64,
    is_private: bool,
    own_phone: Option<String>,
    own_lid: Option<String>,
    lid: Option<String>,
    timer_seconds: i64,
    restricted: bool,
    last_sender_id: Option<i64>,
    last_mentions: Option<String>,
    last_phone: Option<String>,
    last_lid: Option<String>,
    last_saved_name: Option<String>,
    last_business_name: Option<String>,
    last_push_name: Option<String>,
    subject: Option<String>,
    membership: Option<String>,
    announce: Option<bool>,
    size: Option<i64>,
    pinned_at: Option<i64>,
    #[sea_orm(nested)]
    marks: MarkColumns,
    is_blocked: Option<bool>,
}

impl Row {
    /// Returns the change of a group, if the last message is one.
    fn change(&self) -> Option<GroupChange> {
        // Only contents of notices are read whole.
        match content::read(self.last_content.as_deref())? {
            MessageContent::Group(change) => Some(change),
            _ => None,
        }
    }

    /// Returns the addresses of the people whom the last message names.
    fn addresses(&self) -> Vec<(i64, String)> {
        let number = self.connection_id;
        let mentioned = mentions::addresses(number, self.last_mentions.as_deref());
        let change = self.change();
        let changed = change.iter().flat_map(|change| change.people());
        mentioned.chain(changed.map(|address| (number, address.clone()))).collect()
    }

    /// Returns the name of the member of a group who wrote the last message.
    fn writer(&self) -> Option<String> {
        let is_member = self.last_sender_id.is_some_and(|sender| sender != message::OURSELVES);
        if self.contact_id.is_some() || !is_member {
            return None;
        }
        let (saved, push) = (self.last_saved_name.clone(), self.last_push_name.clone());
        let business = self.last_business_name.clone();
        names::display_name(saved, business, push, self.last_phone.as_deref())
            .or_else(|| self.last_lid.as_deref().map(names::fallback))
    }

    fn into_model(self, people: &People) -> Result<Chat, Error> {
        let membership = self.membership.as_deref().unwrap_or_default();
        let membership: Membership = membership.parse().unwrap_or_default();
        let is_group = self.contact_id.is_none();
        let column = self.last_mentions.as_deref();
        let mentioned = mentions::Names::of(self.connection_id, column, people);
        let change = self.change();
        let change =
            change.map(|change| change.map(|address| people.person(self.connection_id, &address)));
        let by = self.writer();
        let subject = self.subject.as_deref().and_then(text::name);
        let is_same = |one: Option<&str>, other: Option<&str>| {
            one.zip(other).is_some_and(|(one, other)| phone::is_same(one, other))
        };
        let own_lid = self.own_lid.as_deref().and_then(|lid| lid.split(['@', ':']).next());
        let myself = is_same(self.phone.as_deref(), self.own_phone.as_deref())
            || own_lid.is_some_and(|own| self.lid.as_deref() == Some(own));
        let (saved, business, push) = (self.saved_name, self.business_name, self.push_name);
        let name = subject
            .or_else(|| names::display_name(saved, business, push, self.phone.as_deref()))
            .unwrap_or_else(|| names::fallback(&self.jid));
        let id = ChatId(self.id);
        let picture = picture::address(id, self.picture_version, self.picture_asked_at);
        let delivery = codec::read_delivery(self.last_delivery.as_deref())?;
        let preview = self.last_kind.map(|kind| {
            let kind = MessageKind::from_name(&kind);
            let text = self.last_text.unwrap_or_default();
            let text = text::plain(kind, &mentioned.mark(&text));
            let text = in_one_line(&text::line(&mentioned.name(&text)));
            // Only those of notices are read whole.
            let content = content::read(self.last_content.as_deref());
            let notice = content.and_then(|content| content.notice());
            Preview { kind, text, notice, by, change, delivery }
        });
        Ok(Chat {
            id,
            connection: ConnectionId(self.connection_id),
            name,
            picture,
            phone: if myself { self.phone.or(self.own_phone) } else { self.phone }
                .as_deref()
                .map(phone::number),
            preview,
            last_at: codec::time(self.last_at),
            unread: u32::try_from(self.unread).unwrap_or(u32::MAX),
            group: is_group,
            closed: membership.closed(self.announce == Some(true)).filter(|_| is_group),
            admin: is_group && membership == Membership::Admin,
            members: self.size.and_then(|size| u32::try_from(size).ok()).unwrap_or(0),
            restricted: self.restricted,
            private: self.is_private,
            timer: timer::seconds_of(self.timer_seconds),
            pinned: self.pinned_at.map(codec::time),
            marks: marks(&self.marks, self.is_blocked == Some(true)),
            myself,
        })
    }
}

/// Folds a text into one line of at most [`bounds::ROW`] characters, with an ellipsis at the end if
/// it was truncated.
fn in_one_line(text: &str) -> String {
    let folded = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text::cut(&folded, bounds::ROW).len() == folded.len() {
        return folded;
    }
    text::cut(&folded, bounds::ROW - 1).to_owned() + "…"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preview_is_one_short_line() {
        assert_eq!(in_one_line("bom dia\r\n\n tudo bem?"), "bom dia tudo bem?");
        assert_eq!(in_one_line(&"é".repeat(bounds::ROW)).chars().count(), bounds::ROW);
        let cut = in_one_line(&"é".repeat(bounds::ROW + 1));
        assert_eq!(cut.chars().count(), bounds::ROW);
        assert!(cut.ends_with('…'));
        let family = in_one_line(&"👨‍👩‍👧‍👦".repeat(bounds::ROW));
        assert!(family.ends_with("👦…") && family.chars().count() <= bounds::ROW);
    }
}
