use serde::Deserialize;
use waproto::whatsapp::{
    self as wa, HydratedTemplateButton,
    hydrated_template_button::{
        HydratedButton, HydratedCallButton, HydratedQuickReplyButton, HydratedURLButton,
    },
    message::{
        TemplateMessage,
        template_message::{Format, HydratedFourRowTemplate, hydrated_four_row_template::Title},
    },
};

use crate::json::null_as_default;

/// A business' message from a template: up to four rows, with its values filled in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    pub title: Option<String>,
    pub text: String,
    pub footer: Option<String>,
    #[serde(default, deserialize_with = "null_as_default")]
    pub buttons: Vec<TemplateButton>,
}

/// A button under a template: a quick reply, a link, or a number to call.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "lowercase")]
pub enum TemplateButton {
    Reply { id: String, text: String },
    Link { url: String, text: String },
    Call { number: String, text: String },
}

impl Template {
    pub(super) fn message(&self) -> wa::Message {
        let buttons = (0..).zip(&self.buttons).map(|(index, button)| HydratedTemplateButton {
            index: Some(index),
            hydrated_button: Some(button.hydrated()),
        });
        let rows = HydratedFourRowTemplate {
            hydrated_content_text: Some(self.text.clone()),
            hydrated_footer_text: self.footer.clone(),
            hydrated_buttons: buttons.collect(),
            title: self.title.clone().map(Title::HydratedTitleText),
            ..Default::default()
        };
        // Both fields have the rows: older clients read `format`.
        let template = TemplateMessage {
            hydrated_template: rows.clone().into(),
            format: Some(Format::HydratedFourRowTemplate(Box::new(rows))),
            ..Default::default()
        };
        wa::Message { template_message: template.into(), ..Default::default() }
    }
}

impl TemplateButton {
    fn hydrated(&self) -> HydratedButton {
        match self.clone() {
            Self::Reply { id, text } => {
                let button = HydratedQuickReplyButton { display_text: Some(text), id: Some(id) };
                HydratedButton::QuickReplyButton(Box::new(button))
            }
            Self::Link { url, text } => {
                let button = HydratedURLButton {
                    display_text: Some(text),
                    url: Some(url),
                    ..Default::default()
                };
                HydratedButton::UrlButton(Box::new(button))
            }
            Self::Call { number, text } => {
                let button =
                    HydratedCallButton { display_text: Some(text), phone_number: Some(number) };
                HydratedButton::CallButton(Box::new(button))
            }
        }
    }
}
