//! Places, contacts and polls: as they are sent, and as each side shows them.

use serde_json::{Value, json};

/// The content of a message that is neither a text nor a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Card {
    /// The point is in millionths of a degree.
    Place {
        latitude: i32,
        longitude: i32,
        name: String,
        address: String,
    },
    Contacts(Vec<Person>),
    Poll {
        question: String,
        options: Vec<String>,
        /// One person may choose several options.
        multiple: bool,
    },
}

/// A contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Person {
    name: String,
    /// International digits.
    phone: String,
}

/// Parts of a degree.
const MICRO: f64 = 1_000_000.0;

impl Card {
    pub(super) fn place(nth: usize, text: &str) -> Self {
        let step = i32::try_from(nth % 10_000).unwrap_or_default();
        Self::Place {
            latitude: -15_794_229 + 37 * step,
            longitude: -47_882_166 - 91 * step,
            name: format!("Lugar de {text}"),
            address: format!("SQN {nth}, Bloco A"),
        }
    }

    /// Returns one contact or two.
    pub(super) fn contacts(nth: usize, text: &str) -> Self {
        let person = |which: usize| Person {
            name: format!("Pessoa {which} de {text}"),
            phone: format!("5561999{:06}", (2 * nth + which) % 1_000_000),
        };
        Self::Contacts((0..=usize::from(is_odd(text))).map(person).collect())
    }

    pub(super) fn poll(text: &str) -> Self {
        Self::Poll {
            question: format!("Que dia, {text}?"),
            options: ["Segunda", "Terça", "Quarta"].map(str::to_owned).to_vec(),
            multiple: is_odd(text),
        }
    }

    /// Returns the kind of its message, as both sides name it.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Place { .. } => "location",
            Self::Contacts(_) => "contact",
            Self::Poll { .. } => "poll",
        }
    }

    /// Returns its fields, in the form in which [`in_inbox`] and [`on_phone`] read them.
    pub(super) fn fields(&self) -> Vec<String> {
        match self {
            Self::Place { latitude, longitude, name, address } => {
                let point = point(degrees(*latitude), degrees(*longitude));
                vec![name.clone(), address.clone(), point]
            }
            Self::Contacts(people) => people
                .iter()
                .flat_map(|person| [person.name.clone(), format!("+{}", person.phone)])
                .collect(),
            Self::Poll { question, options, .. } => {
                [&[question.clone()][..], &options[..]].concat()
            }
        }
    }

    /// Returns the server function that sends it, and its fields.
    pub(super) fn form(&self) -> (&'static str, Vec<(String, String)>) {
        let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        match self {
            Self::Place { latitude, longitude, name, address } => {
                let decimal = |micro: i32| format!("{:.6}", degrees(micro));
                let place = vec![
                    field("latitude", &decimal(*latitude)),
                    field("longitude", &decimal(*longitude)),
                    field("name", name),
                    field("address", address),
                ];
                ("send_place", place)
            }
            Self::Contacts(people) => {
                let people = people.iter().enumerate().flat_map(|(nth, person)| {
                    [
                        (format!("contacts[{nth}][name]"), person.name.clone()),
                        (format!("contacts[{nth}][phone]"), format!("+{}", person.phone)),
                    ]
                });
                ("send_contacts", people.collect())
            }
            Self::Poll { question, options, multiple } => {
                let mut poll = vec![field("question", question)];
                poll.extend(multiple.then(|| field("multiple", "on")));
                let options = options.iter().enumerate();
                poll.extend(options.map(|(nth, text)| (format!("options[{nth}]"), text.clone())));
                ("send_poll", poll)
            }
        }
    }

    /// Returns the content with which a phone sends it.
    pub(super) fn sent_by_phone(&self) -> Value {
        let contact = |person: &Person| json!({ "name": person.name, "number": person.phone });
        match self {
            Self::Place { latitude, longitude, name, address } => json!({ "location": {
                "latitude": degrees(*latitude), "longitude": degrees(*longitude),
                "name": name, "address": address
            } }),
            Self::Contacts(people) => match &people[..] {
                [one] => json!({ "contact": contact(one) }),
                several => json!({ "contacts": several.iter().map(contact).collect::<Vec<_>>() }),
            },
            Self::Poll { question, options, multiple } => {
                json!({ "poll": { "name": question, "options": options, "multiple": multiple } })
            }
        }
    }
}

