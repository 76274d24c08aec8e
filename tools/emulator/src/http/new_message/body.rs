//! The fields of a request, as they are written.

use serde::Deserialize;

use super::file::{Media, Sticker};
use super::place::Location;
use super::poll::Poll;
use super::update::{Edit, Reaction, Revoke, Vote};
use crate::json::null_as_default;
use crate::phone::{
    Ad, ButtonReply, ContactCard, LinkPreview, ListReply, LiveLocation, Order, Product,
    StatusQuote, Template, TemplateReply,
};

/// The fields of a request.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Body {
    pub(super) to: String,
    /// The name of the content, which may be left out.
    pub(super) kind: Option<String>,
    pub(super) text: Option<String>,
    pub(super) media: Option<Media>,
    pub(super) sticker: Option<Sticker>,
    pub(super) location: Option<Location>,
    pub(super) live_location: Option<LiveLocation>,
    pub(super) contact: Option<ContactCard>,
    pub(super) contacts: Option<Vec<ContactCard>>,
    pub(super) poll: Option<Poll>,
    pub(super) vote: Option<Vote>,
    pub(super) button_reply: Option<ButtonReply>,
    pub(super) list_reply: Option<ListReply>,
    pub(super) template_reply: Option<TemplateReply>,
    pub(super) order: Option<Order>,
    pub(super) product: Option<Product>,
    pub(super) template: Option<Template>,
    pub(super) edit: Option<Edit>,
    pub(super) revoke: Option<Revoke>,
    pub(super) reaction: Option<Reaction>,
    /// Seconds until messages of the chat disappear; 0 turns that off.
    pub(super) disappearing_timer: Option<u32>,
    /// A `Message` in protobuf, in base64. It may hold any content.
    pub(super) content: Option<String>,

    /// The id of the message that it answers.
    pub(super) reply_to: Option<String>,
    /// The status that it answers.
    pub(super) reply_to_status: Option<StatusQuote>,
    /// Numbers or JIDs.
    #[serde(default, deserialize_with = "null_as_default")]
    pub(super) mentions: Vec<String>,
    /// The preview of a link in a text.
    pub(super) link_preview: Option<LinkPreview>,
    /// The forwarding score of a text.
    pub(super) forwarded: Option<u32>,
    /// Seconds until it disappears.
    pub(super) expiration: Option<u32>,
    /// The ad from which the customer came.
    pub(super) external_ad_reply: Option<Ad>,
    #[serde(default, deserialize_with = "null_as_default")]
    pub(super) view_once: bool,
    /// Digits of the broadcast list that the message is sent to.
    pub(super) broadcast: Option<String>,
    /// The message comes from the hosted device of a business.
    #[serde(default, deserialize_with = "null_as_default")]
    pub(super) hosted: bool,
    /// Recipients do not learn the sender's phone number.
    #[serde(default, deserialize_with = "null_as_default")]
    pub(super) number_withheld: bool,
}
