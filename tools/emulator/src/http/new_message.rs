//! The body of `POST /phones/{number}/messages`.
//!
//! A message has one content: one of the fields of [`Body`] up to `content`. The others say how it
//! is sent: in the context of other messages ([`MessageContext`]), as a file that may be opened
//! once, or presented by WhatsApp in another way ([`Guise`]). A body whose fields do not go together
//! is refused with the name of the field.

use axum::Json;
use axum::extract::{FromRequest, Request};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;

use super::error::Failure;
use super::strict::unread;
use crate::control::ControlError;
use crate::json::null_as_default;
use crate::phone::{
    Ad, ButtonReply, Card, ContactCard, LinkPreview, ListReply, LiveLocation, MediaKind,
    MessageContext, MessageUpdate, NewContent, NewMedia, NewMessage, Order, Product, Quote,
    StatusQuote, Template, TemplateReply,
};
use crate::world::guise::Guise;

/// Size limit of a body. Base64 limits a file in it to three quarters of that.
pub(super) const LARGEST_MIB: usize = 160;

/// Bytes of a waveform.
const WAVEFORM: usize = 64;

/// A message to send.
pub(super) struct SendRequest {
    pub(super) to: String,
    pub(super) content: Content,
}

/// The content of a message.
pub(super) enum Content {
    /// A text, file or card.
    New(Box<NewMessage>),
    /// A text that WhatsApp presents in another way.
    Disguised(String, Guise),
    /// A `Message` in protobuf.
    Raw(Vec<u8>, Guise),
    Update(MessageUpdate),
    /// A vote in the poll `id`.
    Vote {
        id: String,
        options: Vec<String>,
    },
    /// The chat's timer of disappearing messages, in seconds.
    Timer(u32),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    to: String,
    /// The name of the content, which may be left out.
    kind: Option<String>,
    text: Option<String>,
    media: Option<Media>,
    sticker: Option<Sticker>,
    location: Option<Location>,
    live_location: Option<LiveLocation>,
    contact: Option<ContactCard>,
    contacts: Option<Vec<ContactCard>>,
    poll: Option<Poll>,
    vote: Option<Vote>,
    button_reply: Option<ButtonReply>,
    list_reply: Option<ListReply>,
    template_reply: Option<TemplateReply>,
    order: Option<Order>,
    product: Option<Product>,
    template: Option<Template>,
    edit: Option<Edit>,
    revoke: Option<Revoke>,
    reaction: Option<Reaction>,
    /// Seconds until messages of the chat disappear; 0 turns that off.
    disappearing_timer: Option<u32>,
    /// A `Message` in protobuf, in base64. It may hold any content.
    content: Option<String>,

    /// The id of the message that it answers.
    reply_to: Option<String>,
    /// The status that it answers.
    reply_to_status: Option<StatusQuote>,
    /// Numbers or JIDs.
    #[serde(default, deserialize_with = "null_as_default")]
    mentions: Vec<String>,
    /// The preview of a link in a text.
    link_preview: Option<LinkPreview>,
    /// The forwarding score of a text.
    forwarded: Option<u32>,
    /// Seconds until it disappears.
    expiration: Option<u32>,
    /// The ad from which the customer came.
    external_ad_reply: Option<Ad>,
    #[serde(default, deserialize_with = "null_as_default")]
    view_once: bool,
    /// Digits of the broadcast list that the message is sent to.
    broadcast: Option<String>,
    /// The message comes from the hosted device of a business.
    #[serde(default, deserialize_with = "null_as_default")]
    hosted: bool,
    /// Recipients do not learn the sender's phone number.
    #[serde(default, deserialize_with = "null_as_default")]
    number_withheld: bool,
}

/// A file in base64, with an optional thumbnail in base64.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Media {
    kind: MediaKind,
    mime: String,
    base64: String,
    caption: Option<String>,
    file_name: Option<String>,
    seconds: Option<u32>,
    width: Option<u32>,
    height: Option<u32>,
    page_count: Option<u32>,
    thumbnail: Option<String>,
    /// The volume over time of an audio or voice message: 64 bytes in base64.
    waveform: Option<String>,
    /// The video plays like a GIF.
    #[serde(default, deserialize_with = "null_as_default")]
    gif_playback: bool,
    /// The sticker moves.
    #[serde(default, deserialize_with = "null_as_default")]
    animated: bool,
    /// The id of the album that an image or a video is part of.
    album: Option<String>,
    /// A path that the message states instead of the file's own.
    direct_path: Option<String>,
}

