use model::content::{GroupEvent, GroupNotice, GroupPerson, People, System};
use model::{Notice, Piece, Style};

use super::notice;
use crate::i18n::{Locale, t};

// Places in the sentences; no sentence contains them otherwise.
const WHO: &str = "\u{1}";
const PEOPLE: &str = "\u{2}";
const SUBJECT: &str = "\u{3}";

/// The sentence of a change of a group, with the names of its people in bold: `Marcos adicionou você.`
pub(crate) fn group_change(locale: Locale, change: &GroupNotice) -> Vec<Piece> {
    let who = change.by.as_ref().map(|person| named(locale, person, true));
    let who = who.unwrap_or_else(|| Piece::words(t!(locale, group_change.somebody)));
    let mut pieces = Vec::new();
    let mut words = String::new();
    for letter in sentence(locale, change).chars() {
        let part = match letter {
            '\u{1}' => vec![who.clone()],
            '\u{2}' => people_of(locale, &change.what),
            '\u{3}' => subject_of(&change.what),
            letter => {
                words.push(letter);
                continue;
            }
        };
        if !words.is_empty() {
            pieces.push(Piece::words(&std::mem::take(&mut words)));
        }
        pieces.extend(part);
    }
    if !words.is_empty() {
        pieces.push(Piece::words(&words));
    }
    pieces
}

/// The sentence with places for what people wrote.
fn sentence(locale: Locale, change: &GroupNotice) -> String {
    match &change.what {
        GroupEvent::Created { .. } => {
            t!(locale, group_change.created, who = WHO, subject = SUBJECT).to_string()
        }
        GroupEvent::Added(_) => {
            t!(locale, group_change.added, who = WHO, people = PEOPLE).to_string()
        }
        GroupEvent::Removed(_) => {
            t!(locale, group_change.removed, who = WHO, people = PEOPLE).to_string()
        }
        GroupEvent::Left(people) => match is_one(people) {
            true => t!(locale, group_change.left_one, people = PEOPLE).to_string(),
            false => t!(locale, group_change.left, people = PEOPLE).to_string(),
        },
        GroupEvent::Joined(people) => match is_one(people) {
            true => t!(locale, group_change.joined_one, people = PEOPLE).to_string(),
            false => t!(locale, group_change.joined, people = PEOPLE).to_string(),
        },
        GroupEvent::Promoted(_) => {
            t!(locale, group_change.promoted, who = WHO, people = PEOPLE).to_string()
        }
        GroupEvent::Demoted(_) => {
            t!(locale, group_change.demoted, who = WHO, people = PEOPLE).to_string()
        }
        GroupEvent::Subject { .. } => {
            t!(locale, group_change.subject, who = WHO, subject = SUBJECT).to_string()
        }
        GroupEvent::Description { removed: false } => {
            t!(locale, group_change.description, who = WHO).to_string()
        }
        GroupEvent::Description { removed: true } => {
            t!(locale, group_change.no_description, who = WHO).to_string()
        }
        GroupEvent::Picture { removed: false } => {
            t!(locale, group_change.picture, who = WHO).to_string()
        }
        GroupEvent::Picture { removed: true } => {
            t!(locale, group_change.no_picture, who = WHO).to_string()
        }
        GroupEvent::Announce(true) => t!(locale, group_change.announce, who = WHO).to_string(),
        GroupEvent::Announce(false) => t!(locale, group_change.no_announce, who = WHO).to_string(),
        GroupEvent::Locked(true) => t!(locale, group_change.locked, who = WHO).to_string(),
        GroupEvent::Locked(false) => t!(locale, group_change.unlocked, who = WHO).to_string(),
        GroupEvent::Timer { seconds } => {
            let timer = notice(locale, Notice::System(System::Timer { seconds: *seconds }));
            t!(locale, group_change.timer, who = WHO, timer = timer).to_string()
        }
        GroupEvent::NumberChanged { .. } => {
            t!(locale, group_change.number, who = WHO, people = PEOPLE).to_string()
        }
        GroupEvent::Ended if change.by.is_none() => t!(locale, group_change.over).to_owned(),
        GroupEvent::Ended => t!(locale, group_change.ended, who = WHO).to_string(),
    }
}

fn is_one(people: &People<GroupPerson>) -> bool {
    people.people.len() == 1 && people.more == 0
}

/// The people of a change in one line: `Ana, Bia e mais 3`.
fn people_of(locale: Locale, what: &GroupEvent<GroupPerson>) -> Vec<Piece> {
    // They begin the sentence where they did it themselves.
    let (people, begins) = match what {
        GroupEvent::Left(people) | GroupEvent::Joined(people) => (people, true),
        GroupEvent::Added(people)
        | GroupEvent::Removed(people)
        | GroupEvent::Promoted(people)
        | GroupEvent::Demoted(people) => (people, false),
        GroupEvent::NumberChanged { to } => return vec![named(locale, to, false)],
        GroupEvent::Created { .. }
        | GroupEvent::Subject { .. }
        | GroupEvent::Description { .. }
        | GroupEvent::Picture { .. }
        | GroupEvent::Announce(_)
        | GroupEvent::Locked(_)
        | GroupEvent::Timer { .. }
        | GroupEvent::Ended => return Vec::new(),
    };
    let mut names: Vec<_> = people
        .people
        .iter()
        .enumerate()
        .map(|(nth, person)| named(locale, person, begins && nth == 0))
        .collect();
    if people.more > 0 {
        names.push(Piece::words(&t!(locale, group_change.more, n = people.more).to_string()));
    }
    let last = names.len().saturating_sub(1);
    let mut pieces = Vec::new();
    for (nth, name) in names.into_iter().enumerate() {
        if nth > 0 {
            let between = if nth == last { t!(locale, group_change.and) } else { ", " };
            pieces.push(Piece::words(between));
        }
        pieces.push(name);
    }
    pieces
}

