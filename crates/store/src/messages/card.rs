//! Makes a card of a content: pieces for a page, whose texts are safe to show and whose links are made
//! here. The browser shows them as it shows a formatted text, and knows nothing of places or polls.
//! [`super::poll_card`] makes that of a poll with its votes.

use model::content::{Call, CallOutcome, Contact, Coordinates, Offer, Place, Poll};
use model::{ConnectionId, MessageContent, Piece, Style, WholeText, bounds};

/// Shown in place of a title that does not fit. It belongs to no language.
pub(super) const CUT_OFF: &str = "[…]";
/// Bytes of a piece beside its text, in a page.
const AROUND: usize = 40;

/// A card as a bubble shows it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) pieces: Vec<Piece>,
    /// Some of its lines do not fit.
    pub(super) more: bool,
}

/// Returns the beginning of the card of a content, of at most [`bounds::CARD_BYTES`]; `None` if it is a
/// text (see [`super::link_preview`]), a file or a notice. `number` has the message. A call that rings has
/// a card beside its notice, in which it can be rejected.
pub(super) fn of(content: &MessageContent, number: ConnectionId) -> Option<Shown> {
    if let MessageContent::Call(Call { outcome: CallOutcome::Ringing, .. }) = content {
        let pieces = vec![Piece::styled(Style::Ringing, Vec::new())];
        return Some(Shown { pieces, more: false });
    }
    let (style, card) = card(content, number)?;
    let (card, more) = card.bounded();
    Some(Shown { pieces: card.pieces(style), more })
}

/// Returns the whole card of a content. The bounds of contents limit it.
pub(crate) fn whole(content: &MessageContent, number: ConnectionId) -> Option<WholeText> {
    let (style, card) = card(content, number)?;
    Some(WholeText { text: card.text(), rich: card.pieces(style) })
}

fn card(content: &MessageContent, number: ConnectionId) -> Option<(Style, Card)> {
    match content {
        MessageContent::Location(place) | MessageContent::LiveLocation(place) => {
            Some((Style::Place, of_place(place)))
        }
        MessageContent::Contacts(contacts) => {
            Some((Style::Contacts, of_contacts(contacts, number)))
        }
        MessageContent::Poll(poll) => Some((Style::Poll, of_poll(poll))),
        // It looks like the preview of a link.
        MessageContent::Offer(offer) => Some((Style::Preview, of_offer(offer))),
        MessageContent::Text
        | MessageContent::LinkedText(_)
        | MessageContent::FromAd(_)
        | MessageContent::ToStatus
        | MessageContent::File(_)
        | MessageContent::Call(_)
        | MessageContent::System(_)
        | MessageContent::Group(_)
        | MessageContent::Revoked(_)
        | MessageContent::Placeholder(_)
        | MessageContent::Unsupported { .. } => None,
    }
}

/// A title, and lines below it.
struct Card {
    /// Empty if there is none.
    title: String,
    lines: Vec<Line>,
    /// True if each line has a bullet.
    is_list: bool,
}

struct Line {
    text: String,
    /// The address that it leads to.
    href: Option<String>,
}

impl Line {
    fn words(text: &str) -> Self {
        Self { text: text::line(text), href: None }
    }

    fn piece(self) -> Piece {
        match self.href {
            Some(href) => Piece::link(href, &self.text),
            None => Piece::words(&self.text),
        }
    }
}

fn of_place(place: &Place) -> Card {
    let address = Some(&place.address).filter(|address| !address.trim().is_empty());
    let address = address.map(|address| Line::words(address));
    let lines = address.into_iter().chain(place.at.map(on_map)).collect();
    Card { title: text::line(&place.name), lines, is_list: false }
}

/// Returns a line with a link to a map.
fn on_map(at: Coordinates) -> Line {
    let at = at.to_string();
    let href = format!("https://www.google.com/maps?q={at}");
    Line { text: at.replace(',', ", "), href: Some(href) }
}

fn of_contacts(contacts: &[Contact], number: ConnectionId) -> Card {
    if let [contact] = contacts {
        let lines = phones(contact, number).collect();
        return Card { title: text::line(&contact.name), lines, is_list: false };
    }
    let lines = contacts.iter().flat_map(|contact| {
        let name = Some(Line::words(&contact.name)).filter(|name| !name.text.is_empty());
        name.into_iter().chain(phones(contact, number))
    });
    Card { title: String::new(), lines: lines.collect(), is_list: false }
}