/// Returns true for half of all texts.
fn is_odd(text: &str) -> bool {
    text.bytes().map(usize::from).sum::<usize>() % 2 == 1
}

fn degrees(micro: i32) -> f64 {
    f64::from(micro) / MICRO
}

fn point(latitude: f64, longitude: f64) -> String {
    format!("{latitude:.6},{longitude:.6}")
}

/// Reads the fields of the card in a row of a phone; none of another message.
pub(super) fn on_phone(row: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    match row["kind"].as_str() {
        Some("location") => {
            let place = &row["location"];
            let degrees = |name: &str| place[name].as_f64().unwrap_or(f64::NAN);
            let point = point(degrees("latitude"), degrees("longitude"));
            vec![text(&place["name"]), text(&place["address"]), point]
        }
        Some("contact") => {
            let contacts = list(&row["contacts"]);
            let fields = contacts.iter().flat_map(|one| {
                let digits =
                    |written: &Value| text(written).replace(|one: char| !one.is_ascii_digit(), "");
                let phones = list(&one["numbers"]);
                let phones = phones.iter().map(|phone| format!("+{}", digits(phone)));
                [vec![text(&one["name"])], phones.collect()].concat()
            });
            fields.collect()
        }
        Some("poll") => {
            let options = list(&row["options"]);
            [vec![text(&row["text"])], options.iter().map(text).collect()].concat()
        }
        _ => Vec::new(),
    }
}

/// Reads the fields of the card of a message in the inbox, of which a page gets the pieces
/// (`[style, text, within]`, see `model::Piece`); none of another message.
pub(super) fn in_inbox(message: &Value) -> Vec<String> {
    let card = &message["rich"][0];
    match card[0].as_str() {
        Some("place" | "contacts") => {
            let fields = within(card).iter().map(|piece| match piece[0].as_str() {
                Some("link") => linked(piece[1].as_str().unwrap_or_default()),
                _ => words(piece).trim().to_owned(),
            });
            fields.filter(|field| !field.is_empty()).collect()
        }
        Some("poll") => {
            let question = within(card).iter().find(|piece| piece[0] == "bold").map(words);
            let options = options(card).map(|option| option.text);
            question.into_iter().chain(options).collect()
        }
        _ => Vec::new(),
    }
}

/// Reads the options of a poll in the inbox that the number chose, or those that its customer did.
pub(super) fn chosen_in_inbox(message: &Value, by_number: bool) -> Vec<String> {
    let chosen = options(&message["rich"][0]).filter(|option| {
        let others = option.votes.saturating_sub(usize::from(option.is_ours));
        if by_number { option.is_ours } else { others > 0 }
    });
    chosen.map(|option| option.text).collect()
}

/// An option in the card of a poll.
struct Voted {
    text: String,
    /// The number chose it.
    is_ours: bool,
    votes: usize,
}

fn options(card: &Value) -> impl Iterator<Item = Voted> {
    let list = within(card).iter().find(|piece| piece[0] == "bullets");
    let items = list.map(within).unwrap_or_default();
    items.iter().map(|item| {
        // The words of the option, in bold if the number chose it, and then the count of its votes.
        let link = within(&item[2][0]);
        let count = link.iter().find(|piece| piece[0] == "count").map(words);
        Voted {
            text: link.first().map(words).unwrap_or_default(),
            is_ours: link.first().is_some_and(|words| words[0] == "bold"),
            votes: count.and_then(|count| count.trim().parse().ok()).unwrap_or_default(),
        }
    })
}

fn within(piece: &Value) -> &[Value] {
    piece[2].as_array().map(Vec::as_slice).unwrap_or_default()
}

fn words(piece: &Value) -> String {
    match piece[0] == "words" {
        true => piece[1].as_str().unwrap_or_default().to_owned(),
        false => within(piece).iter().map(words).collect(),
    }
}

