//! The body of `POST /phones/{number}/messages`.
//!
//! Text, media, places, contacts, polls, edits, revocations, reactions and any content in protobuf
//! are served; the other kinds of the contract are refused by name. `forwarded` makes a text a copy
//! of another one. `broadcast`, `hosted` and `number_withheld` change how WhatsApp presents a
//! message ([`Guise`]).

use axum::Json;
use axum::extract::{FromRequest, Request};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use serde_json::Value;

use super::error::Failure;
use super::strict::unread;
use crate::control::ControlError;
use crate::phone::{Card, MediaKind, MessageUpdate, NewMedia};
use crate::world::guise::Guise;

/// Size limit of a body. Base64 limits a file in it to three quarters of that.
pub(super) const LARGEST_MIB: usize = 64;

/// A message to send.
pub(super) struct NewMessage {
    pub(super) to: String,
    pub(super) content: Content,
    pub(super) reply_to: Option<String>,
    pub(super) guise: Guise,
}

/// The content of a message.
pub(super) enum Content {
    Text(String),
    /// A text that was copied from another chat.
    Forward {
        text: String,
        score: u32,
    },
    Media(NewMedia),
    Card(Card),
    Update(MessageUpdate),
    /// A `Message` in protobuf.
    Raw(Vec<u8>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    to: String,
    text: Option<String>,
    media: Option<Media>,
    location: Option<Location>,
    contact: Option<Contact>,
    poll: Option<Poll>,
    edit: Option<Edit>,
    revoke: Option<Revoke>,
    reaction: Option<Reaction>,
    reply_to: Option<String>,
    /// The forwarding score of a text.
    forwarded: Option<u32>,
    /// A `Message` in protobuf, in base64. It may hold any content.
    content: Option<String>,
    /// Digits of the broadcast list that the message is sent to.
    broadcast: Option<String>,
    /// The message comes from the hosted device of a business.
    #[serde(default)]
    hosted: bool,
    /// Recipients do not learn the sender's phone number.
    #[serde(default)]
    number_withheld: bool,
    /// The name of the content, which may be left out.
    kind: Option<String>,
    mentions: Option<Value>,
    view_once: Option<Value>,
    sticker: Option<Value>,
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
    thumbnail: Option<String>,
    /// A path that the message states instead of the file's own.
    direct_path: Option<String>,
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

/// A person's name and number.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Contact {
    name: String,
    number: String,
}

/// A question and the answers to it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Poll {
    name: String,
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

impl<S: Send + Sync> FromRequest<S> for NewMessage {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let Json(body) = Json::<Body>::from_request(request, state)
            .await
            .map_err(|error| unread(&error, LARGEST_MIB))?;
        Ok(body.read()?)
    }
}

impl Body {
    /// Checks that the content is of the kind that `kind` names, if it is there: the field that has
    /// the content, or the kind of a file.
    fn check_kind(&self) -> Result<(), ControlError> {
        let Some(kind) = self.kind.as_deref() else {
            return Ok(());
        };
        let set = [
            ("text", self.text.is_some()),
            ("media", self.media.is_some()),
            ("location", self.location.is_some()),
            ("contact", self.contact.is_some()),
            ("poll", self.poll.is_some()),
            ("edit", self.edit.is_some()),
            ("revoke", self.revoke.is_some()),
            ("reaction", self.reaction.is_some()),
            ("content", self.content.is_some()),
        ];
        let is_set = set.iter().any(|(field, is_set)| *is_set && *field == kind);
        let is_file = self.media.as_ref().is_some_and(|media| media.kind.as_str() == kind);
        if is_set || is_file {
            return Ok(());
        }
        let is_known = set.iter().any(|(field, _)| *field == kind);
        Err(ControlError::Invalid(match is_known {
            true => format!("kind is {kind}, and the field {kind} is missing"),
            false => format!("kind: {kind:?} is not the content of this message"),
        }))
    }

    fn read(self) -> Result<NewMessage, ControlError> {
        let unsupported = [
            (self.mentions.is_some(), "mentions"),
            (self.view_once.is_some(), "view-once messages"),
            (self.sticker.is_some(), "stickers outside of media"),
        ];
        if let Some((_, what)) = unsupported.into_iter().find(|(is_set, _)| *is_set) {
            return Err(ControlError::NotSupported(what));
        }
        self.check_kind()?;
        let updates = [
            self.edit.map(|Edit { id, text }| MessageUpdate::Edit { id, text }),
            self.revoke.map(|Revoke { id }| MessageUpdate::Revoke { id }),
            self.reaction.map(|Reaction { id, emoji }| MessageUpdate::Reaction { id, emoji }),
        ];
        let cards =
            [
                self.location.map(|Location { latitude, longitude, name, address }| {
                    Card::Location { latitude, longitude, name, address }
                }),
                self.contact.map(|Contact { name, number }| Card::Contact { name, number }),
                self.poll.map(|Poll { name, options }| Card::Poll { question: name, options }),
            ];
        let media = self.media.map(Media::read).transpose()?;
        let raw = self.content.map(|content| decode("content", &content)).transpose()?;
        if self.forwarded.is_some() && self.text.is_none() {
            return Err(invalid("only a text can be forwarded"));
        }
        let text = self.text.map(|text| match self.forwarded {
            None => Content::Text(text),
            Some(score) => Content::Forward { text, score },
        });
        let mut contents = [text, media.map(Content::Media)]
            .into_iter()
            .chain(cards.map(|card| card.map(Content::Card)))
            .chain(updates.map(|update| update.map(Content::Update)))
            .chain([raw.map(Content::Raw)])
            .flatten();
        let (Some(content), None) = (contents.next(), contents.next()) else {
            return Err(invalid(
                "a message is one of text, media, location, contact, poll, edit, revoke, reaction and content",
            ));
        };
        let can_reply = matches!(content, Content::Text(_) | Content::Media(_));
        if self.reply_to.is_some() && !can_reply {
            return Err(invalid("only text and media can be a reply"));
        }
        let guises = [
            self.broadcast.map(Guise::Broadcast),
            self.hosted.then_some(Guise::Hosted),
            self.number_withheld.then_some(Guise::NumberWithheld),
        ];
        let mut guises = guises.into_iter().flatten();
        let guise = guises.next().unwrap_or_default();
        if guises.next().is_some() {
            return Err(invalid("a message has one of broadcast, hosted and number_withheld"));
        }
        let can_be_presented = matches!(content, Content::Text(_) | Content::Raw(_));
        if guise != Guise::Plain && (!can_be_presented || self.reply_to.is_some()) {
            return Err(invalid("broadcast, hosted and number_withheld go with text or content"));
        }
        Ok(NewMessage { to: self.to, content, reply_to: self.reply_to, guise })
    }
}

fn invalid(why: &str) -> ControlError {
    ControlError::Invalid(why.to_owned())
}

impl Media {
    fn read(self) -> Result<NewMedia, ControlError> {
        let thumbnail = self.thumbnail.map(|thumbnail| decode("media.thumbnail", &thumbnail));
        Ok(NewMedia {
            kind: self.kind,
            mime: self.mime,
            bytes: decode("media.base64", &self.base64)?,
            caption: self.caption,
            file_name: self.file_name,
            seconds: self.seconds,
            width: self.width,
            height: self.height,
            thumbnail: thumbnail.transpose()?,
            direct_path: self.direct_path,
        })
    }
}

fn decode(field: &str, text: &str) -> Result<Vec<u8>, ControlError> {
    BASE64_STANDARD
        .decode(text)
        .map_err(|error| ControlError::Invalid(format!("{field} is not base64: {error}")))
}
