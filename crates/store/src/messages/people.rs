//! The people at addresses of WhatsApp's, as pages name them: those whom a text mentions, and those of a
//! change of a group.

use std::collections::{BTreeSet, HashMap};

use model::{ContactId, content::GroupPerson};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, FromQueryResult, JoinType,
    QueryFilter as _, QuerySelect as _, RelationTrait as _,
};

use crate::{
    Error,
    entity::{connection, contact, contact_alias},
    names,
};

/// The most addresses of one query; SQLite binds 32,766 values at most.
const AT_ONCE: usize = 10_000;

/// An address, with the number that knows the person.
pub(crate) type Address = (i64, String);

/// The people at some addresses.
#[derive(Debug, Default)]
pub(crate) struct People {
    contacts: HashMap<Address, Known>,
    /// The numbers themselves.
    own: HashMap<i64, OwnRow>,
}

/// A contact by two names.
#[derive(Debug)]
struct Known {
    contact: ContactId,
    /// The name in the inbox, which may be that of the address book.
    name: String,
    /// The name that the person shows to everybody.
    public: String,
}

#[derive(Debug, FromQueryResult)]
struct Row {
    connection_id: i64,
    jid: String,
    contact_id: i64,
    phone: Option<String>,
    saved_name: Option<String>,
    business_name: Option<String>,
    push_name: Option<String>,
}

#[derive(Debug, FromQueryResult)]
struct OwnRow {
    id: i64,
    label: String,
    phone: Option<String>,
    lid: Option<String>,
}

impl People {
    /// Reads the people at these addresses. It takes no query if there are none.
    pub(crate) async fn load(
        db: &impl ConnectionTrait,
        addresses: impl Iterator<Item = Address>,
    ) -> Result<Self, Error> {
        let addresses: BTreeSet<Address> = addresses.collect();
        let mut people = Self::default();
        if addresses.is_empty() {
            return Ok(people);
        }
        let numbers: BTreeSet<i64> = addresses.iter().map(|(number, _)| *number).collect();
        let own: Vec<OwnRow> = connection::Entity::find()
            .filter(connection::Column::Id.is_in(numbers.iter().copied()))
            .select_only()
            .columns([
                connection::Column::Id,
                connection::Column::Label,
                connection::Column::Phone,
                connection::Column::Lid,
            ])
            .into_model()
            .all(db)
            .await?;
        people.own = own.into_iter().map(|row| (row.id, row)).collect();
        let jids: BTreeSet<&str> = addresses.iter().map(|(_, jid)| &**jid).collect();
        let jids: Vec<&str> = jids.into_iter().collect();
        for jids in jids.chunks(AT_ONCE) {
            let rows: Vec<Row> = contact_alias::Entity::find()
                .filter(contact_alias::Column::ConnectionId.is_in(numbers.iter().copied()))
                .filter(contact_alias::Column::Jid.is_in(jids.iter().copied()))
                .join(JoinType::InnerJoin, contact_alias::Relation::Contact.def())
                .select_only()
                .columns([
                    contact_alias::Column::ConnectionId,
                    contact_alias::Column::Jid,
                    contact_alias::Column::ContactId,
                ])
                .columns([
                    contact::Column::Phone,
                    contact::Column::SavedName,
                    contact::Column::BusinessName,
                    contact::Column::PushName,
                ])
                .into_model()
                .all(db)
                .await?;
            people.contacts.extend(rows.into_iter().map(Row::named));
        }
        Ok(people)
    }

    /// Returns the person at an address; `None` for a hidden identity that is no contact.
    fn find(&self, number: i64, address: &str) -> Option<GroupPerson> {
        if self.own.get(&number).is_some_and(|own| own.is_at(address)) {
            return Some(GroupPerson::Ourselves);
        }
        if let Some(known) = self.contacts.get(&(number, address.to_owned())) {
            let (contact, name) = (Some(known.contact), known.name.clone());
            return Some(GroupPerson::Member { contact, name });
        }
        let digits = address.strip_suffix("@s.whatsapp.net")?;
        let name = names::display_name(None, None, None, Some(digits))?;
        Some(GroupPerson::Member { contact: None, name })
    }

    /// Returns the person at an address, whoever it is.
    pub(crate) fn person(&self, number: i64, address: &str) -> GroupPerson {
        self.find(number, address).unwrap_or_else(|| GroupPerson::Member {
            contact: None,
            name: names::fallback(address),
        })
    }

    /// Returns the name of the person at an address that people outside of the inbox may see: neither that of
    /// the address book nor the label of a number. `None` if they are no contact.
    pub(crate) fn public(&self, number: i64, address: &str) -> Option<String> {
        if let Some(own) = self.own.get(&number).filter(|own| own.is_at(address)) {
            return own.phone.as_deref().map(|digits| phone::number(digits).to_string());
        }
        self.contacts.get(&(number, address.to_owned())).map(|known| known.public.clone())
    }

    /// Returns the name by which a text mentions the person at an address, and true if that is the number
    /// itself; `None` for a hidden identity that is no contact.
    pub(crate) fn mentioned(&self, number: i64, address: &str) -> Option<(String, bool)> {
        match self.find(number, address)? {
            GroupPerson::Ourselves => {
                let own = self.own.get(&number)?;
                Some((text::line(&own.label), true))
            }
            GroupPerson::Member { name, .. } => Some((name, false)),
        }
    }
}

impl Row {
    fn named(self) -> (Address, Known) {
        let (saved, business, push) = (self.saved_name, self.business_name, self.push_name);
        let public = names::display_name(None, business.clone(), push.clone(), None);
        let public = public.unwrap_or_else(|| names::fallback(&self.jid));
        let name = names::display_name(saved, business, push, self.phone.as_deref());
        let name = name.unwrap_or_else(|| names::fallback(&self.jid));
        let known = Known { contact: ContactId(self.contact_id), name, public };
        ((self.connection_id, self.jid), known)
    }
}

impl OwnRow {
    /// Returns true for an address of the number itself.
    fn is_at(&self, address: &str) -> bool {
        let Some((user, server)) = address.split_once('@') else { return false };
        match server {
            "lid" => self.lid.as_deref().and_then(|lid| lid.split(['@', ':']).next()) == Some(user),
            _ => self.phone.as_deref().is_some_and(|own| phone::is_same(own, user)),
        }
    }
}
