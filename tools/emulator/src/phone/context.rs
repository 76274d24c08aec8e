use serde::Deserialize;
use wacore::proto_helpers::{MessageBuilderExt as _, MessageExt as _};
use wacore_binary::Jid;
use waproto::whatsapp::{
    self as wa,
    context_info::{ExternalAdReplyInfo, external_ad_reply_info::MediaType},
};

use super::{Phone, PhoneError};

/// Additions to a text, file or card: the `ContextInfo` of its content.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MessageContext {
    /// The message it answers.
    pub quote: Option<Quote>,
    /// JIDs of mentioned people.
    pub mentions: Vec<String>,
    /// The forwarding score; an original has 0.
    pub forwarded: Option<u32>,
    /// Seconds until the message disappears; the chat's timer if left out.
    pub expiration: Option<u32>,
    /// The ad from which the chat was started.
    pub ad: Option<Ad>,
}

/// A message that is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Quote {
    /// A message of the same chat, by id.
    Message(String),
    /// A status of the other person.
    Status(StatusQuote),
}

/// A status that is answered.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatusQuote {
    /// The id of the status.
    pub id: String,
    /// Its text.
    pub text: String,
}

/// An ad that leads to a chat ("click to WhatsApp").
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Ad {
    pub title: Option<String>,
    pub body: Option<String>,
    pub source_url: Option<String>,
    /// The id of the ad.
    pub source_id: Option<String>,
    pub thumbnail_url: Option<String>,
    /// The id of the click.
    pub ctwa_clid: Option<String>,
}

impl MessageContext {
    /// The context of an answer to a message of the same chat.
    pub fn reply(id: Option<&str>) -> Self {
        Self { quote: id.map(|id| Quote::Message(id.to_owned())), ..Self::default() }
    }
}

impl Phone {
    /// Adds a context to content for a chat that is in no envelope yet. Content of a chat with a
    /// timer carries the timer.
    pub(super) fn add_context(
        &self,
        to: &Jid,
        message: &mut wa::Message,
        context: &MessageContext,
    ) -> Result<(), PhoneError> {
        let mut info = match &context.quote {
            None => wa::ContextInfo::default(),
            Some(Quote::Message(id)) => self.quote(to, id)?,
            Some(Quote::Status(status)) => status.context(to),
        };
        info.mentioned_jid.clone_from(&context.mentions);
        if let Some(score) = context.forwarded {
            info.forwarding_score = Some(score);
            info.is_forwarded = Some(score > 0);
        }
        if let Some(ad) = &context.ad {
            ad.add_to(&mut info);
        }
        let chat = self.chats.get(&self.addresses.chat_name(to));
        let timer = chat.map_or(0, |chat| chat.timer());
        info.expiration = Some(context.expiration.unwrap_or(timer)).filter(|timer| *timer > 0);
        let is_of_chat = context.expiration.is_none() && info.expiration.is_some();
        info.ephemeral_setting_timestamp =
            chat.map(|chat| chat.timer_at()).filter(|at| is_of_chat && *at > 0);
        if info != wa::ContextInfo::default() {
            message.set_context_info(info);
        }
        Ok(())
    }
}

impl StatusQuote {
    fn context(&self, author: &Jid) -> wa::ContextInfo {
        wa::ContextInfo {
            stanza_id: Some(self.id.clone()),
            participant: Some(author.to_non_ad_string()),
            remote_jid: Some(Jid::status_broadcast().to_string()),
            quoted_message: wa::Message::text(self.text.as_str()).into(),
            ..Default::default()
        }
    }
}

impl Ad {
    fn add_to(&self, info: &mut wa::ContextInfo) {
        info.conversion_source = Some("FB_Ads".to_owned());
        info.entry_point_conversion_source = Some("ctwa_ad".to_owned());
        info.external_ad_reply = ExternalAdReplyInfo {
            title: self.title.clone(),
            body: self.body.clone(),
            media_type: Some(MediaType::IMAGE),
            thumbnail_url: self.thumbnail_url.clone(),
            source_type: Some("ad".to_owned()),
            source_id: self.source_id.clone(),
            source_url: self.source_url.clone(),
            show_ad_attribution: Some(true),
            ctwa_clid: self.ctwa_clid.clone(),
            ..Default::default()
        }
        .into();
    }
}
