//! Checks that the fields of a request go together.

use super::body::Body;
use super::invalid::invalid;
use super::misplaced::first_misplaced;
use crate::control::ControlError;
use crate::phone::MediaKind;
use crate::world::presentation::Presentation;

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
    pub(super) fn content_name(&self) -> Result<&'static str, ControlError> {
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
    pub(super) fn check_kind(&self, content: &str) -> Result<(), ControlError> {
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
    pub(super) fn misplaced_field(
        &self,
        content: &str,
        presentation: &Presentation,
    ) -> Option<&'static str> {
        let is_raw = content == "content";
        let is_text = content == "text";
        let has_context = !matches!(
            content,
            "content" | "edit" | "revoke" | "reaction" | "vote" | "disappearing_timer"
        ) && *presentation == Presentation::Plain;
        let can_be_viewed_once = self
            .media
            .as_ref()
            .is_some_and(|media| !matches!(media.kind, MediaKind::Document | MediaKind::Sticker));
        let is_presented = *presentation != Presentation::Plain;
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
        first_misplaced(fields)
    }

    pub(super) fn presentation(&self) -> Result<Presentation, ControlError> {
        let presentations = [
            self.broadcast.clone().map(Presentation::Broadcast),
            self.hosted.then_some(Presentation::Hosted),
            self.number_withheld.then_some(Presentation::NumberWithheld),
        ];
        let mut presentations = presentations.into_iter().flatten();
        let presentation = presentations.next().unwrap_or_default();
        match presentations.next() {
            None => Ok(presentation),
            Some(_) => Err(invalid("a message has one of broadcast, hosted and number_withheld")),
        }
    }
}
