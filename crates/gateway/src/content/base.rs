//! The innermost message, without its wrappers.

use whatsapp_rust::prelude::{MessageExt as _, wa};

/// Returns the innermost message, which has the content. The library removes only some of the
/// wrappers.
pub(crate) fn base(message: &wa::Message) -> &wa::Message {
    let mut base = message.get_base_message();
    loop {
        let wrappers = [
            &base.associated_child_message,
            &base.bot_forwarded_message,
            &base.bot_invoke_message,
            &base.group_mentioned_message,
            &base.poll_creation_message_v4,
            &base.question_message,
            &base.question_reply_message,
            &base.spoiler_message,
        ];
        let inner = wrappers.into_iter().find_map(|one| one.as_option()?.message.as_option());
        match inner {
            Some(inner) => base = inner.get_base_message(),
            None => return base,
        }
    }
}
