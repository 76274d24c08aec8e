use leptos::prelude::*;
#[cfg(feature = "ssr")]
use model::PhoneNumber;
use model::{Connection, NumberGrant, User, UserId};
use serde::{Deserialize, Serialize};

use crate::ApiError;

/// What the page of one person's access shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PersonPage {
    pub user: User,
    /// The numbers asked for: first those the person may work with, then the others.
    pub numbers: Vec<PersonNumber>,
    /// There are others beyond these.
    pub more: bool,
}

/// A number, and what the person is to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PersonNumber {
    pub number: Connection,
    /// The name of whom it belongs to.
    pub owner: String,
    /// What the person was granted on it.
    pub grant: Option<NumberGrant>,
}

impl PersonNumber {
    /// In a list of what `user` may work with: their own, the granted, the others.
    #[cfg(feature = "ssr")]
    fn rank(&self, user: UserId) -> u8 {
        match &self.grant {
            _ if self.number.owner == user => 0,
            Some(_) => 1,
            None => 2,
        }
    }
}

/// The numbers whose name or phone contains `search`, as seen from one person. Administrators only.
#[server(prefix = "/api", endpoint = "person")]
pub async fn person(
    user: UserId,
    #[server(default)] search: String,
) -> Result<PersonPage, ApiError> {
    let (app, viewer) = super::asking::viewer().await?;
    let admin = viewer.admin().await?;
    let people: Vec<User> = {
        let accounts = app.store.accounts().list(&admin).await?;
        accounts.into_iter().map(|account| account.user).collect()
    };
    let name_of = |id| people.iter().find(|one| one.id == id).map(|one| one.name.clone());
    let person = people.iter().find(|one| one.id == user).cloned().ok_or(ApiError::NotFound)?;
    let mut grants: std::collections::HashMap<_, _> = {
        let grants = app.store.grants_of(&admin, user).await?;
        grants.into_iter().map(|grant| (grant.connection, grant)).collect()
    };
    let search = Search::new(&search);
    let mut numbers: Vec<PersonNumber> = super::asking::connections(&app, &viewer)
        .await?
        .into_iter()
        .filter(|number| search.finds(number))
        .map(|number| PersonNumber {
            owner: name_of(number.owner).unwrap_or_default(),
            grant: grants.remove(&number.id),
            number,
        })
        .collect();
    numbers.sort_by_cached_key(|one| (one.rank(user), one.number.label.to_lowercase()));
    let more = numbers.len() > super::PERSON_NUMBERS;
    numbers.truncate(super::PERSON_NUMBERS);
    Ok(PersonPage { user: person, numbers, more })
}

/// Part of a name or of a phone, as somebody types it.
#[cfg(feature = "ssr")]
struct Search {
    text: String,
    digits: String,
}

#[cfg(feature = "ssr")]
impl Search {
    fn new(typed: &str) -> Self {
        Self {
            text: typed.trim().to_lowercase(),
            digits: typed.chars().filter(char::is_ascii_digit).collect(),
        }
    }

    fn finds(&self, number: &Connection) -> bool {
        let phone = number.phone.as_ref().or(number.expected_phone.as_ref());
        let has = |phone: &PhoneNumber| phone.digits().contains(&self.digits);
        number.label.to_lowercase().contains(&self.text)
            || (!self.digits.is_empty() && phone.is_some_and(has))
    }
}
