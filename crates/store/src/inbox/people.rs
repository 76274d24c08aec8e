//! The people of a number, whose contacts a user can send.

use model::{ChatId, ConnectionId, Person};
use sea_orm::{
    ColumnTrait as _, FromQueryResult, JoinType, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, RelationTrait as _, Select,
};

use crate::{
    Error, Viewer,
    access::Scope,
    entity::{chat, contact},
    names,
};

/// The chats that are searched, the newest. Names are compared without accents, which SQLite and
/// PostgreSQL do not do alike, so the search is not in SQL.
const SEARCHED: u64 = 5_000;
/// The people that are returned.
const FOUND: usize = 50;
/// A search with fewer digits finds only names: nearly every phone has two given digits somewhere.
const FEWEST_DIGITS: usize = 3;

impl Viewer {
    /// Returns the people with whom the number of a chat has chats that this user may read, in the order of
    /// the list, of whose name or phone `search` is a part; all if it is empty. At most 50 are returned,
    /// of the 5,000 newest chats.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is no such chat that this user may read.
    pub async fn people(&self, chat: ChatId, search: &str) -> Result<Vec<Person>, Error> {
        let wanted = Wanted::of(search);
        let number = self.chat(chat).await?.connection;
        let newest = newest(self.scope(), number).into_model();
        let rows: Vec<Row> = newest.all(self.store().db()).await?;
        let people = rows.into_iter().filter_map(Row::into_model);
        Ok(people.filter(|person| wanted.is(person)).take(FOUND).map(|(_, one)| one).collect())
    }

    /// Returns the person of the chat `of`, with their phone in international digits as WhatsApp knows it.
    /// It is a chat of the same number as `chat`.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is no such chat that this user may read, or it has no phone.
    pub async fn person_of(&self, chat: ChatId, of: ChatId) -> Result<(String, Person), Error> {
        let number = self.chat(chat).await?.connection;
        let select = of_number(self.scope(), number).filter(chat::Column::Id.eq(of.0));
        let row: Option<Row> = select.into_model().one(self.store().db()).await?;
        row.and_then(Row::into_model).ok_or(Error::NotFound)
    }
}

/// Selects the newest chats with people of a number that a viewer may read.
pub(super) fn newest(scope: Scope, number: ConnectionId) -> Select<chat::Entity> {
    of_number(scope, number)
        .order_by_desc(chat::Column::LastAt)
        .order_by_desc(chat::Column::Id)
        .limit(SEARCHED)
}

/// Selects the chats with people of a number that a viewer may read.
fn of_number(scope: Scope, number: ConnectionId) -> Select<chat::Entity> {
    scope
        .chats()
        .filter(chat::Column::ConnectionId.eq(number.0))
        .join(JoinType::InnerJoin, chat::Relation::Contact.def())
        .filter(contact::Column::Phone.is_not_null())
        .select_only()
        .column(chat::Column::Id)
        .columns([
            contact::Column::Phone,
            contact::Column::SavedName,
            contact::Column::BusinessName,
            contact::Column::PushName,
        ])
}

#[derive(FromQueryResult)]
struct Row {
    id: i64,
    phone: Option<String>,
    saved_name: Option<String>,
    business_name: Option<String>,
    push_name: Option<String>,
}

impl Row {
    /// Returns the digits of the phone, and the person.
    fn into_model(self) -> Option<(String, Person)> {
        let digits = self.phone?;
        let phone = phone::number(&digits);
        let (saved, business, push) = (self.saved_name, self.business_name, self.push_name);
        let name = names::display_name(saved, business, push, Some(&digits))?;
        Some((digits, Person { chat: ChatId(self.id), name, phone }))
    }
}

/// A search.
pub(super) struct Wanted {
    name: String,
    /// Empty if no phone is searched.
    digits: String,
}

impl Wanted {
    pub(super) fn of(search: &str) -> Self {
        let search = search.trim();
        let is_phone = search.chars().all(|letter| !letter.is_alphabetic());
        let digits: String = search.chars().filter(char::is_ascii_digit).collect();
        let is_enough = is_phone && digits.len() >= FEWEST_DIGITS;
        Self { name: folded(search), digits: if is_enough { digits } else { String::new() } }
    }

    fn is(&self, (digits, person): &(String, Person)) -> bool {
        self.finds(&person.name, digits)
    }

    /// Returns true for a person with this name and these digits of a phone.
    pub(super) fn finds(&self, name: &str, digits: &str) -> bool {
        let has_digits = !self.digits.is_empty() && digits.contains(&self.digits);
        has_digits || folded(name).contains(&self.name)
    }
}

/// Returns a name in small letters without the accents of Western European languages.
fn folded(name: &str) -> String {
    let letters = name.chars().flat_map(char::to_lowercase);
    let is_accent = |letter: &char| ('\u{300}'..='\u{36f}').contains(letter);
    let base = |letter: char| match letter {
        'à'..='å' => 'a',
        'ç' => 'c',
        'è'..='ë' => 'e',
        'ì'..='ï' => 'i',
        'ñ' => 'n',
        'ò'..='ö' => 'o',
        'ù'..='ü' => 'u',
        'ý' | 'ÿ' => 'y',
        other => other,
    };
    letters.filter(|letter| !is_accent(letter)).map(base).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_without_accents_and_phones_by_their_digits() {
        let ana = Row {
            id: 1,
            phone: Some("5561998124471".to_owned()),
            saved_name: Some("Ana Conceição".to_owned()),
            business_name: None,
            push_name: None,
        };
        let ana = ana.into_model().unwrap();
        for search in ["", "conceicao", "ANA CONCEIÇÃO", "CONCEIC\u{327}A", "9812-44", "+55 61"] {
            assert!(Wanted::of(search).is(&ana), "{search}");
        }
        for search in ["bia", "9812x", "44", "0000"] {
            assert!(!Wanted::of(search).is(&ana), "{search}");
        }
    }
}
