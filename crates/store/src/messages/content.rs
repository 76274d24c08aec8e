//! The content of a message in its column: JSON, for kinds that kind, text and file do not represent
//! ([`MessageContent::has_data`]).

use model::MessageContent;
use sea_orm::{ConnectionTrait, EntityTrait as _, QuerySelect as _};

use crate::{Error, entity::message};

/// Characters of a content that is read for a list. The contents that are shown there are shorter.
pub(crate) const READ_IN_LIST: usize = 1_000;

/// Returns the column of a content.
pub(crate) fn column(content: Option<&MessageContent>) -> Option<String> {
    let content = content.filter(|content| content.has_data())?;
    serde_json::to_string(content).ok()
}

/// Returns the column of a message; `None` if it has none, or there is no such message.
pub(crate) async fn column_of(
    db: &impl ConnectionTrait,
    message: i64,
) -> Result<Option<String>, Error> {
    let column: Option<Option<String>> = message::Entity::find_by_id(message)
        .select_only()
        .column(message::Column::Content)
        .into_tuple()
        .one(db)
        .await?;
    Ok(column.flatten())
}

/// Reads a column. A content that this version cannot read is `None`, and its message is shown by its
/// kind and its text.
pub(crate) fn read(column: Option<&str>) -> Option<MessageContent> {
    serde_json::from_str(column?).ok()
}

#[cfg(test)]
mod tests {
    use model::content::{Place, System};

    use super::*;

    #[test]
    fn only_what_no_other_column_has_is_written() {
        let timer = MessageContent::System(System::Timer { seconds: 86_400 });
        let written = column(Some(&timer));
        assert_eq!(written.as_deref(), Some(r#"{"system":{"timer":{"seconds":86400}}}"#));
        assert_eq!(read(written.as_deref()), Some(timer));
        assert_eq!(column(Some(&MessageContent::Text)), None);
        assert_eq!(column(None), None);
        let place = MessageContent::Location(Place::default());
        assert_eq!(read(Some(r#"{"location":{}}"#)), Some(place));
        for odd in ["", "{", "null", r#"{"hologram":{}}"#, r#"{"poll":{"question":7}}"#] {
            assert_eq!(read(Some(odd)), None, "{odd}");
        }
    }
}
