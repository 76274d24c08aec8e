//! Makes the card of a poll: its question, a line about the votes, its options with the votes of each, and a
//! link to the people who voted.

use model::content::Poll;
use model::{Message, Piece, Style, bounds};

use super::{
    card::{CUT_OFF, Shown},
    votes::Tally,
};

/// Returns the beginning of the card, of at most [`bounds::CARD_BYTES`].
pub(super) fn of(poll: &Poll, tally: &Tally) -> Shown {
    let (note, votes) = (tally.note(poll), Message::votes_address(tally.poll));
    let around = |question: &str| {
        let without = pieces(question, note.clone(), Vec::new(), votes.clone());
        without.iter().map(text::size_of).sum::<usize>()
    };
    let question = text::line(&poll.question);
    let has_question = around(&question) <= bounds::CARD_BYTES;
    let question = if has_question { question } else { CUT_OFF.to_owned() };
    let mut room = bounds::CARD_BYTES.saturating_sub(around(&question));
    let mut fits = |option: &Piece| {
        let left = room.checked_sub(text::size_of(option));
        room = left.unwrap_or(0);
        left.is_some()
    };
    let shown: Vec<Piece> = options(poll, tally).take_while(|option| fits(option)).collect();
    let more = !has_question || shown.len() < poll.options.len();
    Shown { pieces: pieces(&question, note, shown, votes), more }
}

/// Returns the whole card. The bounds of contents limit it.
pub(crate) fn whole(poll: &Poll, tally: &Tally) -> Vec<Piece> {
    let options = options(poll, tally).collect();
    let votes = Message::votes_address(tally.poll);
    pieces(&text::line(&poll.question), tally.note(poll), options, votes)
}

/// Returns the piece of each option.
fn options(poll: &Poll, tally: &Tally) -> impl Iterator<Item = Piece> {
    poll.options.iter().zip(0..).map(move |(option, nth)| {
        let words = Piece::words(&text::line(option));
        let words = match tally.has_chosen(nth) {
            true => Piece::styled(Style::Bold, vec![words]),
            false => words,
        };
        let mut within = vec![words];
        let votes = tally.count(nth);
        if votes > 0 {
            // Without the space it would be read as a part of the option.
            let count = Piece::words(&format!(" {votes}"));
            within.push(Piece::styled(Style::Count, vec![count]));
        }
        let link = Piece { style: Style::Link, text: tally.option_address(nth, poll), within };
        Piece::styled(Style::Item, vec![link])
    })
}

fn pieces(question: &str, note: String, options: Vec<Piece>, votes: String) -> Vec<Piece> {
    // The words of these two are in the language of the reader (`app::Reader`).
    let empty = |style, text| Piece { style, text, within: Vec::new() };
    let mut card = Vec::new();
    if !question.is_empty() {
        card.push(Piece::styled(Style::Bold, vec![Piece::words(question)]));
    }
    card.push(empty(Style::Count, note));
    card.push(Piece::styled(Style::Bullets, options));
    card.push(empty(Style::Link, votes));
    vec![Piece::styled(Style::Poll, card)]
}

#[cfg(test)]
mod tests {
    use model::{MessageId, OwnVote};

    use super::*;
    use crate::fixtures::written;

    fn poll(question: &str, options: &[&str]) -> Poll {
        let options = options.iter().map(|option| (*option).to_owned()).collect();
        Poll { question: question.to_owned(), options, ..Poll::default() }
    }

    fn tally(counts: &[u32], own: &[u32]) -> Tally {
        let voters = counts.iter().copied().max().unwrap_or(0);
        let (counts, own) = (counts.to_vec(), own.to_vec());
        Tally { poll: MessageId(7), voters, counts, own, vote: OwnVote::Waiting }
    }

    #[test]
    fn a_poll_has_its_votes() {
        let poll = poll("Que dia?", &["Segunda", "*Terça*"]);
        let tally = tally(&[2, 0], &[0]);
        let shown = of(&poll, &tally);
        let segunda = "• [*Segunda* 2](/enquete/7?opcoes=0#p100)\n";
        let terca = "• [*Terça*](/enquete/7?opcoes=1#p0)\n";
        let expected = format!("*Que dia?*{segunda}{terca}[](/enquete/7)");
        assert_eq!((written(&shown.pieces), shown.more), (expected, false));
        let chosen = &shown.pieces[0].within[2].within;
        let styles: Vec<_> = chosen.iter().map(|item| item.within[0].within[0].style).collect();
        assert_eq!(styles, [Style::Bold, Style::Words], "stars in an option are no formatting");
        let note = &shown.pieces[0].within[1];
        let expected = r#"{"single":false,"voters":2,"vote":"waiting"}"#;
        assert_eq!((note.style, note.text.as_str()), (Style::Count, expected));
        assert_eq!(whole(&poll, &tally), shown.pieces);
    }

    #[test]
    fn a_card_stays_within_its_bounds() {
        fn bytes(pieces: &[Piece]) -> usize {
            let of_one = |piece: &Piece| text::size(&piece.text) + bytes(&piece.within);
            pieces.iter().map(of_one).sum()
        }
        for letter in ["a", "\"", "\u{1}", "👍", "&", "\u{301}"] {
            let long = letter.repeat(bounds::OPTION);
            let long = poll(&long, &vec![&*long; bounds::OPTIONS]);
            let shown = of(&long, &tally(&[7; bounds::OPTIONS], &[0]));
            assert!(shown.more && bytes(&shown.pieces) <= bounds::CARD_BYTES, "{letter:?}");
        }
        let usual =
            poll("Qual acabamento para os pratos?", &["Verde-sálvia fosco, como na foto"; 12]);
        assert!(
            !of(&usual, &tally(&[7; 12], &[0, 3])).more,
            "all options of a usual poll are shown"
        );
    }
}