/// Returns the phone numbers, and the count of those that were left out.
fn phones(contact: &Contact, number: ConnectionId) -> impl Iterator<Item = Line> {
    let more = Some(contact.more).filter(|more| *more > 0);
    let more = more.map(|more| Line::words(&format!("+{more}")));
    contact.phones.iter().map(move |phone| of_phone(phone, number)).chain(more)
}

/// Returns a phone number. One in international digits leads to a conversation of our number with it (the
/// page `/nova-conversa`); others could be a number of any country.
fn of_phone(written: &str, number: ConnectionId) -> Line {
    let digits: String = written.chars().filter(char::is_ascii_digit).collect();
    let is_number = written.starts_with('+')
        && phone::is_international(&digits)
        && written.chars().all(|letter| letter.is_ascii_digit() || "+-(). \u{a0}".contains(letter));
    if !is_number {
        return Line::words(written);
    }
    let href = format!("/nova-conversa?telefone=%2B{digits}&numero={number}");
    Line { text: phone::number(&digits).to_string(), href: Some(href) }
}

fn of_poll(poll: &Poll) -> Card {
    let lines = poll.options.iter().map(|option| Line::words(option)).collect();
    Card { title: text::line(&poll.question), lines, is_list: true }
}

fn of_offer(offer: &Offer) -> Card {
    let text = offer.text.lines().filter(|line| !line.trim().is_empty()).map(Line::words);
    let details = offer.details();
    let lines = text.chain(details.iter().map(|line| Line::words(line))).collect();
    Card { title: text::line(&offer.title), lines, is_list: false }
}

impl Card {
    /// Leaves out the lines that do not fit into [`bounds::CARD_BYTES`]. Returns true beside the card if
    /// something is left out.
    fn bounded(mut self) -> (Self, bool) {
        let mut room = bounds::CARD_BYTES;
        let mut fits = |text: &str| {
            let left = room.checked_sub(AROUND + text::size(text));
            room = left.unwrap_or(0);
            left.is_some()
        };
        let has_title = fits(&self.title);
        if !has_title {
            self.title = CUT_OFF.to_owned();
        }
        let shown = self.lines.iter().take_while(|line| {
            let href = line.href.as_deref().unwrap_or_default();
            fits(&line.text) && fits(href)
        });
        let shown = shown.count();
        let more = !has_title || shown < self.lines.len();
        self.lines.truncate(shown);
        (self, more)
    }

    /// Returns its words in lines.
    fn text(&self) -> String {
        let title = Some(&self.title).filter(|title| !title.is_empty()).cloned();
        let bullet = if self.is_list { "• " } else { "" };
        let lines = self.lines.iter().map(|line| format!("{bullet}{}", line.text));
        title.into_iter().chain(lines).collect::<Vec<_>>().join("\n")
    }

    /// Returns it as the element of its kind; no pieces if it is empty, which would be an empty box.
    fn pieces(self, style: Style) -> Vec<Piece> {
        let pieces = self.content();
        if pieces.is_empty() { pieces } else { vec![Piece::styled(style, pieces)] }
    }

