use leptos::prelude::*;
#[cfg(feature = "ssr")]
use model::PhoneNumber;
use model::{Connection, NumberGrant, User, UserId};
use serde::{Deserialize, Serialize};

use crate::ApiError;

/// The data of the page of one person's access.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PersonPage {
    pub user: User,
    /// The requested numbers: first those the person may work with, then the others.
    pub numbers: Vec<PersonNumber>,
    /// There are more than these.
    pub more: bool,
}

/// A number, and the person's relation to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PersonNumber {
    pub number: Connection,
    /// The name of the number's owner.
    pub owner: String,
    /// The person's grant on it, if any.
    pub grant: Option<NumberGrant>,
}

impl PersonNumber {
    /// The rank in a list of the numbers of `user`: their own first, then the granted, then the
    /// others.
    #[cfg(feature = "ssr")]
    fn rank(&self, user: UserId) -> u8 {
        match &self.grant {
            _ if self.number.owner == user => 0,
            Some(_) => 1,
            None => 2,
        }
    }
}

/// The numbers whose name or phone contains `search`, with one person's access to them.
/// Administrators only.
#[server(prefix = "/api", endpoint = "person")]
pub async fn person(
    user: UserId,
    #[server(default)] search: String,
) -> Result<PersonPage, ApiError> {
    let (app, viewer) = super::request_context::viewer().await?;
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
    let mut numbers: Vec<PersonNumber> = super::request_context::connections(&app, &viewer)
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

/// Part of a name or of a phone, as a user types it.
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