/// A sticker in base64.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sticker {
    /// `image/webp` if left out.
    mime: Option<String>,
    base64: String,
    width: Option<u32>,
    height: Option<u32>,
    #[serde(default, deserialize_with = "null_as_default")]
    animated: bool,
}

/// A place, in degrees.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Location {
    latitude: f64,
    longitude: f64,
    name: Option<String>,
    address: Option<String>,
}

/// A question and the answers to it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Poll {
    name: String,
    options: Vec<String>,
    /// Any number of answers may be chosen.
    #[serde(default, deserialize_with = "null_as_default")]
    multiple: bool,
}

/// A vote in the poll `id`; no options take an earlier one back.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vote {
    id: String,
    options: Vec<String>,
}

/// A new text for the message `id`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Edit {
    id: String,
    text: String,
}

/// Deletion of the message `id` for everybody.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Revoke {
    id: String,
}

/// A reaction to the message `id`; an empty emoji takes it back.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reaction {
    id: String,
    emoji: String,
}

impl<S: Send + Sync> FromRequest<S> for SendRequest {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        match Json::<Body>::from_request(request, state).await {
            Ok(Json(body)) => Ok(body.read()?),
            Err(rejection) => Err(unread(&rejection, LARGEST_MIB).into()),
        }
    }
}

impl Body {
    /// The fields with content, by name; a message has one of them.
    fn contents(&self) -> [(&'static str, bool); 20] {
        [
            ("text", self.text.is_some()),
            ("media", self.media.is_some()),
            ("sticker", self.sticker.is_some()),
            ("location", self.location.is_some()),
            ("live_location", self.live_location.is_some()),
            ("contact", self.contact.is_some()),
            ("contacts", self.contacts.is_some()),
            ("poll", self.poll.is_some()),
            ("vote", self.vote.is_some()),
            ("button_reply", self.button_reply.is_some()),
            ("list_reply", self.list_reply.is_some()),
            ("template_reply", self.template_reply.is_some()),
            ("order", self.order.is_some()),
            ("product", self.product.is_some()),
            ("template", self.template.is_some()),
            ("edit", self.edit.is_some()),
            ("revoke", self.revoke.is_some()),
            ("reaction", self.reaction.is_some()),
            ("disappearing_timer", self.disappearing_timer.is_some()),
            ("content", self.content.is_some()),
        ]
    }

    /// The name of the one content.
    fn content_name(&self) -> Result<&'static str, ControlError> {
        let contents = self.contents();
        let mut set = contents.iter().filter(|(_, is_set)| *is_set).map(|(field, _)| *field);
        match (set.next(), set.next()) {
            (Some(field), None) => Ok(field),
            (Some(field), Some(other)) => {
                Err(invalid(format!("{field} and {other}: a message has one content")))
            }
            (None, _) => {
                let names: Vec<_> = contents.iter().map(|(field, _)| *field).collect();
                Err(invalid(format!("a message is one of {}", names.join(", "))))
            }
        }
    }

    /// Checks that the content is of the kind that `kind` names, if it is there: the field that has
    /// the content, the kind of a file, or the kind that lists of messages give.
    fn check_kind(&self, content: &str) -> Result<(), ControlError> {
        let Some(kind) = self.kind.as_deref() else {
            return Ok(());
        };
        let is_file = self.media.as_ref().is_some_and(|media| media.kind.as_str() == kind);
        if kind == content || is_file || self.is_listed_as(content, kind) {
            return Ok(());
        }
        let is_known = self.contents().iter().any(|(field, _)| *field == kind);
        Err(invalid(match is_known {
            true => format!("kind is {kind}, and the field {kind} is missing"),
            false => format!("kind: {kind:?} is not the content of this message"),
        }))
    }

    /// Returns `true` if `GET /phones/{number}/messages` gives the content this kind, where that is
    /// not the name of the field.
    fn is_listed_as(&self, content: &str, kind: &str) -> bool {
        match content {
            "media" => {
                let is_voice =
                    self.media.as_ref().is_some_and(|media| media.kind == MediaKind::Voice);
                kind == "audio" && is_voice
            }
            "live_location" => kind == "location",
            "contacts" => kind == "contact",
            "vote" => kind == "poll_vote",
            "template_reply" => kind == "button_reply",
            _ => false,
        }
    }

