//! What rows of chats show of the pictures of people and groups (`crate::people`).

use chrono::{DateTime, TimeDelta, Utc};
use model::{Chat, ChatId};
use sea_orm::{
    JoinType, QuerySelect as _, RelationTrait as _, Select,
    sea_query::{Expr, Func, SimpleExpr},
};

use crate::{
    codec,
    entity::{chat, picture},
};

/// Time for which it counts that WhatsApp shows no picture.
pub(crate) const NONE_FOR: TimeDelta = TimeDelta::days(1);

/// Returns true if an answer is older than this. A time after now is one of a clock that was set back.
pub(crate) fn is_over(asked_at: i64, lasts: TimeDelta, now: DateTime<Utc>) -> bool {
    let age = now - codec::time(asked_at);
    age >= lasts || age < TimeDelta::zero()
}

/// Returns the address of the picture of a chat, by its row if it has one. It is empty as long as it
/// counts that WhatsApp shows none, so that no page asks for it.
pub(crate) fn address(chat: ChatId, version: Option<i64>, asked_at: Option<i64>) -> String {
    let of_chat = Chat::picture_address(chat);
    match (version, asked_at) {
        (Some(version), _) if version > 0 => format!("{of_chat}?v={version}"),
        (Some(_), Some(asked_at)) if !is_over(asked_at, NONE_FOR, Utc::now()) => String::new(),
        _ => of_chat,
    }
}

/// The two rows that a chat may have: that of its person, or that of its group.
const PERSON: &str = "picture_of_person";
const GROUP: &str = "picture_of_group";

/// Joins what [`address`] needs to chats, as `picture_version` and `picture_asked_at`.
pub(crate) fn join(select: Select<chat::Entity>) -> Select<chat::Entity> {
    select
        .join_as_rev(JoinType::LeftJoin, picture::Relation::ChatWith.def(), PERSON)
        .join_as_rev(JoinType::LeftJoin, picture::Relation::Group.def(), GROUP)
        .expr_as(either(picture::Column::Version), "picture_version")
        .expr_as(either(picture::Column::AskedAt), "picture_asked_at")
}

pub(crate) fn either(column: picture::Column) -> SimpleExpr {
    Func::coalesce([Expr::col((PERSON, column)), Expr::col((GROUP, column))]).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_changes_with_the_picture_and_there_is_none_while_there_is_no_picture() {
        let chat = ChatId(7);
        let now = codec::now();
        let day = 24 * 60 * 60 * 1_000_000;
        assert_eq!(address(chat, None, None), "/foto/7", "nobody has asked");
        assert_eq!(address(chat, Some(12), Some(0)), "/foto/7?v=12");
        assert_eq!(address(chat, Some(0), Some(now)), "");
        assert_eq!(address(chat, Some(0), Some(now - day)), "/foto/7", "it is asked again");
        assert_eq!(address(chat, Some(0), Some(0)), "/foto/7", "WhatsApp reported a change");
        assert_eq!(address(chat, Some(0), Some(now + day)), "/foto/7", "the clock was set back");
    }
}
