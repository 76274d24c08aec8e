//! A text with its formatting and links, as the elements of a page.
//!
//! The server parses the markers (`text::rich`), so that the browser needs no rules and never makes
//! HTML of a text that a stranger wrote.

use serde::{Deserialize, Serialize};

/// One piece of a text: words, or a style around further pieces.
///
/// It is serialised as `[style, text, within]`, the shortest form that any JSON reader takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Wire", into = "Wire")]
pub struct Piece {
    pub style: Style,
    /// The words of [`Style::Words`], the address of [`Style::Link`] and [`Style::Picture`], the
    /// [`crate::PollNote`] of a poll; empty otherwise.
    pub text: String,
    /// The pieces inside of the style.
    pub within: Vec<Piece>,
}

type Wire = (Style, String, Vec<Piece>);

/// The style of a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Style {
    Words,
    Bold,
    Italic,
    Struck,
    /// Monospaced letters, with no other style in them.
    Mono,
    /// A link that the server has written: to an address of `http` or `https`, of e-mail (`mailto`) or of
    /// a phone number (`tel`), and no other scheme, or to a page of this server.
    Link,
    /// One emoji of a text that has one to three of them and nothing else.
    Large,
    /// Quoted lines. Like lists and their items it takes whole lines.
    Quote,
    /// Items with a bullet each.
    Bullets,
    /// Items whose numbers are part of their words, as they were typed.
    Numbers,
    Item,
    /// The card of a place: its name in bold, its address, and last a link to a map.
    Place,
    /// The card of contacts: their names and numbers in lines. The name of a single one is in bold. A number
    /// that leads to a conversation is a link, followed by words that say so in italics.
    Contacts,
    /// The card of a poll: its question in bold, a line about it as a count (see [`crate::PollNote`]), in
    /// italics what there is to say of the number's own vote, its options with bullets, and last a link to its
    /// votes. An option is a link to the same page, with its words in bold if the number chose it, followed by
    /// the count of its votes.
    Poll,
    /// Words about votes, which change with each vote of others. Screen readers do not read the changes aloud.
    Count,
    /// The preview of a link, above the text that has the link: its picture, its title in bold, its
    /// description as a quote, and last the link, shown as the host that it leads to.
    Preview,
    /// A picture without words, at an address of this server.
    Picture,
    /// A person whom the text mentions: their name after an `@`.
    Mention,
    /// A mention of the number itself.
    OwnMention,
    /// A call that rings. A script shows in it how to reject the call (`browser/later/calls.js`).
    Ringing,
}

impl Piece {
    pub fn words(text: &str) -> Self {
        Self { style: Style::Words, text: text.to_owned(), within: Vec::new() }
    }

    pub fn styled(style: Style, within: Vec<Self>) -> Self {
        Self { style, text: String::new(), within }
    }

    /// Creates a link to `address`, shown as `shown`.
    pub fn link(address: String, shown: &str) -> Self {
        Self { style: Style::Link, text: address, within: vec![Self::words(shown)] }
    }

    /// Appends the words, in their order, to `into`.
    pub fn read(&self, into: &mut String) {
        if self.style == Style::Words {
            into.push_str(&self.text);
        }
        self.within.iter().for_each(|piece| piece.read(into));
    }
}

impl From<Wire> for Piece {
    fn from((style, text, within): Wire) -> Self {
        Self { style, text, within }
    }
}

impl From<Piece> for Wire {
    fn from(Piece { style, text, within }: Piece) -> Self {
        (style, text, within)
    }
}

impl Style {
    /// Returns the element of the style, in capitals as browsers report it; empty for words.
    pub fn element(self) -> &'static str {
        match self {
            Self::Words => "",
            Self::Bold => "STRONG",
            Self::Italic | Self::Count => "EM",
            Self::Struck => "S",
            Self::Mono => "CODE",
            Self::Link => "A",
            Self::Large => "SPAN",
            Self::Quote => "BLOCKQUOTE",
            Self::Bullets => "UL",
            Self::Numbers => "OL",
            Self::Item => "LI",
            Self::Place => "FIGURE",
            Self::Contacts => "ADDRESS",
            Self::Poll => "SECTION",
            Self::Preview => "HEADER",
            Self::Picture => "IMG",
            Self::Mention => "B",
            Self::OwnMention => "MARK",
            Self::Ringing => "RINGING-CALL",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_short_on_the_wire_and_comes_back_the_same() {
        let link = Piece::link("https://a.example".into(), "a.example");
        let piece = Piece::styled(Style::Bold, vec![Piece::words("oi "), link]);
        let wire = serde_json::to_string(&piece).unwrap();
        let expected = r#"["bold","",[["words","oi ",[]],["link","https://a.example",[["words","a.example",[]]]]]]"#;
        assert_eq!(wire, expected);
        assert_eq!(serde_json::from_str::<Piece>(&wire).unwrap(), piece);
        let mut read = String::new();
        piece.read(&mut read);
        assert_eq!(read, "oi a.example");
    }
}
