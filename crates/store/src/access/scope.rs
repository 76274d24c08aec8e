//! The rule of access, in SQL.

use model::{Role, UserId};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, IntoSimpleExpr as _, QueryFilter as _, QuerySelect as _,
    QueryTrait as _, Select,
    sea_query::{Condition, Expr, ExprTrait as _},
};

use crate::entity::{chat, connection, message, number_access, user};

/// What somebody wants to do with a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Right {
    Read,
    Write,
    Manage,
}

impl Right {
    fn column(self) -> number_access::Column {
        match self {
            Self::Read => number_access::Column::CanRead,
            Self::Write => number_access::Column::CanWrite,
            Self::Manage => number_access::Column::CanManage,
        }
    }
}

/// True for the rows of `connection` on which `user` has `right`: an active user who is an admin, or
/// owns it, or was granted it.
///
/// The role and the activity are looked up in the same statement, so a right that was taken away is
/// gone with the next query of a [`Viewer`](crate::Viewer) that lives on.
pub(crate) fn allows(user: UserId, right: Right) -> Expr {
    let granted = number_access::Entity::find()
        .select_only()
        .expr(Expr::val(1))
        .filter(number_access::Column::UserId.eq(user.0))
        .filter(number_access::Column::ConnectionId.into_expr().eq(connection_id()))
        .filter(right.column().eq(true))
        .into_query();
    let person = user::Entity::find()
        .select_only()
        .expr(Expr::val(1))
        .filter(user::Column::Id.eq(user.0))
        .filter(user::Column::Active.eq(true))
        .filter(
            Condition::any()
                .add(user::Column::Role.eq(Role::Admin.as_str()))
                .add(
                    user::Column::Id.into_expr().eq(connection::Column::OwnerId.into_simple_expr()),
                )
                .add(Expr::exists(granted)),
        )
        .into_query();
    Expr::exists(person)
}

fn connection_id() -> Expr {
    connection::Column::Id.into_simple_expr()
}

/// The rows that one user may read. Every read of a [`Viewer`](crate::Viewer) starts from one of these.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scope {
    user: UserId,
}

impl Scope {
    pub(super) fn new(user: UserId) -> Self {
        Self { user }
    }

    pub(crate) fn connections(self) -> Select<connection::Entity> {
        connection::Entity::find().filter(allows(self.user, Right::Read))
    }

    pub(crate) fn chats(self) -> Select<chat::Entity> {
        chat::Entity::find().filter(self.readable(chat::Column::ConnectionId))
    }

    pub(crate) fn messages(self) -> Select<message::Entity> {
        message::Entity::find().filter(self.readable(message::Column::ConnectionId))
    }

    /// The same limit for any table with a connection's id in `column`.
    pub(crate) fn readable(self, column: impl sea_orm::ColumnTrait) -> Expr {
        let connections =
            self.connections().select_only().column(connection::Column::Id).into_query();
        column.in_subquery(connections)
    }
}