    /// The first field beside the content that does not go with it.
    fn misplaced_field(&self, content: &str, guise: &Guise) -> Option<&'static str> {
        let is_raw = content == "content";
        let is_text = content == "text";
        let has_context = !matches!(
            content,
            "content" | "edit" | "revoke" | "reaction" | "vote" | "disappearing_timer"
        ) && *guise == Guise::Plain;
        let can_be_viewed_once = self
            .media
            .as_ref()
            .is_some_and(|media| !matches!(media.kind, MediaKind::Document | MediaKind::Sticker));
        let is_presented = *guise != Guise::Plain;
        let fields = [
            ("broadcast", self.broadcast.is_some(), is_text || is_raw),
            ("hosted", self.hosted, is_text || is_raw),
            ("number_withheld", self.number_withheld, is_text || is_raw),
            ("reply_to", self.reply_to.is_some(), has_context),
            (
                "reply_to_status",
                self.reply_to_status.is_some(),
                has_context && self.reply_to.is_none(),
            ),
            ("mentions", !self.mentions.is_empty(), has_context),
            ("forwarded", self.forwarded.is_some(), is_text && !is_presented),
            ("link_preview", self.link_preview.is_some(), is_text && !is_presented),
            ("expiration", self.expiration.is_some(), has_context),
            ("external_ad_reply", self.external_ad_reply.is_some(), has_context),
            ("view_once", self.view_once, can_be_viewed_once),
        ];
        let misplaced = fields.into_iter().find(|(_, is_set, belongs)| *is_set && !*belongs);
        misplaced.map(|(field, ..)| field)
    }

    fn guise(&self) -> Result<Guise, ControlError> {
        let guises = [
            self.broadcast.clone().map(Guise::Broadcast),
            self.hosted.then_some(Guise::Hosted),
            self.number_withheld.then_some(Guise::NumberWithheld),
        ];
        let mut guises = guises.into_iter().flatten();
        let guise = guises.next().unwrap_or_default();
        match guises.next() {
            None => Ok(guise),
            Some(_) => Err(invalid("a message has one of broadcast, hosted and number_withheld")),
        }
    }

    fn read(mut self) -> Result<SendRequest, ControlError> {
        let name = self.content_name()?;
        self.check_kind(name)?;
        let guise = self.guise()?;
        if let Some(field) = self.misplaced_field(name, &guise) {
            return Err(invalid(format!("{field} does not go with {name}")));
        }
        let to = std::mem::take(&mut self.to);
        let content = match self.update() {
            Some(content) => content,
            None => self.other_content(guise)?,
        };
        Ok(SendRequest { to, content })
    }

    /// A change of a message or of the chat.
    fn update(&mut self) -> Option<Content> {
        if let Some(Vote { id, options }) = self.vote.take() {
            return Some(Content::Vote { id, options });
        }
        if let Some(seconds) = self.disappearing_timer {
            return Some(Content::Timer(seconds));
        }
        let edit = self.edit.take().map(|Edit { id, text }| MessageUpdate::Edit { id, text });
        let revoke = self.revoke.take().map(|Revoke { id }| MessageUpdate::Revoke { id });
        let reaction = self
            .reaction
            .take()
            .map(|Reaction { id, emoji }| MessageUpdate::Reaction { id, emoji });
        edit.or(revoke).or(reaction).map(Content::Update)
    }

    fn other_content(mut self, guise: Guise) -> Result<Content, ControlError> {
        if let Some(content) = &self.content {
            return Ok(Content::Raw(decode("content", content)?, guise));
        }
        let content = if let Some(text) = self.text.take() {
            if guise != Guise::Plain {
                return Ok(Content::Disguised(text, guise));
            }
            match self.link_preview.take() {
                Some(preview) => {
                    if let Some(thumbnail) = &preview.thumbnail_base64 {
                        decode("link_preview.thumbnail_base64", thumbnail)?;
                    }
                    NewContent::LinkedText(text, preview)
                }
                None => NewContent::Text(text),
            }
        } else if let Some(media) = self.media.take() {
            NewContent::Media(media.read(self.view_once)?)
        } else if let Some(sticker) = self.sticker.take() {
            NewContent::Media(sticker.read()?)
        } else {
            NewContent::Card(self.card()?)
        };
        let quote = match (self.reply_to, self.reply_to_status) {
            (Some(id), _) => Some(Quote::Message(id)),
            (None, status) => status.map(Quote::Status),
        };
        let context = MessageContext {
            quote,
            mentions: self.mentions,
            forwarded: self.forwarded,
            expiration: self.expiration,
            ad: self.external_ad_reply,
        };
        Ok(Content::New(Box::new(NewMessage { content, context })))
    }

    fn card(&mut self) -> Result<Card, ControlError> {
        if let Some(poll) = self.poll.take() {
            return poll.read();
        }
        if let Some(contacts) = self.contacts.take() {
            return match contacts.is_empty() {
                true => Err(invalid("contacts is empty")),
                false => Ok(Card::Contacts(contacts)),
            };
        }
        let location = self.location.take().map(|place| {
            let Location { latitude, longitude, name, address } = place;
            Card::Location { latitude, longitude, name, address }
        });
        let contact =
            self.contact.take().map(|ContactCard { name, number }| Card::Contact { name, number });
        let cards = [
            location,
            contact,
            self.live_location.take().map(Card::LiveLocation),
            self.button_reply.take().map(Card::ButtonReply),
            self.list_reply.take().map(Card::ListReply),
            self.template_reply.take().map(Card::TemplateReply),
            self.order.take().map(Card::Order),
            self.product.take().map(Card::Product),
            self.template.take().map(Card::Template),
        ];
        let card = cards.into_iter().flatten().next();
        card.ok_or_else(|| invalid("a message has one content"))
    }
}

