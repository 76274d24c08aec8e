//! The messages that answers refer to. An answer carries the beginning of the quoted text; the
//! quoted message itself is read beside it, for its id and its author.

use std::collections::{BTreeSet, HashMap};

use model::{Author, ContactId, MessageId, MessageKind, Quote, bounds};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, FromQueryResult, QueryFilter as _,
    QuerySelect as _, RelationTrait as _,
};

use super::{
    authors::{self, AuthorRow},
    mentions,
    people::People,
};
use crate::{
    Error,
    entity::{contact, message},
};

/// The quote of an answer, as its row has it.
#[derive(Debug, FromQueryResult)]
pub(super) struct QuoteRow {
    connection_id: i64,
    chat_id: i64,
    in_group: bool,
    /// `None` if the message quotes none.
    quoted_wa_id: Option<String>,
    /// The contact who wrote the quoted message, or `message::OURSELVES`; `None` for a contact who
    /// was unknown.
    quoted_sender_id: Option<i64>,
    quoted_kind: Option<String>,
    quoted_text: Option<String>,
}

/// The quoted messages of some answers, by chat and WhatsApp id, and the authors of those that are
/// not stored, by contact.
#[derive(Debug, Default)]
pub(super) struct Quotes {
    messages: HashMap<(i64, String), Vec<Quoted>>,
    authors: HashMap<i64, AuthorRow>,
}

#[derive(Debug, FromQueryResult)]
struct Quoted {
    id: i64,
    chat_id: i64,
    wa_id: String,
    kind: String,
    connection_id: i64,
    mentions: Option<String>,
    #[sea_orm(nested)]
    author: AuthorRow,
}

impl Quotes {
    /// Reads what these rows quote. It takes no query if none of them is an answer.
    pub(super) async fn load(
        db: &impl ConnectionTrait,
        mut rows: Vec<&QuoteRow>,
    ) -> Result<Self, Error> {
        rows.retain(|row| row.quoted_wa_id.is_some());
        let mut quotes = Self::default();
        if rows.is_empty() {
            return Ok(quotes);
        }
        for quoted in messages(db, &rows).await? {
            let key = (quoted.chat_id, quoted.wa_id.clone());
            quotes.messages.entry(key).or_default().push(quoted);
        }
        let unknown: BTreeSet<i64> = rows
            .iter()
            .filter(|row| row.in_group && quotes.message(row).is_none())
            .filter_map(|row| row.quoted_sender_id.filter(|sender| *sender != message::OURSELVES))
            .collect();
        if !unknown.is_empty() {
            let contacts = contact::Entity::find().filter(contact::Column::Id.is_in(unknown));
            let contacts = contacts.all(db).await?.into_iter();
            quotes.authors = contacts.map(|row| (row.id, AuthorRow::from(row))).collect();
        }
        Ok(quotes)
    }

    /// Returns the addresses of the people whom the quoted messages mention.
    pub(super) fn addresses(&self) -> impl Iterator<Item = (i64, String)> {
        let quoted = self.messages.values().flatten();
        quoted.flat_map(|one| mentions::addresses(one.connection_id, one.mentions.as_deref()))
    }

    /// Returns the quote of an answer.
    pub(super) fn of(&self, row: &QuoteRow, people: &People) -> Option<Quote> {
        row.quoted_wa_id.as_ref()?;
        let quoted = self.message(row);
        let carried =
            row.quoted_kind.as_deref().map_or(MessageKind::Unsupported, MessageKind::from_name);
        let is_revoked = quoted.is_some_and(Quoted::is_revoked);
        // An answer to a deleted message carries nothing of it.
        let kind = match carried {
            MessageKind::Unsupported if is_revoked => MessageKind::Revoked,
            carried => carried,
        };
        let text = row.quoted_text.as_deref().unwrap_or_default();
        let text = match quoted {
            Some(quoted) => quoted.names(people).in_text(text),
            None => text.to_owned(),
        };
        let sender = quoted.map_or(row.quoted_sender_id, |quoted| Some(quoted.author.sender_id));
        let sender = sender.filter(|sender| row.in_group && *sender != message::OURSELVES);
        Some(Quote {
            sender: sender.map(ContactId),
            message: quoted.map(|quoted| MessageId(quoted.id)),
            author: match quoted {
                Some(quoted) => quoted.author.author(row.in_group),
                None => self.author(row),
            },
            kind,
            excerpt: excerpt(kind, &text),
        })
    }

    /// Returns the quoted message, if it is stored in the chat of the answer and by the author whom
    /// the answer names. Several people of a group may use one id.
    fn message(&self, row: &QuoteRow) -> Option<&Quoted> {
        let key = (row.chat_id, row.quoted_wa_id.clone()?);
        let mut candidates = self.messages.get(&key)?.iter();
        match row.quoted_sender_id {
            Some(sender) => candidates.find(|quoted| quoted.author.sender_id == sender),
            None => candidates.next(),
        }
    }

    /// Returns the author of a quoted message that is not stored.
    fn author(&self, row: &QuoteRow) -> Author {
        if row.quoted_sender_id == Some(message::OURSELVES) {
            return Author::Phone;
        }
        let known = row.quoted_sender_id.and_then(|sender| self.authors.get(&sender));
        known.map_or(Author::Contact { name: None }, |author| author.author(row.in_group))
    }
}

impl Quoted {
    fn names(&self, people: &People) -> mentions::Names {
        mentions::Names::of(self.connection_id, self.mentions.as_deref(), people)
    }

    fn is_revoked(&self) -> bool {
        MessageKind::from_name(&self.kind) == MessageKind::Revoked
    }
}

/// Reads the messages that these answers quote, in the chats of the answers.
async fn messages(db: &impl ConnectionTrait, answers: &[&QuoteRow]) -> Result<Vec<Quoted>, Error> {
    let numbers: BTreeSet<i64> = answers.iter().map(|row| row.connection_id).collect();
    let chats: BTreeSet<i64> = answers.iter().map(|row| row.chat_id).collect();
    let wa_ids: BTreeSet<&str> =
        answers.iter().filter_map(|row| row.quoted_wa_id.as_deref()).collect();
    let select = message::Entity::find()
        .filter(message::Column::ConnectionId.is_in(numbers))
        .filter(message::Column::WaId.is_in(wa_ids))
        .filter(message::Column::ChatId.is_in(chats))
        .select_only()
        .columns([
            message::Column::Id,
            message::Column::ChatId,
            message::Column::WaId,
            message::Column::Kind,
            message::Column::SenderId,
            message::Column::ConnectionId,
            message::Column::Mentions,
        ]);
    let (user, contact) = (message::Relation::Author.def(), message::Relation::Sender.def());
    Ok(authors::join(select, user, contact).into_model().all(db).await?)
}

/// Returns the beginning of a quoted text as a page shows it. The words of a card are in one line with its
/// kind.
fn excerpt(kind: MessageKind, text: &str) -> String {
    let shown = if kind.is_card() { text::line(text) } else { text::calm(text.to_owned()) };
    text::cut(&shown, bounds::EXCERPT).to_owned()
}
