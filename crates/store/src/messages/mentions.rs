//! The people whom a text mentions. WhatsApp's texts have `@` and the digits of an address for each, and the
//! addresses beside them; the column of a message has these, in JSON. Names are put in when the text is read.

use std::collections::BTreeSet;

use model::{Piece, Style, bounds};
use sea_orm::{
    ColumnTrait as _, DatabaseTransaction, EntityTrait as _, QueryFilter as _, sea_query::Expr,
};

use super::people::{Address, People};
use crate::{Error, entity::message};

/// The characters that stand for the people while a text is parsed, of a private use area. They are neither
/// letters nor digits, so nothing around them becomes a link or a number.
const FIRST: u32 = 0xF_0000;

/// Returns the column of a text that mentions the people at these addresses; `None` if there are none.
pub(crate) fn column(addresses: &BTreeSet<String>) -> Option<String> {
    if addresses.is_empty() {
        return None;
    }
    serde_json::to_string(addresses).ok()
}

/// Reads a column.
pub(crate) fn read(column: Option<&str>) -> BTreeSet<String> {
    column.and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default()
}

/// Adds people to those whom a message mentions: an edit of it mentions them.
pub(crate) async fn add(
    tx: &DatabaseTransaction,
    row: &message::Model,
    mut addresses: BTreeSet<String>,
) -> Result<(), Error> {
    let known = read(row.mentions.as_deref());
    if addresses.is_subset(&known) {
        return Ok(());
    }
    addresses.extend(known);
    while addresses.len() > bounds::MENTIONS {
        addresses.pop_last();
    }
    message::Entity::update_many()
        .col_expr(message::Column::Mentions, Expr::val(column(&addresses)))
        .filter(message::Column::Id.eq(row.id))
        .exec(tx)
        .await?;
    Ok(())
}

/// Stores that a message mentions the number.
pub(crate) async fn set_ours(tx: &DatabaseTransaction, message: i64) -> Result<(), Error> {
    message::Entity::update_many()
        .col_expr(message::Column::MentionsUs, Expr::val(true))
        .filter(message::Column::Id.eq(message))
        .exec(tx)
        .await?;
    Ok(())
}

/// Returns the addresses in a column of a message of this number.
pub(crate) fn addresses(number: i64, column: Option<&str>) -> impl Iterator<Item = Address> {
    read(column).into_iter().map(move |address| (number, address))
}

/// Returns the part of a text that mentions the person at an address: `@` and the digits.
pub(crate) fn token(address: &str) -> String {
    format!("@{}", address.split(['@', ':']).next().unwrap_or_default())
}

/// Replaces every occurrence of a token that is not the beginning of a longer number or word.
pub(crate) fn replace(text: &str, token: &str, with: &str) -> String {
    let is_number = token.ends_with(|last: char| last.is_ascii_digit());
    let goes_on =
        |next: char| if is_number { next.is_ascii_digit() } else { next.is_alphanumeric() };
    let mut replaced = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(token) {
        let after = &rest[at + token.len()..];
        let is_whole = !after.starts_with(goes_on);
        replaced.push_str(&rest[..at]);
        replaced.push_str(if is_whole { with } else { token });
        rest = after;
    }
    replaced.push_str(rest);
    replaced
}

/// The names of the people whom one message mentions.
#[derive(Debug, Default)]
pub(crate) struct Names(Vec<Name>);

#[derive(Debug)]
struct Name {
    token: String,
    /// With the `@`.
    shown: String,
    is_own: bool,
}

impl Names {
    /// Returns the names for the column of a message of this number.
    pub(crate) fn of(number: i64, column: Option<&str>, people: &People) -> Self {
        Self::named(column, |address| people.mentioned(number, address))
    }

    /// Returns the names that people outside of the inbox may see.
    pub(crate) fn public(number: i64, column: Option<&str>, people: &People) -> Self {
        Self::named(column, |address| Some((people.public(number, address)?, false)))
    }

    fn named(column: Option<&str>, name: impl Fn(&str) -> Option<(String, bool)>) -> Self {
        let name = |address: String| {
            let (name, is_own) = name(&address)?;
            let name = text::cut(&name, bounds::MENTION_NAME);
            Some(Name { token: token(&address), shown: format!("@{name}"), is_own })
        };
        Self(read(column).into_iter().filter_map(name).take(bounds::MENTIONS).collect())
    }

