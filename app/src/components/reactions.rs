use leptos::prelude::*;

use super::element::element;
use crate::i18n::{Locale, t};
use crate::inbox::Bubble;

/// One emoji below a bubble.
struct Chip {
    emoji: String,
    people: usize,
    is_ours: bool,
}

fn chips_of(bubble: &Bubble) -> Vec<Chip> {
    let reactions = bubble.stored().map(|message| &message.reactions[..]).unwrap_or_default();
    let chip = |one: &model::Reaction| Chip {
        emoji: one.emoji.clone(),
        people: one.by.len(),
        is_ours: one.is_ours(),
    };
    reactions.iter().map(chip).collect()
}

/// The reactions to a message: a button per emoji, which shows who reacted.
pub(super) fn chips(locale: Locale, bubble: &Bubble) -> AnyView {
    let chips = chips_of(bubble);
    if chips.is_empty() {
        return ().into_any();
    }
    let chips = chips.into_iter().map(|chip| {
        let (emoji, people) = (chip.emoji.as_str(), chip.people);
        let name = t!(locale, chat.who_reacted, emoji = emoji, n = people).to_string();
        let attributes = [
            ("class", Some(if chip.is_ours { "chip ours" } else { "chip" })),
            ("type", Some("button")),
            ("data-act", Some("who")),
            ("aria-label", Some(&*name)),
        ];
        element("BUTTON", &attributes, words(&chip).into_any())
    });
    element("SPAN", &[("class", Some("reactions"))], chips.collect::<Vec<_>>().into_any())
}

/// The emoji, and the number of people if there are several.
fn words(chip: &Chip) -> String {
    match chip.people {
        0 | 1 => chip.emoji.clone(),
        people => format!("{} {people}", chip.emoji),
    }
}

#[cfg(test)]
mod tests {
    use model::{Author, Message, Reaction};

    use super::*;

    #[test]
    fn each_emoji_is_shown_once_with_the_number_of_people() {
        let theirs = || Author::Contact { name: None };
        let reaction = |emoji: &str, by| Reaction { emoji: emoji.to_owned(), by };
        let reactions =
            vec![reaction("👍🏽", vec![theirs(), Author::Phone]), reaction("👍", vec![theirs()])];
        let bubble = Bubble::Stored(Message { reactions, ..fixtures::message(1) });
        let chips = chips_of(&bubble);
        let shown: Vec<_> = chips.iter().map(words).collect();
        assert_eq!(shown, ["👍🏽 2", "👍"]);
        assert!(chips[0].is_ours && !chips[1].is_ours);
    }
}
