use model::{OwnVote, PollNote};

use crate::i18n::{Locale, t};

/// The line below the question of a poll.
pub(crate) fn poll_note(locale: Locale, note: PollNote) -> String {
    let how = if note.single { t!(locale, poll.single) } else { t!(locale, poll.multiple) };
    let about = match note.vote {
        OwnVote::Impossible => return format!("{how}. {}", t!(locale, poll.unreadable)),
        OwnVote::Settled => return format!("{how} · {}", voters(locale, note.voters)),
        OwnVote::Waiting => t!(locale, poll.waiting),
        OwnVote::Failed => t!(locale, poll.failed),
    };
    format!("{how} · {}. {about}", voters(locale, note.voters))
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