    /// Puts a character in place of each mention. A text that has such characters already stays as it is.
    pub(crate) fn mark(&self, text: &str) -> String {
        if self.0.is_empty() || text.chars().any(|letter| self.at(letter).is_some()) {
            return text.to_owned();
        }
        let marks = self.0.iter().zip(FIRST..);
        marks.fold(text.to_owned(), |text, (name, mark)| {
            let mark = char::from_u32(mark).unwrap_or_default();
            replace(&text, &name.token, mark.encode_utf8(&mut [0; 4]))
        })
    }

    fn at(&self, letter: char) -> Option<&Name> {
        let nth = u32::from(letter).checked_sub(FIRST)?;
        self.0.get(usize::try_from(nth).ok()?)
    }

    /// Puts the names in place of the characters of [`Self::mark`].
    pub(crate) fn name(&self, text: &str) -> String {
        if self.0.is_empty() {
            return text.to_owned();
        }
        let mut named = String::with_capacity(text.len());
        for letter in text.chars() {
            match self.at(letter) {
                Some(name) => named.push_str(&name.shown),
                None => named.push(letter),
            }
        }
        named
    }

    /// Returns a text as it is shown in one piece.
    pub(crate) fn in_text(&self, text: &str) -> String {
        self.name(&self.mark(text))
    }

    /// Makes pieces of the characters of [`Self::mark`] in the pieces of a text. `text` is that text, for
    /// one that has no pieces.
    pub(crate) fn in_pieces(&self, text: &str, pieces: Vec<Piece>) -> Vec<Piece> {
        if !text.chars().any(|letter| self.at(letter).is_some()) {
            return pieces;
        }
        let pieces = if pieces.is_empty() { vec![Piece::words(text)] } else { pieces };
        pieces.into_iter().flat_map(|piece| self.split(piece)).collect()
    }

    /// Returns a piece with the mentions in it as pieces of their own.
    fn split(&self, piece: Piece) -> Vec<Piece> {
        if piece.style != Style::Words {
            let within = piece.within.into_iter().flat_map(|piece| self.split(piece)).collect();
            return vec![Piece { within, ..piece }];
        }
        let mut pieces = Vec::new();
        let mut words = String::new();
        for letter in piece.text.chars() {
            let Some(name) = self.at(letter) else {
                words.push(letter);
                continue;
            };
            if !words.is_empty() {
                pieces.push(Piece::words(&std::mem::take(&mut words)));
            }
            let style = if name.is_own { Style::OwnMention } else { Style::Mention };
            pieces.push(Piece::styled(style, vec![Piece::words(&name.shown)]));
        }
        if !words.is_empty() {
            pieces.push(Piece::words(&words));
        }
        pieces
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(of: &[(&str, &str, bool)]) -> Names {
        let name = |&(token, shown, is_own): &(&str, &str, bool)| Name {
            token: token.to_owned(),
            shown: shown.to_owned(),
            is_own,
        };
        Names(of.iter().map(name).collect())
    }

    #[test]
    fn a_mention_is_a_whole_number() {
        assert_eq!(replace("@12 @123 @12", "@12", "@Ana"), "@Ana @123 @Ana");
        assert_eq!(replace("@Ana @Anabela @Ana!", "@Ana", "@12"), "@12 @Anabela @12!");
        assert_eq!(token("5561@s.whatsapp.net"), "@5561");
    }

    #[test]
    fn names_are_put_into_the_text_and_into_its_pieces() {
        let names = names(&[("@12", "@Rute *Teles*", false), ("@99", "@Financeiro", true)]);
        let marked = names.mark("*oi @12* @99 @7");
        let shown = text::shown(model::MessageKind::Text, &marked);
        assert_eq!(names.name(&shown.text), "*oi @Rute *Teles** @Financeiro @7");
        let pieces = names.in_pieces(&shown.text, shown.rich);
        let [bold, _, own, rest] = &pieces[..] else { panic!("{pieces:?}") };
        assert_eq!(bold.within[1].style, Style::Mention);
        assert_eq!(bold.within[1].within, [Piece::words("@Rute *Teles*")], "no marker in a name");
        assert_eq!((own.style, &*rest.text), (Style::OwnMention, " @7"));
        let plain = names.in_pieces("oi", Vec::new());
        assert!(plain.is_empty(), "a text without mentions has no pieces");
    }

    #[test]
    fn a_text_with_the_characters_that_stand_for_people_stays_as_it_is() {
        let names = names(&[("@12", "@Ana", false)]);
        let odd = "\u{F0000} @12";
        assert_eq!(names.mark(odd), odd);
        assert_eq!(column(&BTreeSet::new()), None);
        assert_eq!(read(Some("{")), BTreeSet::new());
    }
}
