//! The id of an installation, by which it knows its own files in a bucket from those of others.

use crate::{Error, Store, backup::Row, codec, secrets, settings};

/// The key of the setting.
const KEY: &str = "installation";
/// The random bytes of an id.
const BYTES: usize = 16;

impl Store {
    /// Returns the id of this installation, 32 hexadecimal digits, which the first call makes. It is part of
    /// a backup: a restored installation is the same one.
    ///
    /// # Errors
    /// [`Error::Database`], or [`Error::Random`] if the system has no random numbers.
    pub async fn installation(&self) -> Result<String, Error> {
        if let Some(id) = settings::get(self.db(), KEY).await?.filter(|id| is_id(id)) {
            return Ok(id);
        }
        let id = codec::bytes(secrets::random::<BYTES>()?);
        let writing = self.write().await?;
        settings::set(&writing.tx, KEY.to_owned(), id.clone()).await?;
        writing.commit().await?;
        Ok(id)
    }
}

/// Returns the id of an installation, if this row of the table `setting` in its backup has it.
pub fn installation_in(row: &Row) -> Option<&str> {
    let is_it = row.get("key")?.as_str()? == KEY;
    row.get("value")?.as_str().filter(|id| is_it && is_id(id))
}

/// A backup may have been changed by anybody.
fn is_id(id: &str) -> bool {
    id.len() == 2 * BYTES && id.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[tokio::test]
    async fn an_installation_keeps_its_id_and_another_has_another_one() {
        let (store, _folder) = testing::store().await;
        let (other, _other_folder) = testing::store().await;
        let id = store.installation().await.unwrap();
        assert_eq!(store.installation().await.unwrap(), id);
        assert!(is_id(&id));
        assert_ne!(other.installation().await.unwrap(), id);
    }

    #[test]
    fn the_id_is_found_in_a_backup() {
        let id = "0123456789abcdef0123456789abcdef";
        let found = |key: &str, value: &str| {
            let row = [("key", key), ("value", value)];
            let row = row.map(|(name, value)| (name.to_owned(), value.into()));
            installation_in(&Row::from_iter(row)).map(str::to_owned)
        };
        assert_eq!(found(KEY, id).as_deref(), Some(id));
        for (key, value) in [("written_at", id), (KEY, ""), (KEY, &id[1..]), (KEY, "../../x")] {
            assert_eq!(found(key, value), None, "{key} {value}");
        }
    }
}
