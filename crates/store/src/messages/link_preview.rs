//! Makes a card of the preview of a link. Everything in it was written by the sender's phone, and the page
//! at the link may say something else; or it was written by a page, if the text was written here. So only
//! the link itself leads anywhere: it is one of the text of the message, it leads where it leads there, and
//! its words are the host that it leads to.

use model::content::LinkPreview;
use model::{Media, MessageContent, MessageId, Piece, Style, bounds};

/// Characters of the title in a page.
pub(super) const TITLE: usize = 120;
/// Characters of the description in a page, about two lines.
pub(super) const DESCRIPTION: usize = 160;

/// Returns the pieces of a text with the preview that was sent with it above them; the pieces alone if
/// there is none, or it is of a link that they do not have. `picture` is the message, if its small picture is
/// stored ([`Media::preview_address`]).
pub(crate) fn above(
    content: Option<&MessageContent>,
    picture: Option<MessageId>,
    pieces: Vec<Piece>,
) -> Vec<Piece> {
    let Some(MessageContent::LinkedText(preview)) = content else { return pieces };
    card(preview, picture, &pieces).into_iter().chain(pieces).collect()
}

fn card(preview: &LinkPreview, picture: Option<MessageId>, pieces: &[Piece]) -> Option<Piece> {
    let address = address(pieces, preview.link.trim())?;
    let link = Piece::link(address.to_owned(), text::host(address)?);
    let title = words(&preview.title, TITLE).map(|title| Piece::styled(Style::Bold, vec![title]));
    let description = words(&preview.description, DESCRIPTION);
    let description = description.map(|words| Piece::styled(Style::Quote, vec![words]));
    if title.is_none() && description.is_none() {
        return None;
    }
    let picture = picture.map(|message| Piece {
        style: Style::Picture,
        text: Media::preview_address(message),
        within: Vec::new(),
    });
    let with = |description: Option<Piece>| {
        let before = picture.iter().chain(&title).cloned();
        let within = before.chain(description).chain([link.clone()]).collect();
        Some(Piece::styled(Style::Preview, within))
            .filter(|card| text::size_of(card) <= bounds::LINK_PREVIEW_BYTES)
    };
    with(description).or_else(|| with(None).filter(|_| title.is_some()))
}

/// Returns the address of the link that is written like this in a text. Addresses of e-mail and phone
/// numbers have no host, and no preview.
fn address<'a>(pieces: &'a [Piece], written: &str) -> Option<&'a str> {
    pieces.iter().find_map(|piece| {
        if piece.style != Style::Link {
            return address(&piece.within, written);
        }
        let mut words = String::new();
        piece.read(&mut words);
        (words == written).then_some(piece.text.as_str())
    })
}

/// Returns the beginning of some words in one line; `None` if nothing in them is visible.
pub(super) fn words(written: &str, longest: usize) -> Option<Piece> {
    let line = text::line(written);
    let beginning = text::cut(&line, longest);
    let is_whole = beginning.len() == line.len();
    let shown = if is_whole { line.clone() } else { format!("{}…", beginning.trim_end()) };
    text::has_visible(beginning).then(|| Piece::words(&shown))
}

#[cfg(test)]
mod tests {
    use model::MessageKind;
    use proptest::prelude::*;

    use super::*;
    use crate::fixtures::written;

    const LINK: &str = "https://loja.example/azul";

    fn preview(link: &str, title: &str, description: &str) -> MessageContent {
        let [link, title, description] = [link, title, description].map(str::to_owned);
        MessageContent::LinkedText(LinkPreview { link, title, description })
    }

    /// Returns what a page shows of a text with a preview.
    fn shown(text: &str, content: &MessageContent) -> Vec<Piece> {
        above(Some(content), None, text::rich(MessageKind::Text, text))
    }

    #[test]
    fn it_stands_above_the_text_and_its_link_is_shown_as_the_host() {
        let full = preview(LINK, "Camiseta azul", "100% algodão");
        let pieces = shown(&format!("Tem? {LINK}"), &full);
        assert_eq!(pieces[0].style, Style::Preview);
        assert_eq!(
            written(&pieces),
            format!("*Camiseta azul*100% algodão[loja.example]({LINK})Tem? [{LINK}]({LINK})")
        );
        let bold = shown("*www.loja.example* Oi", &preview(" www.loja.example\n", "", "Camisetas"));
        let https = "https://www.loja.example";
        let card = format!("Camisetas[www.loja.example]({https})");
        assert_eq!(written(&bold), format!("{card}*[www.loja.example]({https})* Oi"));
    }

