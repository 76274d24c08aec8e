//! Previews of links in texts that people write: the server asks the page, shows its words and picture
//! to the author, and puts them into the message when it is sent.
//!
//! ```text
//!  offer ─► first link of the text ─► known? ─► web: page, picture ─► page: words ─► card for the author
//!  drop  ─► no preview for this link                                      │
//!  messages::send_text ◄── the offer of (user, chat, link), if it is there ┘
//! ```
//!
//! * `offers` has the pages that were asked, and the previews that wait for their texts.
//! * `web` makes the requests, to public addresses only; `page` reads what a page says of itself.
//! * `turns` bounds how many pages are fetched at a time, `expiring` how much is remembered.
//!
//! The owner of a page learns the address of this server and that somebody here has the link, so
//! previews can be turned off ([`crate::Services::without_link_previews`]). Received messages never
//! cause a request.

mod expiring;
mod offers;
mod page;
mod turns;
mod web;

use model::ChatId;
use model::content::LinkCard;
use store::Viewer;

pub(crate) use self::offers::LinkPreviews;
use self::offers::first_link;
use crate::{Error, Services};

/// Returns the preview of the first link of a text that the viewer is writing in a chat, and keeps it for
/// that text; `None` if there is no link, its page has no preview, or previews are turned off.
///
/// # Errors
/// [`store::Error::NotFound`] unless the viewer may write in the chat; [`Error::TooMany`] while too many
/// pages are fetched.
pub async fn offer(
    services: &Services,
    viewer: &Viewer,
    chat: ChatId,
    text: &str,
) -> Result<Option<LinkCard>, Error> {
    let (_, chat) = viewer.write_chat(chat).await?;
    let Some(previews) = &services.link_previews else { return Ok(None) };
    let Some(link) = first_link(text) else { return Ok(None) };
    let user = viewer.user().id;
    let Some(found) = previews.find(user, &link.address).await? else { return Ok(None) };
    let card = LinkCard {
        link: link.written.clone(),
        host: text::host(&link.address).unwrap_or_default().to_owned(),
        title: found.title.clone(),
        description: found.description.clone(),
        picture: found.picture.clone(),
    };
    previews.offer(user, chat.id, link.written, found);
    Ok(Some(card))
}

/// Removes the preview of a link: a text of the viewer in this chat is sent without it.
///
/// # Errors
/// [`store::Error::NotFound`] unless the viewer may write in the chat.
pub async fn drop_offer(
    services: &Services,
    viewer: &Viewer,
    chat: ChatId,
    link: String,
) -> Result<(), Error> {
    let (_, chat) = viewer.write_chat(chat).await?;
    if let Some(previews) = &services.link_previews {
        previews.forget(viewer.user().id, chat.id, link);
    }
    Ok(())
}
