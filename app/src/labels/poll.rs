use model::{OwnVote, PollNote};

use crate::i18n::{Locale, t};

/// The line below the question of a poll, and what there is to say of the number's own vote.
pub(crate) fn poll_note(locale: Locale, note: PollNote) -> (String, Option<&'static str>) {
    let how = if note.single { t!(locale, poll.single) } else { t!(locale, poll.multiple) };
    let votes = || format!("{how} · {}", voters(locale, note.voters));
    match note.vote {
        OwnVote::Impossible => (format!("{how}. {}", t!(locale, poll.unreadable)), None),
        OwnVote::Settled => (votes(), None),
        OwnVote::Waiting => (votes(), Some(t!(locale, poll.waiting))),
        OwnVote::Failed => (votes(), Some(t!(locale, poll.failed))),
    }
}

/// The number of people who voted.
pub(crate) fn voters(locale: Locale, count: u32) -> String {
    match count {
        0 => t!(locale, poll.voters_none).to_owned(),
        1 => t!(locale, poll.voters_one).to_owned(),
        n => t!(locale, poll.voters, n = n).to_string(),
    }
}

/// The number of votes of an option.
pub(crate) fn votes(locale: Locale, count: u32) -> String {
    match count {
        1 => t!(locale, poll.votes_one).to_owned(),
        n => t!(locale, poll.votes, n = n).to_string(),
    }
}
