//! Conversion of addresses that older versions stored in another form.
//!
//! Those versions kept letters and their combining marks apart (NFD) and accepted invisible
//! characters. Such an address would never be found again, since every look-up uses the one form
//! ([`super::Email`]).

use sea_orm::{
    ColumnTrait as _, EntityTrait as _, ExprTrait as _, QueryFilter as _, QuerySelect as _,
    sea_query::Expr,
};

use crate::{Error, Store, entity::user};

impl Store {
    /// Converts stored addresses to their one form. An address that another user already has in that
    /// form stays unchanged.
    ///
    /// # Errors
    /// [`Error::Database`]. Nothing is written if all addresses are in their form.
    pub(crate) async fn normalize_emails(&self) -> Result<(), Error> {
        let all: Vec<(i64, String)> = user::Entity::find()
            .select_only()
            .column(user::Column::Id)
            .column(user::Column::Email)
            .into_tuple()
            .all(self.db())
            .await?;
        let due = all.into_iter().filter_map(|(id, email)| {
            let form = text::email_of_before(&email)?;
            (form != email).then_some((id, email, form))
        });
        let due: Vec<_> = due.collect();
        if due.is_empty() {
            return Ok(());
        }
        let writing = self.write().await?;
        for (id, email, form) in due {
            let taken = user::Entity::find().filter(user::Column::Email.eq(&*form));
            if taken.one(&writing.tx).await?.is_some() {
                tracing::warn!(
                    user_id = id,
                    "this person's address looks like somebody else's and opens no login; invite them again with \
                     another one"
                );
                continue;
            }
            user::Entity::update_many()
                .col_expr(user::Column::Email, Expr::val(form))
                .filter(user::Column::Id.eq(id))
                .filter(user::Column::Email.into_expr().eq(&*email))
                .exec(&writing.tx)
                .await?;
        }
        writing.commit().await
    }
}
