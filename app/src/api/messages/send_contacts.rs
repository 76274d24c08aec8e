use leptos::prelude::*;
use model::{ChatId, ChosenContact, Message, MessageId, WaMessageId};
#[cfg(feature = "ssr")]
use {
    model::{MessageContent, bounds, content::Contact},
    store::Viewer,
};

use crate::ApiError;
#[cfg(feature = "ssr")]
use crate::error::{Field, Problem};

/// Queues contacts as one message, which may answer the message `reply_to` of the same chat.
/// `browser/later/contacts/contacts-dialog.js` makes `wa_id`, so that a repeated request is the same message.
#[server(prefix = "/api", endpoint = "send_contacts")]
pub async fn send_contacts(
    chat: ChatId,
    contacts: Vec<ChosenContact>,
    #[server(default)] wa_id: Option<WaMessageId>,
    #[server(default)] reply_to: Option<MessageId>,
) -> Result<Message, ApiError> {
    let (services, viewer) = crate::api::request_context::viewer().await?;
    if contacts.len() > bounds::SENT_CONTACTS {
        return Err(ApiError::Malformed);
    }
    let mut all = Vec::with_capacity(contacts.len());
    for chosen in contacts {
        all.push(contact(&viewer, chat, chosen).await?);
    }
    let all = MessageContent::Contacts(all);
    let sent =
        service::messages::send_content(&services, &viewer, chat, wa_id, all, reply_to).await;
    Ok(sent?)
}

/// Returns a chosen contact as it is sent. Nobody has asked WhatsApp about a typed phone.
#[cfg(feature = "ssr")]
async fn contact(
    viewer: &Viewer,
    chat: ChatId,
    chosen: ChosenContact,
) -> Result<Contact, ApiError> {
    if let Some(of) = chosen.chat {
        return Ok(service::people::contact(viewer, chat, of).await?);
    }
    let phone = crate::api::request_context::phone(&chosen.phone, None)?;
    let phone = phone.ok_or(ApiError::Invalid { field: Field::Phone, problem: Problem::Empty })?;
    let phone = phone.to_string();
    let has_name = !chosen.name.trim().is_empty();
    let name = if has_name { chosen.name } else { phone.clone() };
    Ok(Contact { name, phones: vec![phone], more: 0 })
}
