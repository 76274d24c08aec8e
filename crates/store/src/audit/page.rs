//! Reading the history: newest first, for administrators only.

use std::cmp::Reverse;

use model::{Actor, AuditAction, AuditEntry, AuditFilter, AuditId, ConnectionId, UserId};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, Select,
};

use super::NewAuditEntry;
use crate::{ActorContext, Admin, Error, Store, codec, entity::audit};

/// Maximum number of entries of a page.
const MAX_PAGE: u64 = 500;

impl Store {
    /// Returns a page of entries, newest first: those before the entry `before`, or the newest. The
    /// last entry of a page is the key of the next. A page has at most 500 entries.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is no entry `before`.
    pub async fn audit_page(
        &self,
        _admin: &Admin,
        filter: &AuditFilter,
        before: Option<AuditId>,
        limit: u64,
    ) -> Result<Vec<AuditEntry>, Error> {
        page(self, filter, before, limit.min(MAX_PAGE)).await
    }

    /// Begins an export of all entries that match the filter, and records the export; that record
    /// is itself the first entry, if it matches the filter.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn audit_export(
        &self,
        admin: &Admin,
        filter: AuditFilter,
    ) -> Result<AuditExport, Error> {
        self.audit(&admin.actor(), NewAuditEntry::new(AuditAction::AuditExported)).await?;
        Ok(AuditExport { store: self.clone(), filter, cursor: Cursor::Start })
    }
}

/// An export in progress. It holds one page in memory, regardless of the length of the history.
#[derive(Debug)]
pub struct AuditExport {
    store: Store,
    filter: AuditFilter,
    cursor: Cursor,
}

#[derive(Debug, Clone, Copy)]
enum Cursor {
    Start,
    After(AuditId),
    End,
}

impl AuditExport {
    /// Returns the next entries, newest first; `None` after the last.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn next_page(&mut self) -> Result<Option<Vec<AuditEntry>>, Error> {
        let before = match self.cursor {
            Cursor::Start => None,
            Cursor::After(id) => Some(id),
            Cursor::End => return Ok(None),
        };
        let rows = page(&self.store, &self.filter, before, MAX_PAGE).await?;
        self.cursor = rows.last().map_or(Cursor::End, |last| Cursor::After(last.id));
        Ok(Some(rows).filter(|rows| !rows.is_empty()))
    }
}

async fn page(
    store: &Store,
    filter: &AuditFilter,
    before: Option<AuditId>,
    limit: u64,
) -> Result<Vec<AuditEntry>, Error> {
    let db = store.db();
    let mut select = filtered(filter)
        .order_by_desc(audit::Column::At)
        .order_by_desc(audit::Column::Id)
        .limit(limit);
    if let Some(id) = before {
        let key = audit::Entity::find_by_id(id.0).one(db).await?.ok_or(Error::NotFound)?;
        select = select.filter(older_than(&key));
    }
    let rows = match filter.user {
        Some(user) => involving(db, select, user, limit).await?,
        None => select.all(db).await?,
    };
    rows.into_iter().map(to_model).collect()
}

fn filtered(filter: &AuditFilter) -> Select<audit::Entity> {
    let action = filter.action.map(|action| audit::Column::Action.eq(action.as_str()));
    let connection = filter.connection.map(|id| audit::Column::ConnectionId.eq(id.0));
    let from = filter.from.map(|from| audit::Column::At.gte(codec::micros(from)));
    let to = filter.to.map(|to| audit::Column::At.lt(codec::micros(to)));
    let all = [action, connection, from, to].into_iter().flatten();
    audit::Entity::find().filter(all.fold(Condition::all(), Condition::add))
}

/// Selects the entries after `key` in the order of the list. The first condition follows from the
/// second, and lets the query start at an index.
fn older_than(key: &audit::Model) -> Condition {
    Condition::all()
        .add(audit::Column::At.lte(key.at))
        .add(Condition::any().add(audit::Column::At.lt(key.at)).add(audit::Column::Id.lt(key.id)))
}

/// Returns the entries of which a person is actor or subject. It runs two queries, each along its
/// index: for an OR of the two, both databases may prefer to scan the whole history.
pub(super) async fn involving(
    db: &impl ConnectionTrait,
    select: Select<audit::Entity>,
    user: UserId,
    limit: u64,
) -> Result<Vec<audit::Model>, Error> {
    let mut rows = select.clone().filter(audit::Column::ActorId.eq(user.0)).all(db).await?;
    rows.extend(select.filter(audit::Column::SubjectId.eq(user.0)).all(db).await?);
    rows.sort_by_key(|row| Reverse((row.at, row.id)));
    rows.dedup_by_key(|row| row.id);
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(rows)
}

pub(super) fn to_model(row: audit::Model) -> Result<AuditEntry, Error> {
    let corrupt = |what, value: &str| Error::Corrupt { what, value: value.to_owned() };
    let actor = match row.actor_id {
        Some(id) => Actor::User { id: UserId(id), name: text::line(&row.actor) },
        None => {
            ActorContext::read_kind(&row.actor).ok_or_else(|| corrupt("an actor", &row.actor))?
        }
    };
    let action = row.action.parse().map_err(|_| corrupt("an action", &row.action))?;
    let ip = row.ip.map(|ip| ip.parse().map_err(|_| corrupt("an address", &ip))).transpose()?;
    Ok(AuditEntry {
        id: AuditId(row.id),
        at: codec::time(row.at),
        actor,
        action,
        connection: row.connection_id.map(ConnectionId),
        connection_label: row.connection_label.as_deref().map(text::line),
        subject: row.subject_id.map(UserId),
        target: row.target.as_deref().map(text::line),
        ip,
        detail: codec::read_detail(&row.detail)?
            .into_iter()
            .map(|(name, value)| (name, text::line(&value)))
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use sea_orm::{DatabaseBackend, QueryTrait as _};

    use super::*;
    use crate::{entity::audit::Column, testing};

    /// Each filter of the list must begin at its index, because a history of years is too long to
    /// scan.
    #[tokio::test]
    async fn every_filter_walks_its_index() {
        let (store, _folder) = testing::store().await;
        let key = audit::Model {
            id: 7,
            at: 7,
            actor_id: None,
            actor: String::new(),
            action: String::new(),
            connection_id: None,
            connection_label: None,
            subject_id: None,
            target: None,
            ip: None,
            detail: String::new(),
        };
        let moment = Some(codec::time(1));
        let action = AuditFilter { action: Some(AuditAction::Login), ..Default::default() };
        let number = AuditFilter { connection: Some(ConnectionId(1)), ..Default::default() };
        let period = AuditFilter { from: moment, to: moment, ..Default::default() };
        for (select, index) in [
            (filtered(&AuditFilter::default()), "audit_at_id"),
            (filtered(&period), "audit_at_id"),
            (filtered(&action), "audit_action_at_id"),
            (filtered(&number), "audit_connection_id_at_id"),
            (filtered(&period).filter(Column::ActorId.eq(1)), "audit_actor_id_at_id"),
            (filtered(&period).filter(Column::SubjectId.eq(1)), "audit_subject_id_at_id"),
        ] {
            let query = select
                .filter(older_than(&key))
                .order_by_desc(Column::At)
                .order_by_desc(Column::Id)
                .build(DatabaseBackend::Sqlite);
            let plan = testing::plan(&store, &query).await;
            assert!(plan[0].contains(&format!("SEARCH audit USING INDEX {index} ")), "{plan:?}");
            assert!(!plan.iter().any(|step| step.contains("TEMP B-TREE")), "{plan:?}");
        }
    }
}
