//! Makes a card of where a text comes from: an advertisement, or a story that it answers. Everything in the first was
//! written by the sender's phone. Its link is shown as what it is, and leads there and nowhere else.

use model::content::LinkPreview;
use model::{MessageContent, MessageKind, Piece, Style, bounds};

use super::link_preview::{DESCRIPTION, TITLE, words};

/// Returns the pieces of a text with this card above them; the pieces alone if there is none.
pub(crate) fn above(
    content: Option<&MessageContent>,
    text: &str,
    pieces: Vec<Piece>,
) -> Vec<Piece> {
    let card = match content {
        Some(MessageContent::FromAd(ad)) => card(ad),
        Some(MessageContent::ToStatus) => {
            Some(Piece::styled(Style::Preview, vec![label("status")]))
        }
        _ => None,
    };
    let Some(card) = card else { return pieces };
    // A text without formatting has no pieces.
    let words = Some(Piece::words(text)).filter(|_| pieces.is_empty() && !text.is_empty());
    [card].into_iter().chain(words).chain(pieces).collect()
}

/// The line that says what it is. Its words are added in the language of the reader (`app::Reader`).
fn label(what: &str) -> Piece {
    Piece { style: Style::Italic, text: what.to_owned(), within: Vec::new() }
}

fn card(ad: &LinkPreview) -> Option<Piece> {
    let title = words(&ad.title, TITLE).map(|title| Piece::styled(Style::Bold, vec![title]));
    let about = words(&ad.description, DESCRIPTION);
    let about = about.map(|about| Piece::styled(Style::Quote, vec![about]));
    let within: Vec<Piece> =
        [Some(label("ad")), title, about, link(&ad.link)].into_iter().flatten().collect();
    let card = Piece::styled(Style::Preview, within);
    (text::size_of(&card) <= bounds::LINK_PREVIEW_BYTES).then_some(card)
}

/// Returns the link, shown as its host, if it is an address of the web and nothing else.
fn link(written: &str) -> Option<Piece> {
    let pieces = text::rich(MessageKind::Text, written.trim());
    let [piece] = &pieces[..] else { return None };
    if piece.style != Style::Link {
        return None;
    }
    Some(Piece::link(piece.text.clone(), text::host(&piece.text)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::written;

    fn of(link: &str, title: &str) -> Vec<Piece> {
        let (link, title) = (link.to_owned(), title.to_owned());
        let ad = LinkPreview { link, title, description: "Desconto\nhoje".to_owned() };
        above(Some(&MessageContent::FromAd(ad)), "Quero", Vec::new())
    }

    #[test]
    fn an_advertisement_stands_above_the_text() {
        let shown = of("https://fb.me/abc", "Camisetas");
        let [card, text] = &shown[..] else { panic!("{shown:?}") };
        assert_eq!((card.style, text), (Style::Preview, &Piece::words("Quero")));
        let [label, title, about, link] = &card.within[..] else { panic!("{card:?}") };
        assert_eq!((label.style, &*label.text), (Style::Italic, "ad"));
        assert_eq!((title.style, about.style), (Style::Bold, Style::Quote));
        assert_eq!((&*link.text, link.within.len()), ("https://fb.me/abc", 1));
        let words = written(&shown);
        assert!(words.contains("Camisetas") && words.contains("Desconto hoje"), "{words}");
    }

    #[test]
    fn an_answer_to_a_story_says_so() {
        let shown = above(Some(&MessageContent::ToStatus), "Quero", Vec::new());
        let card = Piece::styled(Style::Preview, vec![label("status")]);
        assert_eq!(shown, [card, Piece::words("Quero")]);
    }

    #[test]
    fn only_an_address_of_the_web_is_a_link() {
        for odd in [
            "javascript:alert(1)",
            "fala com https://fb.me/a",
            "",
            "+55 61 99812-4471",
            "a@b.example",
        ] {
            let shown = of(odd, "Camisetas");
            let [card, _] = &shown[..] else { panic!("{shown:?}") };
            assert!(card.within.iter().all(|piece| piece.style != Style::Link), "{odd}");
        }
        assert_eq!(above(Some(&MessageContent::Text), "oi", Vec::new()), []);
    }
}
