//! Settings of the whole installation, as texts under keys.

use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait as _, sea_query::OnConflict};

use crate::{Error, entity::setting};

pub(crate) async fn get(db: &impl ConnectionTrait, key: &str) -> Result<Option<String>, Error> {
    Ok(setting::Entity::find_by_id(key).one(db).await?.map(|row| row.value))
}

pub(crate) async fn set(
    tx: &impl ConnectionTrait,
    key: String,
    value: String,
) -> Result<(), Error> {
    let row = setting::ActiveModel { key: Set(key), value: Set(value) };
    let replace =
        OnConflict::column(setting::Column::Key).update_column(setting::Column::Value).to_owned();
    setting::Entity::insert(row).on_conflict(replace).exec_without_returning(tx).await?;
    Ok(())
}
