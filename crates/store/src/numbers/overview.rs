//! The administrators' list of numbers. It takes a few queries, however many numbers there are.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use model::{ConnectionId, Figures, UserId};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, FromQueryResult, JoinType,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, QueryTrait as _, RelationTrait as _,
    sea_query::Expr,
};

use super::{connections, uptimes};
use crate::{
    Admin, ConnectionRow, Error, Store,
    access::Scope,
    codec,
    entity::{chat, connection, message, number_access, user},
};

impl Store {
    /// Returns every number, by label, with its figures. Private chats of other owners are not
    /// counted.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn connections_overview(
        &self,
        admin: &Admin,
    ) -> Result<Vec<(ConnectionRow, Figures)>, Error> {
        let (db, scope) = (self.db(), Scope::of_anybody(admin.user()));
        let rows = connections::rows(db, scope, scope.connections()).await?;
        let owners = owners(db).await?;
        let mut agents = agents(db, None).await?;
        let chats = chats(db, scope).await?;
        let unread = unread(db, scope).await?;
        let uptimes = uptimes::all(db).await?;
        let overview = rows.into_iter().map(|row| {
            let (chats, last_at) = chats.get(&row.id).copied().unwrap_or_default();
            let (last_day, last_month) = uptimes.get(&row.id).copied().unwrap_or_default();
            let figures = Figures {
                owner_name: owners.get(&row.owner).cloned().unwrap_or_default(),
                agents: agents.remove(&row.id).unwrap_or_default(),
                chats,
                unread: unread.get(&row.id).copied().unwrap_or_default(),
                last_at,
                last_day,
                last_month,
            };
            (row, figures)
        });
        Ok(overview.collect())
    }
}

/// Returns the names of the users who own a number.
async fn owners(db: &impl ConnectionTrait) -> Result<HashMap<UserId, String>, Error> {
    let owners = connection::Entity::find().select_only().column(connection::Column::OwnerId);
    let rows: Vec<(i64, String)> = user::Entity::find()
        .select_only()
        .columns([user::Column::Id, user::Column::Name])
        .filter(user::Column::Id.in_subquery(owners.into_query()))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|(id, name)| (UserId(id), text::line(&name))).collect())
}

/// Returns the names of the active users who were granted access to each number, or to one, sorted.
pub(super) async fn agents(
    db: &impl ConnectionTrait,
    only: Option<ConnectionId>,
) -> Result<HashMap<ConnectionId, Vec<String>>, Error> {
    let mut select = number_access::Entity::find()
        .join(JoinType::InnerJoin, number_access::Relation::User.def())
        .filter(user::Column::Active.eq(true))
        .select_only()
        .column(number_access::Column::ConnectionId)
        .column(user::Column::Name)
        .order_by_asc(user::Column::Name)
        .order_by_asc(user::Column::Id);
    if let Some(connection) = only {
        select = select.filter(number_access::Column::ConnectionId.eq(connection.0));
    }
    let rows: Vec<(i64, String)> = select.into_tuple().all(db).await?;
    let mut agents: HashMap<_, Vec<_>> = HashMap::new();
    for (connection, name) in rows {
        agents.entry(ConnectionId(connection)).or_default().push(text::line(&name));
    }
    Ok(agents)
}

type Chats = (u64, Option<DateTime<Utc>>);

/// Returns the count of chats of each number, and the time of its last activity.
async fn chats(
    db: &impl ConnectionTrait,
    scope: Scope,
) -> Result<HashMap<ConnectionId, Chats>, Error> {
    #[derive(FromQueryResult)]
    struct Row {
        connection_id: i64,
        chats: i64,
        last_at: Option<i64>,
    }
    let rows: Vec<Row> = scope
        .chats()
        .select_only()
        .column(chat::Column::ConnectionId)
        .column_as(chat::Column::Id.count(), "chats")
        .column_as(chat::Column::LastAt.max(), "last_at")
        .group_by(chat::Column::ConnectionId)
        .into_model()
        .all(db)
        .await?;
    let figures = |row: &Row| (u64::try_from(row.chats).unwrap_or(0), row.last_at.map(codec::time));
    Ok(rows.iter().map(|row| (ConnectionId(row.connection_id), figures(row))).collect())
}

/// Returns the count of unread messages of each number. The query starts at the index
/// `message_unread`.
async fn unread(
    db: &impl ConnectionTrait,
    scope: Scope,
) -> Result<HashMap<ConnectionId, u64>, Error> {
    let rows: Vec<(i64, i64)> = scope
        .chats()
        .join_rev(JoinType::InnerJoin, message::Relation::Chat.def())
        .filter(Expr::col(message::Column::Unread.as_column_ref()))
        .select_only()
        .column(chat::Column::ConnectionId)
        .column_as(message::Column::Id.count(), "unread")
        .group_by(chat::Column::ConnectionId)
        .into_tuple()
        .all(db)
        .await?;
    let count = |unread| u64::try_from(unread).unwrap_or(0);
    Ok(rows.into_iter().map(|(id, unread)| (ConnectionId(id), count(unread))).collect())
}
