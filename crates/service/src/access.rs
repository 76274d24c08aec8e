//! The numbers that a person may work with, for administrators.

use std::collections::HashMap;

use model::{
    Access, Connection, ConnectionId, PersonNumber, PersonPage, PhoneNumber, User, UserId,
};
use store::Viewer;

use crate::{Error, Services, numbers};

/// Numbers on the page of one person. A search finds the others.
const PERSON_NUMBERS: usize = 100;

/// The numbers whose name or phone contains `search`, with one person's access to them.
///
/// # Errors
/// [`store::Error::Forbidden`] unless the viewer is an administrator; [`store::Error::NotFound`]
/// for an unknown person.
pub async fn person(
    services: &Services,
    viewer: &Viewer,
    user: UserId,
    search: &str,
) -> Result<PersonPage, Error> {
    let (admin, store) = (viewer.admin().await?, &services.store);
    let people: Vec<User> = {
        let accounts = store.accounts().list(&admin).await?;
        accounts.into_iter().map(|account| account.user).collect()
    };
    let name_of = |id| people.iter().find(|one| one.id == id).map(|one| one.name.clone());
    let person = people.iter().find(|one| one.id == user).cloned();
    let person = person.ok_or(store::Error::NotFound)?;
    let mut grants: HashMap<_, _> = {
        let grants = store.grants_of(&admin, user).await?;
        grants.into_iter().map(|grant| (grant.connection, grant)).collect()
    };
    let search = Search::new(search);
    let mut numbers: Vec<PersonNumber> = numbers::all(services, viewer)
        .await?
        .into_iter()
        .filter(|number| search.finds(number))
        .map(|number| PersonNumber {
            owner: name_of(number.owner).unwrap_or_default(),
            grant: grants.remove(&number.id),
            number,
        })
        .collect();
    numbers.sort_by_cached_key(|one| (rank(one, user), one.number.label.to_lowercase()));
    let more = numbers.len() > PERSON_NUMBERS;
    numbers.truncate(PERSON_NUMBERS);
    Ok(PersonPage { user: person, numbers, more })
}

/// Gives a person this access to some numbers, in place of their previous access; none if `access`
/// is absent. It takes effect with their next request, and at once on pages they have open.
///
/// # Errors
/// [`store::Error::Forbidden`] unless the viewer is an administrator; [`Error::NoNumbers`];
/// [`store::Error::NotFound`] if there is no such person, or no such number to grant.
pub async fn set(
    services: &Services,
    viewer: &Viewer,
    user: UserId,
    connections: Vec<ConnectionId>,
    access: Option<Access>,
) -> Result<(), Error> {
    let admin = viewer.admin().await?;
    if connections.is_empty() {
        return Err(Error::NoNumbers);
    }
    let numbers: Vec<_> = connections.into_iter().map(|number| (number, access)).collect();
    Ok(services.store.set_access(&admin, user, &numbers).await?)
}

/// The rank in a list of the numbers of `user`: their own first, then the granted, then the others.
fn rank(one: &PersonNumber, user: UserId) -> u8 {
    match &one.grant {
        _ if one.number.owner == user => 0,
        Some(_) => 1,
        None => 2,
    }
}

/// Part of a name or of a phone, as a user types it.
struct Search {
    text: String,
    digits: String,
}

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
