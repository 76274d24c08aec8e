use waproto::whatsapp::{
    self as wa,
    message::{PollCreationMessage, poll_creation_message::Option as PollOption},
};

/// A poll with one answer is of the third version (WA Web `GeneratePollCreationMessageProto`).
pub(super) fn single_choice(question: &str, options: &[String]) -> wa::Message {
    let poll = poll(question, options, 1);
    wa::Message { poll_creation_message_v3: poll.into(), ..Default::default() }
}

/// A poll with any number of answers is of the first version, and its count is 0.
pub(super) fn multiple_choice(question: &str, options: &[String]) -> wa::Message {
    let poll = poll(question, options, 0);
    wa::Message { poll_creation_message: poll.into(), ..Default::default() }
}

fn poll(question: &str, options: &[String], selectable: u32) -> PollCreationMessage {
    let option =
        |name: &String| PollOption { option_name: Some(name.clone()), ..Default::default() };
    PollCreationMessage {
        name: Some(question.to_owned()),
        options: options.iter().map(option).collect(),
        selectable_options_count: Some(selectable),
        ..Default::default()
    }
}