fn invalid(why: impl Into<String>) -> ControlError {
    ControlError::Invalid(why.into())
}

impl Media {
    fn read(self, view_once: bool) -> Result<NewMedia, ControlError> {
        let is_audio = matches!(self.kind, MediaKind::Audio | MediaKind::Voice);
        let is_shown = matches!(self.kind, MediaKind::Image | MediaKind::Video);
        let misplaced = [
            ("media.waveform", self.waveform.is_some() && !is_audio),
            ("media.page_count", self.page_count.is_some() && self.kind != MediaKind::Document),
            ("media.album", self.album.is_some() && !is_shown),
            ("media.gif_playback", self.gif_playback && self.kind != MediaKind::Video),
            ("media.animated", self.animated && self.kind != MediaKind::Sticker),
        ];
        if let Some((field, _)) = misplaced.into_iter().find(|(_, is_misplaced)| *is_misplaced) {
            return Err(invalid(format!("{field} does not go with {}", self.kind.as_str())));
        }
        let thumbnail = self.thumbnail.map(|thumbnail| decode("media.thumbnail", &thumbnail));
        let waveform = self.waveform.map(|waveform| decode("media.waveform", &waveform));
        let waveform = waveform.transpose()?;
        if waveform.as_ref().is_some_and(|waveform| waveform.len() != WAVEFORM) {
            return Err(invalid("media.waveform has 64 bytes"));
        }
        Ok(NewMedia {
            caption: self.caption,
            file_name: self.file_name,
            seconds: self.seconds,
            width: self.width,
            height: self.height,
            page_count: self.page_count,
            thumbnail: thumbnail.transpose()?,
            waveform,
            gif_playback: self.gif_playback,
            animated: self.animated,
            view_once,
            album: self.album,
            direct_path: self.direct_path,
            ..NewMedia::new(self.kind, self.mime, decode("media.base64", &self.base64)?)
        })
    }
}

impl Sticker {
    fn read(self) -> Result<NewMedia, ControlError> {
        let bytes = decode("sticker.base64", &self.base64)?;
        let mime = self.mime.unwrap_or_else(|| "image/webp".to_owned());
        Ok(NewMedia {
            width: self.width,
            height: self.height,
            animated: self.animated,
            ..NewMedia::new(MediaKind::Sticker, mime, bytes)
        })
    }
}

impl Poll {
    fn read(self) -> Result<Card, ControlError> {
        let Self { name: question, options, multiple } = self;
        // WhatsApp's apps offer 2 to 12; a hostile client sends any number.
        if options.is_empty() {
            return Err(invalid("poll.options is empty"));
        }
        Ok(match multiple {
            true => Card::MultipleChoice { question, options },
            false => Card::Poll { question, options },
        })
    }
}

fn decode(field: &str, text: &str) -> Result<Vec<u8>, ControlError> {
    BASE64_STANDARD
        .decode(text)
        .map_err(|error| ControlError::Invalid(format!("{field} is not base64: {error}")))
}
