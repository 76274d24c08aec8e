//! Polls, described in words.

use whatsapp_rust::prelude::wa;

use super::in_lines;

/// Describes a poll: its question and its options.
pub(super) fn poll(base: &wa::Message) -> Option<String> {
    let versions = [
        &base.poll_creation_message,
        &base.poll_creation_message_v2,
        &base.poll_creation_message_v3,
        &base.poll_creation_message_v5,
        &base.poll_creation_message_v6,
    ];
    let poll = versions.into_iter().find_map(|version| version.as_option())?;
    let options = poll.options.iter().filter_map(|option| option.option_name.as_deref());
    let options: Vec<String> = options.map(|option| format!("• {option}")).collect();
    Some(in_lines(poll.name.as_deref().into_iter().chain(options.iter().map(String::as_str))))
}

#[cfg(test)]
mod tests {
    use model::MessageKind;
    use whatsapp_rust::prelude::{MessageField, wa};
    use whatsapp_rust::waproto::whatsapp::message::PollCreationMessage;
    use whatsapp_rust::waproto::whatsapp::message::poll_creation_message::Option as PollOption;

    use crate::testing::read;

    #[test]
    fn a_poll_of_any_version_has_its_options() {
        let option =
            |name: &str| PollOption { option_name: Some(name.into()), ..Default::default() };
        let poll = PollCreationMessage {
            name: Some("Que dia?".into()),
            options: vec![option("Segunda"), option("Terça")],
            ..Default::default()
        };
        let poll = MessageField::some(poll);
        let expected = (MessageKind::Poll, "Que dia?\n• Segunda\n• Terça".to_owned());
        let first = wa::Message { poll_creation_message: poll.clone(), ..Default::default() };
        let third = wa::Message { poll_creation_message_v3: poll, ..Default::default() };
        assert_eq!([read(&first), read(&third)], [expected.clone(), expected]);
    }
}
