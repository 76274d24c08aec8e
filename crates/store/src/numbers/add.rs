//! Adds a number.

use model::{AuditAction, ConnectionId, NumberColor, PhoneNumber, UserId};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
};

use crate::{
    ActorContext, Admin, Error, Field, NewAuditEntry, Store, Viewer, access::users, audit, codec,
    entity::connection, write::Writing,
};

/// The longest label, in characters.
const MAX_LABEL: usize = 40;
/// The most numbers that one user may own.
const MOST_OWNED: u64 = 50;

/// A number to add, as a form has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewNumber {
    /// 1 to 40 characters; spaces around it are dropped.
    pub label: String,
    /// `None` for the automatic colour of the number.
    pub color: Option<NumberColor>,
    /// The only phone that may link it.
    pub expected_phone: Option<PhoneNumber>,
}

impl Viewer {
    /// Adds a number that this user owns. The first one is their default.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an invalid label or phone, and beyond 50 numbers; [`Error::NotFound`]
    /// if the user was deactivated since this viewer was created.
    pub async fn add_connection(&self, new: NewNumber) -> Result<ConnectionId, Error> {
        add(self.store(), &self.actor(), self.user().id, new).await
    }
}

impl Store {
    /// Adds a number for a user.
    ///
    /// # Errors
    /// Those of [`Viewer::add_connection`]; [`Error::NotFound`] for unknown and deactivated users.
    pub async fn create_connection(
        &self,
        admin: &Admin,
        owner: UserId,
        new: NewNumber,
    ) -> Result<ConnectionId, Error> {
        add(self, &admin.actor(), owner, new).await
    }
}

async fn add(
    store: &Store,
    actor: &ActorContext,
    owner: UserId,
    new: NewNumber,
) -> Result<ConnectionId, Error> {
    if let Some(phone) = &new.expected_phone {
        checked_phone(phone)?;
    }
    let new = NewNumber { label: checked_label(&new.label)?, ..new };
    let mut writing = store.write().await?;
    users::active_user(&writing.tx, owner).await?.ok_or(Error::NotFound)?;
    if count_owned(&writing, owner).await? >= MOST_OWNED {
        return Err(Error::Invalid(Field::TooManyNumbers));
    }
    let id = insert(&mut writing, actor, owner, new).await?;
    writing.commit().await?;
    Ok(id)
}

/// Inserts a validated number of an active user.
pub(crate) async fn insert(
    writing: &mut Writing,
    actor: &ActorContext,
    owner: UserId,
    new: NewNumber,
) -> Result<ConnectionId, Error> {
    let first = count_owned(writing, owner).await? == 0;
    let tx = &writing.tx;
    let row = connection::ActiveModel {
        owner_id: Set(owner.0),
        default_of: Set(first.then_some(owner.0)),
        label: Set(new.label),
        color: Set(new.color.map(|color| color.as_str().to_owned())),
        expected_phone: Set(new.expected_phone.map(|phone| phone.digits())),
        private_by_default: Set(false),
        linked: Set(false),
        created_at: Set(codec::now()),
        ..Default::default()
    };
    let id = ConnectionId(connection::Entity::insert(row).exec(tx).await?.last_insert_id);
    let entry = NewAuditEntry::new(AuditAction::ConnectionCreated).connection(id).subject(owner);
    audit::record(tx, actor, entry).await?;
    writing.access_changed(id);
    Ok(id)
}

/// Counts the numbers of a user. A replaced number and its successor count as one.
async fn count_owned(writing: &Writing, owner: UserId) -> Result<u64, Error> {
    let owned = connection::Entity::find()
        .filter(connection::Column::OwnerId.eq(owner.0))
        .filter(connection::Column::ReplacedBy.is_null());
    Ok(owned.count(&writing.tx).await?)
}

/// Returns a valid label without surrounding spaces.
///
/// # Errors
/// [`Error::Invalid`] with [`Field::Label`].
pub(super) fn checked_label(label: &str) -> Result<String, Error> {
    let label = label.trim();
    let fits = text::has_visible(label) && label.chars().count() <= MAX_LABEL;
    if fits && !label.chars().any(char::is_control) {
        Ok(text::line(label))
    } else {
        Err(Error::Invalid(Field::Label))
    }
}

/// Returns the international digits: E.164 has at most 15, and no country code begins with 0.
///
/// # Errors
/// [`Error::Invalid`] with [`Field::Phone`].
pub(super) fn checked_phone(phone: &PhoneNumber) -> Result<String, Error> {
    let digits = phone.digits();
    if (8..=15).contains(&digits.len()) && !digits.starts_with('0') {
        Ok(digits)
    } else {
        Err(Error::Invalid(Field::Phone))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_short_and_visible() {
        assert_eq!(checked_label("  Vendas ").unwrap(), "Vendas");
        assert_eq!(checked_label("Ven\u{202e}das").unwrap(), "Vendas");
        assert_eq!(checked_label(&"ã".repeat(40)).unwrap().chars().count(), 40);
        for bad in ["", "   ", "a\nb", "a\0b", &"ã".repeat(41)] {
            assert!(matches!(checked_label(bad), Err(Error::Invalid(Field::Label))), "{bad:?}");
        }
    }

    #[test]
    fn a_phone_has_international_digits() {
        let checked = |written: &str| checked_phone(&PhoneNumber::written(written.to_owned()));
        assert_eq!(checked("+55 61 99812-4471").unwrap(), "5561998124471");
        for bad in ["", "+1234567", "+0 61 99812-4471", "+1234567890123456", "＋５５６１９９８１"]
        {
            assert!(matches!(checked(bad), Err(Error::Invalid(Field::Phone))), "{bad:?}");
        }
    }
}
