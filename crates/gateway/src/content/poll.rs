//! Polls.

use model::MessageContent;
use model::content::{Poll, PollSecret};
use whatsapp_rust::prelude::wa;

/// Returns a poll of any version.
pub(super) fn poll(base: &wa::Message) -> Option<MessageContent> {
    let versions = [
        &base.poll_creation_message,
        &base.poll_creation_message_v2,
        &base.poll_creation_message_v3,
        &base.poll_creation_message_v5,
        &base.poll_creation_message_v6,
    ];
    let poll = versions.into_iter().find_map(|version| version.as_option())?;
    Some(MessageContent::Poll(Poll {
        question: poll.name.clone().unwrap_or_default(),
        options: poll.options.iter().filter_map(|option| option.option_name.clone()).collect(),
        choices: poll.selectable_options_count.filter(|count| *count > 0),
        secret: None,
    }))
}

/// Returns the secret with which the votes of a poll are encrypted. It stands beside the poll or, if the
/// poll is in a wrapper (`base` is inside of `message`), beside the wrapper.
pub(super) fn secret(message: &wa::Message, base: &wa::Message) -> Option<PollSecret> {
    [base, message].into_iter().find_map(|message| {
        PollSecret::from_slice(message.message_context_info.message_secret.as_deref()?)
    })
}

#[cfg(test)]
mod tests {
    use whatsapp_rust::prelude::MessageField;
    use whatsapp_rust::waproto::whatsapp::message::poll_creation_message::Option as PollOption;
    use whatsapp_rust::waproto::whatsapp::message::{FutureProofMessage, PollCreationMessage};

    use super::*;
    use crate::content::of;

    fn creation(question: &str, options: &[&str]) -> PollCreationMessage {
        let option = |name: &&str| PollOption {
            option_name: Some((*name).to_owned()),
            ..Default::default()
        };
        PollCreationMessage {
            name: Some(question.to_owned()),
            options: options.iter().map(option).collect(),
            selectable_options_count: Some(1),
            ..Default::default()
        }
    }

    #[test]
    fn a_poll_of_any_version_has_its_options() {
        let poll = MessageField::some(creation("Que dia?", &["Segunda", "Terça"]));
        let first = wa::Message { poll_creation_message: poll.clone(), ..Default::default() };
        let third = wa::Message { poll_creation_message_v3: poll, ..Default::default() };
        let expected = MessageContent::Poll(Poll {
            question: "Que dia?".to_owned(),
            options: vec!["Segunda".to_owned(), "Terça".to_owned()],
            choices: Some(1),
            secret: None,
        });
        for message in [first, third] {
            let content = of(&message).unwrap();
            assert_eq!((&content.content, content.text.as_str()), (&expected, "Que dia?"));
            assert!(content.raw_message.is_some(), "it has more than is shown");
        }
    }

    #[test]
    fn a_poll_has_its_secret_also_in_a_wrapper() {
        let poll = MessageField::some(creation("Que dia?", &["Segunda", "Terça"]));
        let third = wa::Message { poll_creation_message_v3: poll, ..Default::default() };
        let wrapper = FutureProofMessage { message: MessageField::some(third.clone()) };
        let wrapped = wa::Message {
            poll_creation_message_v4: MessageField::some(wrapper),
            ..Default::default()
        };
        for mut message in [third, wrapped] {
            let mut of = |secret: &[u8]| {
                message.message_context_info = MessageField::some(wa::MessageContextInfo {
                    message_secret: Some(secret.to_vec()),
                    ..Default::default()
                });
                let MessageContent::Poll(poll) = of(&message).unwrap().content else { panic!() };
                poll.secret
            };
            assert_eq!(of(&[7; 32]), Some(PollSecret::new([7; 32])));
            assert_eq!(of(&[7; 31]), None, "it has another length");
        }
    }

    #[test]
    fn there_are_no_more_and_no_longer_options_than_are_kept() {
        let long = "x".repeat(10_000);
        let poll = MessageField::some(creation(&long, &[&*long; 200]));
        let message = wa::Message { poll_creation_message: poll, ..Default::default() };
        let MessageContent::Poll(poll) = of(&message).unwrap().content else { panic!() };
        assert_eq!(poll.options.len(), model::bounds::OPTIONS);
        assert_eq!(poll.options[0].len(), model::bounds::OPTION);
        assert_eq!(poll.question.len(), model::bounds::WORDS);
    }
}
