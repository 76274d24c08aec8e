//! The rule of access, in SQL.

use model::{GroupsGranted, Role, User, UserId};
use sea_orm::{
    ColumnTrait, EntityTrait as _, IntoSimpleExpr as _, QueryFilter as _, QuerySelect as _,
    QueryTrait as _, Select,
    sea_query::{Expr, ExprTrait as _, Func, Query, UnionType},
};

use crate::entity::{chat, connection, group_access, message, number_access, user};

/// A right on a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Right {
    Read,
    Write,
    Manage,
    /// Removing it, with everything in it.
    Remove,
    /// Deciding what becomes of its calls, and what contacts see of it.
    Policy,
    /// Deciding which chats are private, and seeing private chats.
    Own,
}

impl Right {
    /// Returns the column that grants the right; `None` for rights that cannot be granted.
    fn granted(self) -> Option<number_access::Column> {
        match self {
            Self::Read => Some(number_access::Column::CanRead),
            Self::Write => Some(number_access::Column::CanWrite),
            Self::Manage => Some(number_access::Column::CanManage),
            Self::Remove | Self::Policy | Self::Own => None,
        }
    }
}

/// The rows that one user may read. Every read of a [`Viewer`](crate::Viewer) starts from one of
/// these.
///
/// The role and the activity are checked in the same statement, so a revoked right is gone with the
/// next query of an existing viewer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scope {
    user: UserId,
    /// If true, queries also check if the user is an admin. For agents the result is the same, but
    /// the planner, which cannot know the answer, would read every row.
    perhaps_admin: bool,
}

impl Scope {
    /// Returns a scope for a user whose role was read a moment ago. A user who becomes an admin
    /// sees more with their next viewer.
    pub(crate) fn of(user: &User) -> Self {
        Self { user: user.id, perhaps_admin: user.role == Role::Admin }
    }

    /// Returns a scope for queries of single rows, for which the use of an index does not matter.
    pub(crate) fn of_anybody(user: UserId) -> Self {
        Self { user, perhaps_admin: true }
    }

    /// Returns the scope that the user would have without being an admin.
    pub(crate) fn without_role(self) -> Self {
        Self { perhaps_admin: false, ..self }
    }

    pub(crate) fn connections(self) -> Select<connection::Entity> {
        connection::Entity::find().filter(self.allows(Right::Read, connection::Column::Id))
    }

    pub(crate) fn chats(self) -> Select<chat::Entity> {
        chat::Entity::find().filter(self.sees())
    }

    pub(crate) fn messages(self) -> Select<message::Entity> {
        message::Entity::find().filter(self.sees_chat(message::Column::ChatId))
    }

    /// True for rows in which `connection`, a column with a connection's id, names one on which the
    /// user has `right`: an active user who owns it, or was granted it, or is an admin. Rights that
    /// only the owner has are denied even to admins.
    pub(crate) fn allows(self, right: Right, connection: impl ColumnTrait) -> Expr {
        let mut theirs = connection::Entity::find()
            .select_only()
            .column(connection::Column::Id)
            .filter(connection::Column::OwnerId.eq(self.user.0))
            .filter(self.is_active())
            .into_query();
        if let Some(right) = right.granted() {
            let granted = number_access::Entity::find()
                .select_only()
                .column(number_access::Column::ConnectionId)
                .filter(number_access::Column::UserId.eq(self.user.0))
                .filter(right.eq(true))
                .filter(self.is_active())
                .into_query();
            theirs.union(UnionType::Distinct, granted);
        }
        let theirs = connection.in_subquery(theirs);
        if self.perhaps_admin && right != Right::Own { theirs.or(self.is_admin()) } else { theirs }
    }

    /// True for rows in which `chat`, a column with a chat's id, names one that the user may read.
    pub(crate) fn sees_chat(self, chat: impl ColumnTrait) -> Expr {
        Expr::exists(self.seen(chat).into_query())
    }

    /// The same for the chats of groups.
    pub(crate) fn sees_group(self, chat: impl ColumnTrait) -> Expr {
        let groups = self.seen(chat).filter(chat::Column::ContactId.is_null());
        Expr::exists(groups.into_query())
    }

    fn seen(self, chat: impl ColumnTrait) -> Select<chat::Entity> {
        chat::Entity::find()
            .select_only()
            .expr(Expr::val(1))
            .filter(chat::Column::Id.into_simple_expr().eq(chat.into_simple_expr()))
            .filter(self.sees())
    }

    /// True for the rows of `chat` that the user may read: on numbers they may read, those that are
    /// not private, and of the groups those that their grant includes; on their own, all.
    fn sees(self) -> Expr {
        let number = chat::Column::ConnectionId;
        let open = is_private().not().and(self.includes());
        self.allows(Right::Read, number).and(open.or(self.allows(Right::Own, number)))
    }

    /// True for the rows of `chat` that a grant includes: chats with a person, groups that were given to
    /// the user, and all other groups that are not restricted if the grant is for all. Administrators
    /// have all groups.
    fn includes(self) -> Expr {
        let given = group_access::Entity::find()
            .select_only()
            .expr(Expr::val(1))
            .filter(
                group_access::Column::ChatId
                    .into_simple_expr()
                    .eq(chat::Column::Id.into_simple_expr()),
            )
            .filter(group_access::Column::UserId.eq(self.user.0))
            .into_query();
        let with_all = number_access::Entity::find()
            .select_only()
            .column(number_access::Column::ConnectionId)
            .filter(number_access::Column::UserId.eq(self.user.0))
            .filter(number_access::Column::Groups.eq(GroupsGranted::All.as_str()))
            .into_query();
        let by_grant = chat::Column::Restricted
            .eq(false)
            .and(chat::Column::ConnectionId.in_subquery(with_all));
        let included = chat::Column::ContactId.is_not_null().or(Expr::exists(given)).or(by_grant);
        if self.perhaps_admin { included.or(self.is_admin()) } else { included }
    }

    fn is_active(self) -> Expr {
        Expr::exists(self.person().into_query())
    }

    fn is_admin(self) -> Expr {
        let admin = self.person().filter(user::Column::Role.eq(Role::Admin.as_str()));
        Expr::exists(admin.into_query())
    }

    fn person(self) -> Select<user::Entity> {
        user::Entity::find()
            .select_only()
            .expr(Expr::val(1))
            .filter(user::Column::Id.eq(self.user.0))
            .filter(user::Column::Active.eq(true))
    }
}

/// True for rows of `chat` that are private: the chat's own mark decides, else its number's
/// default.
pub(crate) fn is_private() -> Expr {
    let by_default = Query::select()
        .column(("number", connection::Column::PrivateByDefault))
        .from_as(connection::Entity, "number")
        .and_where(
            Expr::col(("number", connection::Column::Id))
                .eq(chat::Column::ConnectionId.into_simple_expr()),
        )
        .to_owned();
    let by_default = Expr::SubQuery(None, Box::new(by_default.into()));
    Func::coalesce([chat::Column::Private.into_simple_expr(), by_default]).into()
}
