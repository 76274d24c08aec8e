use serde::Deserialize;
use waproto::whatsapp::{
    self as wa,
    message::{
        ButtonsResponseMessage, ListResponseMessage, TemplateButtonReplyMessage,
        buttons_response_message::{Response, Type},
        list_response_message::{ListType, SingleSelectReply},
    },
};

use crate::json::null_as_default;

/// The answer to a message with buttons. The context quotes that message.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ButtonReply {
    /// The button's id.
    pub id: String,
    /// The text on the button.
    pub text: String,
}

/// The answer to a message with a list.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListReply {
    /// The row's id.
    pub id: String,
    /// The row's title.
    pub title: String,
    /// The second line of the row.
    pub description: Option<String>,
}

/// The answer to a template with buttons.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TemplateReply {
    /// The button's id.
    pub id: String,
    /// The text on the button.
    pub text: String,
    /// The place of the button, from 0.
    #[serde(default, deserialize_with = "null_as_default")]
    pub index: u32,
}

impl ButtonReply {
    pub(super) fn message(&self) -> wa::Message {
        let reply = ButtonsResponseMessage {
            selected_button_id: Some(self.id.clone()),
            r#type: Some(Type::DISPLAY_TEXT),
            response: Some(Response::SelectedDisplayText(self.text.clone())),
            ..Default::default()
        };
        wa::Message { buttons_response_message: reply.into(), ..Default::default() }
    }
}

impl ListReply {
    pub(super) fn message(&self) -> wa::Message {
        let row = SingleSelectReply { selected_row_id: Some(self.id.clone()) };
        let reply = ListResponseMessage {
            title: Some(self.title.clone()),
            list_type: Some(ListType::SINGLE_SELECT),
            single_select_reply: row.into(),
            description: self.description.clone(),
            ..Default::default()
        };
        wa::Message { list_response_message: reply.into(), ..Default::default() }
    }
}

impl TemplateReply {
    pub(super) fn message(&self) -> wa::Message {
        let reply = TemplateButtonReplyMessage {
            selected_id: Some(self.id.clone()),
            selected_display_text: Some(self.text.clone()),
            selected_index: Some(self.index),
            ..Default::default()
        };
        wa::Message { template_button_reply_message: reply.into(), ..Default::default() }
    }
}