fn subject_of(what: &GroupEvent<GroupPerson>) -> Vec<Piece> {
    match what {
        GroupEvent::Created { subject } | GroupEvent::Subject { subject } => vec![bold(subject)],
        _ => Vec::new(),
    }
}

fn bold(words: &str) -> Piece {
    Piece::styled(Style::Bold, vec![Piece::words(words)])
}

/// The name of a person; the number itself is "você".
fn named(locale: Locale, person: &GroupPerson, begins: bool) -> Piece {
    match person {
        GroupPerson::Ourselves if begins => bold(t!(locale, group_change.you_first)),
        GroupPerson::Ourselves => bold(t!(locale, group_change.you)),
        GroupPerson::Member { name, .. } => bold(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(name: &str) -> GroupPerson {
        GroupPerson::Member { contact: None, name: name.to_owned() }
    }

    fn words(by: Option<GroupPerson>, what: GroupEvent<GroupPerson>) -> String {
        let mut words = String::new();
        let pieces = group_change(Locale::pt_BR, &GroupNotice { by, what });
        pieces.iter().for_each(|piece| piece.read(&mut words));
        words
    }

    fn people(names: &[&str], more: u32) -> People<GroupPerson> {
        People { people: names.iter().map(|name| member(name)).collect(), more }
    }

    #[test]
    fn the_sentences_say_who_did_what_to_whom() {
        let marcos = || Some(member("Marcos"));
        let us = || People::from(vec![GroupPerson::Ourselves]);
        let subject = || "Sul".to_owned();
        for (by, what, sentence) in [
            (marcos(), GroupEvent::Created { subject: subject() }, "Marcos criou o grupo “Sul”."),
            (marcos(), GroupEvent::Added(people(&["Ana"], 0)), "Marcos adicionou Ana."),
            (marcos(), GroupEvent::Added(us()), "Marcos adicionou você."),
            (
                Some(GroupPerson::Ourselves),
                GroupEvent::Removed(people(&["Ana", "Bia"], 0)),
                "Você removeu Ana e Bia.",
            ),
            (
                None,
                GroupEvent::Added(people(&["Ana", "Bia"], 3)),
                "Alguém adicionou Ana, Bia e mais 3.",
            ),
            (None, GroupEvent::Left(people(&["Ana"], 0)), "Ana saiu do grupo."),
            (None, GroupEvent::Left(us()), "Você saiu do grupo."),
            (None, GroupEvent::Left(people(&["Ana", "Bia"], 0)), "Ana e Bia saíram do grupo."),
            (None, GroupEvent::Joined(people(&["Ana"], 0)), "Ana entrou pelo link do grupo."),
            (marcos(), GroupEvent::Promoted(us()), "Marcos deu a administração do grupo a você."),
            (
                marcos(),
                GroupEvent::Demoted(people(&["Ana"], 0)),
                "Marcos tirou a administração do grupo de Ana.",
            ),
            (
                marcos(),
                GroupEvent::Subject { subject: subject() },
                "Marcos mudou o nome do grupo para “Sul”.",
            ),
            (
                marcos(),
                GroupEvent::Description { removed: true },
                "Marcos apagou a descrição do grupo.",
            ),
            (marcos(), GroupEvent::Picture { removed: false }, "Marcos mudou a foto do grupo."),
            (
                marcos(),
                GroupEvent::Announce(true),
                "Marcos deixou só administradores enviarem mensagens.",
            ),
            (marcos(), GroupEvent::Locked(false), "Marcos deixou todos mudarem os dados do grupo."),
            (
                marcos(),
                GroupEvent::Timer { seconds: 604_800 },
                "Mensagens temporárias: 7 dias (Marcos).",
            ),
            (
                marcos(),
                GroupEvent::NumberChanged { to: member("Marcos 2") },
                "Marcos mudou de número: agora é Marcos 2.",
            ),
            (None, GroupEvent::Ended, "O grupo foi encerrado."),
            (marcos(), GroupEvent::Ended, "Marcos encerrou o grupo."),
        ] {
            assert_eq!(words(by, what), sentence);
        }
    }

    #[test]
    fn what_people_wrote_stands_in_pieces_of_its_own() {
        let hostile = "\u{2}<b>\u{1}";
        let what = GroupEvent::Subject { subject: hostile.to_owned() };
        let pieces = group_change(Locale::pt_BR, &GroupNotice { by: Some(member(hostile)), what });
        let bolds: Vec<_> = pieces.iter().filter(|piece| piece.style == Style::Bold).collect();
        assert_eq!(bolds, [&bold(hostile), &bold(hostile)]);
    }
}