    #[test]
    fn its_picture_is_at_an_address_of_this_server() {
        let pieces = text::rich(MessageKind::Text, LINK);
        let shown = above(Some(&preview(LINK, "Loja", "")), Some(MessageId(7)), pieces);
        let first = &shown[0].within[0];
        assert_eq!((first.style, first.text.as_str()), (Style::Picture, "/midia/7/previa"));
    }

    #[test]
    fn a_link_that_the_text_does_not_have_has_no_preview() {
        for (text, link) in [
            (LINK, "https://banco.example"),
            (LINK, "https://loja.example/azu"),
            ("https://loja.example/azul2", LINK),
            ("`https://loja.example/azul`", LINK),
            ("https://loja.example@mal.example/", "https://loja.example@mal.example/"),
            ("javascript:alert(1)", "javascript:alert(1)"),
            ("data:text/html,x", "data:text/html,x"),
            ("ana@loja.example", "ana@loja.example"),
            ("+55 61 99812-4471", "+55 61 99812-4471"),
            ("oi", ""),
        ] {
            let alone = text::rich(MessageKind::Text, text);
            assert_eq!(shown(text, &preview(link, "Banco", "Entre")), alone, "{text}");
        }
        let alone = text::rich(MessageKind::Text, LINK);
        assert_eq!(shown(LINK, &preview(LINK, "", "\u{3164}\u{202e} ")), alone, "it says nothing");
        let picture = Some(MessageId(7));
        assert_eq!(above(None, picture, alone.clone()), alone);
        assert_eq!(above(Some(&MessageContent::Text), picture, alone.clone()), alone);
        let other = preview("https://banco.example", "Banco", "");
        assert_eq!(above(Some(&other), picture, alone.clone()), alone);
    }

    #[test]
    fn its_words_are_in_one_line_turn_nothing_and_are_cut() {
        let odd = preview(LINK, "Loja\u{202e}\n<b>2</b>\u{2066}", &"ção ".repeat(2_500));
        let pieces = shown(LINK, &odd);
        let description = "ção ".repeat(DESCRIPTION / 4);
        let expected = format!("*Loja <b>2</b>*{}…[loja.example]({LINK})", description.trim_end());
        assert_eq!(written(&pieces[..1]), expected);
    }

    #[test]
    fn a_description_that_does_not_fit_is_left_out_and_so_is_a_preview() {
        let quotes = "\"".repeat(500);
        let whole = shown(LINK, &preview(LINK, &quotes[..60], &quotes));
        assert_eq!(whole[0].within.len(), 3);
        let long = format!("{LINK}?{}", "a".repeat(500));
        let without = shown(&long, &preview(&long, &quotes[..60], &quotes));
        assert_eq!(without[0].within.len(), 2, "the title and the link");
        let longer = format!("{LINK}?{}", "&".repeat(900));
        assert_eq!(shown(&longer, &preview(&longer, "Loja", "Camisetas"))[0].style, Style::Link);
    }

    proptest! {
        #![proptest_config(hostile::cases(128))]

        #[test]
        fn whatever_it_says_it_leads_where_the_text_leads(
            link in prop_oneof![Just(LINK.to_owned()), hostile::word()],
            title in hostile::text(),
            description in hostile::text(),
            words in hostile::text(),
        ) {
            let mut content = preview(&link, &title, &description);
            content.shorten();
            let alone = text::rich(MessageKind::Text, &format!("{words}\n{LINK}\n{link}"));
            let pieces = above(Some(&content), Some(MessageId(7)), alone.clone());
            if pieces.len() == alone.len() {
                prop_assert_eq!(pieces, alone);
                return Ok(());
            }
            let card = &pieces[0];
            prop_assert_eq!(&pieces[1..], &alone[..]);
            prop_assert!(text::size_of(card) <= bounds::LINK_PREVIEW_BYTES);
            let last = card.within.last().unwrap();
            let host = text::host(&last.text).unwrap();
            prop_assert_eq!(last, &Piece::link(last.text.clone(), host));
            prop_assert!(address(&alone, link.trim()) == Some(last.text.as_str()));
            let mut read = String::new();
            card.read(&mut read);
            prop_assert!(!read.contains(char::is_control), "{read:?}");
        }
    }
}
