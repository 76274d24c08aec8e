use model::{Piece, Style};

/// Returns what the card of a place, of contacts or of a poll says, in lines; `None` for any other text. The
/// address of the map says where a place is.
pub(super) fn card_text(pieces: &[Piece]) -> Option<String> {
    let [card] = pieces else { return None };
    if !matches!(card.style, Style::Place | Style::Contacts | Style::Poll) {
        return None;
    }
    let mut text = String::new();
    for piece in &card.within {
        match (piece.style, card.style) {
            (Style::Link, Style::Place) => text.push_str(&piece.text),
            // It leads to the votes.
            (Style::Link, Style::Poll) => {}
            (Style::Bullets, _) => {
                for item in &piece.within {
                    if !text.is_empty() {
                        text.push('\n');
                    }
                    read(item, &mut text);
                }
            }
            _ => read(piece, &mut text),
        }
    }
    Some(text)
}

/// Appends the words of a piece, but not counts, and those in italics and for screen readers only: they are
/// what a card says of its votes, which is of this moment, and where its numbers lead.
fn read(piece: &Piece, into: &mut String) {
    match piece.style {
        Style::Words => into.push_str(&piece.text),
        Style::Italic | Style::Count | Style::Large => {}
        _ => piece.within.iter().for_each(|piece| read(piece, into)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bold(words: &str) -> Piece {
        Piece::styled(Style::Bold, vec![Piece::words(words)])
    }

    fn of(style: Style, within: Vec<Piece>) -> Option<String> {
        card_text(&[Piece::styled(style, within)])
    }

    #[test]
    fn a_place_has_its_name_its_address_and_the_address_of_a_map() {
        let map = "https://www.google.com/maps?q=-15.794229,-47.882166";
        let link = Piece::link(map.to_owned(), "-15.794229, -47.882166");
        let lines =
            [bold("Portão 2"), Piece::words("\n"), Piece::words("SQN 102"), Piece::words("\n")];
        let card = lines.into_iter().chain([link.clone()]).collect();
        assert_eq!(of(Style::Place, card), Some(format!("Portão 2\nSQN 102\n{map}")));
        assert_eq!(of(Style::Place, vec![link]), Some(map.to_owned()));
    }

    #[test]
    fn contacts_have_their_names_and_numbers() {
        let address = "/nova-conversa?telefone=%2B5561999990000&numero=1";
        let mut phone = Piece::link(address.to_owned(), "+55 61 99999-0000");
        phone.within.push(Piece::styled(Style::Italic, vec![Piece::words(" Conversar")]));
        let card = vec![bold("Rui Sá"), Piece::words("\n"), phone];
        assert_eq!(of(Style::Contacts, card), Some("Rui Sá\n+55 61 99999-0000".to_owned()));
    }

    #[test]
    fn a_poll_has_its_question_and_its_options() {
        let option = |words| Piece::styled(Style::Item, vec![Piece::words(words)]);
        let options = Piece::styled(Style::Bullets, vec![option("Segunda"), option("Terça")]);
        let card = vec![bold("Que dia?"), options.clone()];
        assert_eq!(of(Style::Poll, card), Some("Que dia?\nSegunda\nTerça".to_owned()));
        assert_eq!(of(Style::Poll, vec![options]), Some("Segunda\nTerça".to_owned()));
    }

    #[test]
    fn the_votes_in_a_poll_are_not_copied() {
        let styled = |style, words| Piece::styled(style, vec![Piece::words(words)]);
        let count = |words| styled(Style::Count, words);
        let link = |within| Piece { style: Style::Link, text: "/enquete/7".to_owned(), within };
        let option =
            |words, more| Piece::styled(Style::Item, vec![link(vec![words, count(" 2"), more])]);
        let yours = Piece::styled(Style::Large, vec![Piece::words(", sua resposta")]);
        let options =
            vec![option(bold("Segunda"), yours), option(Piece::words("Terça"), count(""))];
        let options = Piece::styled(Style::Bullets, options);
        let votes = link(vec![Piece::words("Ver votos")]);
        let card = vec![
            bold("Que dia?"),
            count("Uma resposta"),
            styled(Style::Italic, "Enviando seu voto…"),
            options,
            votes,
        ];
        assert_eq!(of(Style::Poll, card), Some("Que dia?\nSegunda\nTerça".to_owned()));
    }

    #[test]
    fn a_text_is_no_card() {
        assert_eq!(card_text(&[]), None);
        assert_eq!(card_text(&[bold("oi")]), None);
        assert_eq!(card_text(&[Piece::styled(Style::Poll, Vec::new()), bold("oi")]), None);
    }
}