/// Returns the point that a link leads to on a map, or the number with which it begins a chat.
fn linked(address: &str) -> String {
    let number = address.split_once("telefone=%2B").map(|(_, rest)| rest.split('&').next());
    match (number, address.split_once("maps?q=")) {
        (Some(number), _) => format!("+{}", number.unwrap_or_default()),
        (None, Some((_, point))) => point.to_owned(),
        (None, None) => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_as_it_was_sent() {
        let place = Card::place(0, "ana");
        let fields = ["Lugar de ana", "SQN 0, Bloco A", "-15.794229,-47.882166"];
        assert_eq!(place.fields(), fields);
        let row = json!({ "kind": "location", "location": place.sent_by_phone()["location"] });
        assert_eq!(on_phone(&row), fields);
        let map = "https://www.google.com/maps?q=-15.794229,-47.882166";
        let shown = json!({ "rich": [["place", "", [
            ["bold", "", [["words", "Lugar de ana", []]]], ["words", "\n", []],
            ["words", "SQN 0, Bloco A", []], ["words", "\n", []],
            ["link", map, [["words", "-15.794229, -47.882166", []]]]
        ]]] });
        assert_eq!(in_inbox(&shown), fields);
        let (function, form) = place.form();
        assert_eq!(function, "send_place");
        assert_eq!(form[0], ("latitude".to_owned(), "-15.794229".to_owned()));
    }

    #[test]
    fn contacts_are_read_as_they_were_sent() {
        let fields = ["Pessoa 0 de ana 1", "+5561999000002", "Pessoa 1 de ana 1", "+5561999000003"];
        assert_eq!(Card::contacts(1, "ana 1").fields(), fields);
        let row = json!({ "kind": "contact", "contacts": [
            { "name": fields[0], "numbers": ["+55 61 99900-0002"], "whatsapp": [] },
            { "name": fields[2], "numbers": ["+55 61 99900-0003"], "whatsapp": [] }
        ] });
        assert_eq!(on_phone(&row), fields);
        let link = |digits: &str| {
            let address = format!("/nova-conversa?telefone=%2B{digits}&numero=7");
            json!(["link", address, [["words", "+55 61 …", []]]])
        };
        let shown = json!({ "rich": [["contacts", "", [
            ["words", fields[0], []], ["words", "\n", []], link("5561999000002"),
            ["words", "\n", []], ["words", fields[2], []], ["words", "\n", []],
            link("5561999000003")
        ]]] });
        assert_eq!(in_inbox(&shown), fields);
        assert_eq!(Card::contacts(2, "ana").fields().len(), 2, "half of them have one");
    }

    #[test]
    fn a_poll_is_read_with_the_votes_of_both() {
        let poll = Card::poll("ana 1");
        let fields = ["Que dia, ana 1?", "Segunda", "Terça", "Quarta"];
        assert_eq!(poll.fields(), fields);
        let row = json!({ "kind": "poll", "text": fields[0], "options": &fields[1..] });
        assert_eq!(on_phone(&row), fields);
        let (_, form) = poll.form();
        let names: Vec<_> = form.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["question", "multiple", "options[0]", "options[1]", "options[2]"]);

        let item =
            |within: Value| json!(["item", "", [["link", "/enquete/7?opcoes=0#p0", within]]]);
        let ours = json!(["bold", "", [["words", "Segunda", []]]]);
        let count = |votes: usize| json!(["count", "", [["words", format!(" {votes}"), []]]]);
        let mark = json!(["large", "", [["words", ", sua resposta", []]]]);
        let shown = json!({ "rich": [["poll", "", [
            ["bold", "", [["words", fields[0], []]]],
            ["count", "", [["words", "Várias respostas", []]]],
            ["bullets", "", [
                item(json!([ours, count(1), mark])),
                item(json!([["words", "Terça", []], count(1)])),
                item(json!([["words", "Quarta", []]]))
            ]],
            ["link", "/enquete/7", [["words", "Ver votos", []]]]
        ]]] });
        assert_eq!(in_inbox(&shown), fields);
        assert_eq!(chosen_in_inbox(&shown, true), ["Segunda"]);
        assert_eq!(chosen_in_inbox(&shown, false), ["Terça"]);
    }

    #[test]
    fn other_messages_have_no_card() {
        assert!(on_phone(&json!({ "kind": "text", "text": "oi" })).is_empty());
        let bold = json!({ "rich": [["bold", "", [["words", "oi", []]]]] });
        assert!(in_inbox(&bold).is_empty() && in_inbox(&json!({ "text": "oi" })).is_empty());
        assert!(chosen_in_inbox(&bold, false).is_empty());
    }
}