    fn content(self) -> Vec<Piece> {
        let mut pieces = Vec::new();
        if !self.title.is_empty() {
            pieces.push(Piece::styled(Style::Bold, vec![Piece::words(&self.title)]));
        }
        if self.is_list {
            let items =
                self.lines.into_iter().map(|line| Piece::styled(Style::Item, vec![line.piece()]));
            pieces.push(Piece::styled(Style::Bullets, items.collect()));
            return pieces;
        }
        for line in self.lines {
            if !pieces.is_empty() {
                pieces.push(Piece::words("\n"));
            }
            pieces.push(line.piece());
        }
        pieces
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::fixtures::written;

    const NUMBER: ConnectionId = ConnectionId(7);

    fn contact(name: &str, phones: &[&str]) -> Contact {
        let phones = phones.iter().map(|phone| (*phone).to_owned()).collect();
        Contact { name: name.to_owned(), phones, more: 0 }
    }

    fn card(content: &MessageContent) -> String {
        written(&of(content, NUMBER).unwrap().pieces)
    }

    #[test]
    fn each_kind_of_card_has_its_element() {
        let place = Place { name: "Loja".to_owned(), ..Place::default() };
        let poll = Poll { question: "Que dia?".to_owned(), ..Poll::default() };
        for (content, style) in [
            (MessageContent::Location(place.clone()), Style::Place),
            (MessageContent::LiveLocation(place), Style::Place),
            (MessageContent::Contacts(vec![contact("Rui Sá", &[])]), Style::Contacts),
            (MessageContent::Poll(poll), Style::Poll),
        ] {
            let pieces = of(&content, NUMBER).unwrap().pieces;
            let styles: Vec<_> = pieces.iter().map(|piece| piece.style).collect();
            assert_eq!(styles, [style]);
        }
    }

    #[test]
    fn a_place_leads_to_a_map() {
        let place = Place {
            at: Coordinates::of_degrees(-15.794_229, -47.882_166),
            name: "Portão\u{202e} 2\n".to_owned(),
            address: "SQN 102\nBloco A".to_owned(),
            report: None,
        };
        let map = "[-15.794229, -47.882166](https://www.google.com/maps?q=-15.794229,-47.882166)";
        let expected = format!("*Portão 2*\nSQN 102 Bloco A\n{map}");
        assert_eq!(card(&MessageContent::Location(place)), expected);
        let empty = Shown { pieces: vec![], more: false };
        assert_eq!(of(&MessageContent::LiveLocation(Place::default()), NUMBER), Some(empty));
    }

    #[test]
    fn only_international_numbers_lead_to_a_conversation() {
        let one = MessageContent::Contacts(vec![contact("Rui Sá", &["+5561999990000"])]);
        assert_eq!(
            card(&one),
            "*Rui Sá*\n[+55 61 99999-0000](/nova-conversa?telefone=%2B5561999990000&numero=7)"
        );

        let odd = ["190", "+1", "+55 61;ext=<script>", "javascript:alert(1)", "+5561 9999 ٣٣٣٣"];
        let several = vec![contact("", &odd), contact("Eva", &["+55 (11) 91234-5678"])];
        let several = card(&MessageContent::Contacts(several));
        let eva = "[+55 11 91234-5678](/nova-conversa?telefone=%2B5511912345678&numero=7)";
        let expected = odd.join("\n") + "\nEva\n" + eva;
        assert_eq!(several, expected);
    }

    #[test]
    fn a_poll_is_a_list() {
        let poll = Poll {
            question: "Que dia?".to_owned(),
            options: vec!["*Segunda*".to_owned(), "Terça".to_owned()],
            ..Poll::default()
        };
        let poll = MessageContent::Poll(poll);
        assert_eq!(card(&poll), "*Que dia?*• *Segunda*\n• Terça\n");
        assert_eq!(whole(&poll, NUMBER).unwrap().text, "Que dia?\n• *Segunda*\n• Terça");
    }

    #[test]
    fn an_offer_is_in_lines() {
        let offer = MessageContent::Offer(Offer {
            title: "Pedido\u{202e}".to_owned(),
            text: "Pode entregar?\n\nHoje".to_owned(),
            items: 2,
            choices: vec!["Sim".to_owned()],
            ..Offer::default()
        });
        assert_eq!(card(&offer), "*Pedido*\nPode entregar?\nHoje\n2 ×\n• Sim");
        assert_eq!(of(&offer, NUMBER).unwrap().pieces[0].style, Style::Preview);
    }

    #[test]
    fn a_card_stays_within_its_bounds() {
        fn bytes(pieces: &[Piece]) -> usize {
            pieces.iter().map(|piece| text::size(&piece.text) + bytes(&piece.within)).sum()
        }
        for letter in ["a", "\"", "\u{1}", "👍", "&", "\u{301}"] {
            let long = letter.repeat(10_000);
            let mut contents = [
                MessageContent::Contacts(vec![contact(&long, &[&*long, "+5561999990000"]); 200]),
                MessageContent::Poll(Poll {
                    question: long.clone(),
                    options: vec![long.clone(); 200],
                    ..Poll::default()
                }),
                MessageContent::Location(Place {
                    at: Coordinates::of_degrees(1.0, 2.0),
                    name: long.clone(),
                    address: long,
                    report: None,
                }),
            ];
            for content in &mut contents {
                content.shorten();
                let shown = of(content, NUMBER).unwrap();
                assert!(bytes(&shown.pieces) <= bounds::CARD_BYTES + CUT_OFF.len());
            }
        }
    }

    #[test]
    fn contacts_that_do_not_fit_into_a_bubble_are_in_the_whole_card() {
        fn count(pieces: &[Piece]) -> usize {
            pieces.iter().map(|piece| 1 + count(&piece.within)).sum()
        }
        let several = |count: usize| {
            MessageContent::Contacts(vec![contact("Ana", &["+5561999990000"]); count])
        };
        assert!(!of(&several(10), NUMBER).unwrap().more);
        let shown = of(&several(30), NUMBER).unwrap();
        assert!(shown.more);
        let of_thirty = whole(&several(30), NUMBER).unwrap();
        assert_eq!(of_thirty.text, vec!["Ana\n+55 61 99999-0000"; 30].join("\n"));
        assert!(written(&of_thirty.rich).starts_with(&written(&shown.pieces)));
        assert_eq!(written(&of_thirty.rich).matches("/nova-conversa").count(), 30);

        let numbers = vec!["+5561999990000"; bounds::PHONES + 1];
        let mut most = MessageContent::Contacts(vec![contact("Ana", &numbers); 200]);
        most.shorten();
        let most = whole(&most, NUMBER).unwrap();
        assert!(count(&most.rich) < bounds::PIECES);
        assert!(most.text.ends_with("\n+1"));
        assert_eq!(whole(&MessageContent::Text, NUMBER), None);
    }

    #[test]
    fn numbers_that_were_left_out_are_counted() {
        let one = Contact { more: 3, ..contact("Ana", &["190"]) };
        assert_eq!(card(&MessageContent::Contacts(vec![one])), "*Ana*\n190\n+3");
    }

    /// Returns the addresses that pieces lead to.
    fn links(pieces: &[Piece]) -> Vec<&str> {
        let own = pieces.iter().filter(|piece| piece.style == Style::Link);
        let own: Vec<_> = own.map(|piece| piece.text.as_str()).collect();
        own.into_iter().chain(pieces.iter().flat_map(|piece| links(&piece.within))).collect()
    }

    /// Returns true for addresses that are made here.
    fn is_ours(href: &str) -> bool {
        let is_made_of = |rest: &str, others: &str| {
            rest.chars().all(|letter| letter.is_ascii_digit() || others.contains(letter))
        };
        let map = href.strip_prefix("https://www.google.com/maps?q=");
        let phone = href.strip_prefix("/nova-conversa?telefone=%2B");
        map.is_some_and(|rest| is_made_of(rest, "-.,"))
            || phone.is_some_and(|rest| is_made_of(rest, "&numero="))
    }

    proptest! {
        #![proptest_config(hostile::cases(128))]

        #[test]
        fn any_words_make_a_card_with_links_of_ours(
            words in hostile::text(),
            other in hostile::word(),
            degrees in (any::<f64>(), any::<f64>()),
        ) {
            let phones = [words.as_str(), other.as_str(), "+5561999990000"];
            let mut contents = [
                MessageContent::Contacts(vec![contact(&words, &phones), contact(&other, &phones)]),
                MessageContent::Poll(Poll {
                    question: words.clone(),
                    options: vec![other.clone(), words.clone()],
                    ..Poll::default()
                }),
                MessageContent::Location(Place {
                    at: Coordinates::of_degrees(degrees.0, degrees.1),
                    name: words.clone(),
                    address: other.clone(),
                    report: None,
                }),
            ];
            for content in &mut contents {
                content.shorten();
                let card = of(content, NUMBER).unwrap().pieces;
                for href in links(&card) {
                    prop_assert!(is_ours(href), "{href}");
                }
                let words = written(&card);
                let is_odd = |letter: char| letter.is_control() && letter != '\n';
                prop_assert!(!words.contains(is_odd), "{words:?}");
            }
        }
    }
}
