//! Messages from a phone, and its conversations.

use std::time::Duration;

use wacore_binary::Jid;

use super::{Control, ControlError, GroupChange, PhoneMessage};
use crate::phone::{Card, MessageContext, NewMedia, NewMessage};
use crate::simulated_phone::outgoing;
use crate::world::account::Account;
use crate::world::addressing::Addressing;
use crate::world::chat::Chat;
use crate::world::presentation::Presentation;

impl Control {
    /// Sends a text from the phone. Returns the message id. `to` is a number or a JID.
    pub async fn send_text(
        &self,
        number: &str,
        to: &str,
        text: &str,
    ) -> Result<String, ControlError> {
        self.send_reply(number, to, text, None).await
    }

    /// Sends a text from the phone, optionally quoting a message of the same chat by id.
    pub async fn send_reply(
        &self,
        number: &str,
        to: &str,
        text: &str,
        reply_to: Option<&str>,
    ) -> Result<String, ControlError> {
        let account = self.phone(number)?;
        let chat = self.chat_of_writer(&account, to)?;
        let presentation = &Presentation::Plain;
        Ok(outgoing::send_text(&self.world, &account, &chat, text, reply_to, presentation).await?)
    }

    /// Sends a text as a copy of another message. `score` is its forwarding score; an original has
    /// 0. Returns the message id.
    pub async fn forward(
        &self,
        number: &str,
        to: &str,
        text: &str,
        score: u32,
    ) -> Result<String, ControlError> {
        let context = MessageContext { forwarded: Some(score), ..MessageContext::default() };
        self.send_message(number, to, NewMessage::text(text).in_context(context)).await
    }

    /// Sends a text, file or card in its context. Returns the message id. `to` is a number or a
    /// JID, as are the mentioned people.
    pub async fn send_message(
        &self,
        number: &str,
        to: &str,
        mut message: NewMessage,
    ) -> Result<String, ControlError> {
        let account = self.phone(number)?;
        let chat = self.chat_of_writer(&account, to)?;
        let addressing = match &chat {
            Chat::Person(_) => account.directory().addressing,
            Chat::Group(cell) => cell.snapshot().addressing,
        };
        for mentioned in &mut message.context.mentions {
            *mentioned = self.mentioned(mentioned, addressing)?;
        }
        Ok(outgoing::send_message(&self.world, &account, &chat, &message).await?)
    }

    /// The JID of a mentioned person. People who have no phone here can be mentioned too.
    fn mentioned(&self, name: &str, addressing: Addressing) -> Result<String, ControlError> {
        if let Ok(account) = self.peer(name) {
            return Ok(account.jid(addressing).to_string());
        }
        let is_number = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
        match name.parse::<Jid>() {
            _ if is_number => Ok(Jid::pn(name).to_string()),
            Ok(jid) if name.contains('@') => Ok(jid.to_string()),
            _ => {
                Err(ControlError::Invalid(format!("mentions: {name:?} is nobody's number or JID")))
            }
        }
    }

    /// Votes in the poll `poll` of a chat; no options take an earlier vote back. Returns the id of
    /// the vote.
    pub async fn vote(
        &self,
        number: &str,
        to: &str,
        poll: &str,
        options: &[String],
    ) -> Result<String, ControlError> {
        let account = self.phone(number)?;
        let chat = self.chat_of_writer(&account, to)?;
        Ok(outgoing::send_vote(&self.world, &account, &chat, poll, options).await?)
    }

    /// Sets the timer of disappearing messages of a chat, in seconds; 0 turns it off. Returns the
    /// id of the setting, which is empty for a group: the server keeps that timer, and no message
    /// sets it.
    pub async fn set_timer(
        &self,
        number: &str,
        to: &str,
        seconds: u32,
    ) -> Result<String, ControlError> {
        let account = self.phone(number)?;
        let chat = self.chat(to)?;
        if matches!(chat, Chat::Group(_)) {
            let by = Some(number.to_owned());
            let timer = GroupChange { by, ephemeral: Some(seconds), ..GroupChange::default() };
            self.change_group(to, timer).await?;
            return Ok(String::new());
        }
        Ok(outgoing::send_timer(&self.world, &account, &chat, seconds).await?)
    }

    /// Sends a text that WhatsApp presents in another way. Returns the message id.
    pub async fn send_as(
        &self,
        number: &str,
        to: &str,
        text: &str,
        presentation: &Presentation,
    ) -> Result<String, ControlError> {
        let account = self.phone(number)?;
        let chat = self.presented_chat(&account, to, presentation)?;
        Ok(outgoing::send_text(&self.world, &account, &chat, text, None, presentation).await?)
    }

    /// Sends a message of any content, given as a `Message` in protobuf. Returns the message id.
    pub async fn send_content(
        &self,
        number: &str,
        to: &str,
        content: &[u8],
        presentation: &Presentation,
    ) -> Result<String, ControlError> {
        let account = self.phone(number)?;
        let chat = self.presented_chat(&account, to, presentation)?;
        let content = waproto::codec::message_decode(content)
            .map_err(|error| ControlError::Invalid(format!("content is no Message: {error}")))?;
        Ok(outgoing::send_content(&self.world, &account, &chat, content, presentation).await?)
    }

    /// The chat of a message that WhatsApp presents in another way, which it does for people only.
    fn presented_chat(
        &self,
        account: &Account,
        to: &str,
        presentation: &Presentation,
    ) -> Result<Chat, ControlError> {
        match self.chat_of_writer(account, to)? {
            Chat::Group(_) if *presentation != Presentation::Plain => Err(ControlError::Invalid(
                "broadcast, hosted and number_withheld do not go with a group".to_owned(),
            )),
            chat => Ok(chat),
        }
    }

    /// Sends a file from the phone. Returns the message id. `to` is a number or a JID.
    pub async fn send_media(
        &self,
        number: &str,
        to: &str,
        media: NewMedia,
    ) -> Result<String, ControlError> {
        self.send_media_reply(number, to, media, None).await
    }

    /// Sends a file from the phone, optionally quoting a message of the same chat by id.
    pub async fn send_media_reply(
        &self,
        number: &str,
        to: &str,
        media: NewMedia,
        reply_to: Option<&str>,
    ) -> Result<String, ControlError> {
        let context = MessageContext::reply(reply_to);
        self.send_message(number, to, NewMessage::media(media).in_context(context)).await
    }

    /// Sends a message other than a text or file from the phone. Returns the message id. `to` is a
    /// number or a JID.
    pub async fn send_card(
        &self,
        number: &str,
        to: &str,
        card: &Card,
    ) -> Result<String, ControlError> {
        self.send_message(number, to, NewMessage::card(card.clone())).await
    }

    /// Returns the messages of a chat on the phone, oldest first.
    pub async fn messages(
        &self,
        number: &str,
        with: &str,
    ) -> Result<Vec<PhoneMessage>, ControlError> {
        let account = self.phone(number)?;
        let chat = self.chat(with)?;
        let phone = account.phone.lock().await;
        Ok(phone.chats().messages(&chat.name()).to_vec())
    }

    /// Waits until a predicate over a chat holds, checked at every change, and returns the chat.
    pub async fn until(
        &self,
        number: &str,
        with: &str,
        timeout: Duration,
        predicate: impl Fn(&[PhoneMessage]) -> bool,
    ) -> Result<Vec<PhoneMessage>, ControlError> {
        let mut changes = self.world.changes();
        let holds = async {
            loop {
                changes.borrow_and_update();
                let messages = self.messages(number, with).await?;
                if predicate(&messages) {
                    return Ok(messages);
                }
                if changes.changed().await.is_err() {
                    return Err(ControlError::TimedOut("the emulator, which stopped"));
                }
            }
        };
        tokio::time::timeout(timeout, holds)
            .await
            .map_err(|_| ControlError::TimedOut("the conversation"))?
    }

    /// Waits until a predicate over a phone holds: its devices, chats, typing states.
    pub async fn until_phone(
        &self,
        number: &str,
        timeout: Duration,
        predicate: impl Fn(&super::PhoneInfo) -> bool,
    ) -> Result<super::PhoneInfo, ControlError> {
        let mut changes = self.world.changes();
        let holds = async {
            loop {
                changes.borrow_and_update();
                let phone = self.phone_info(number).await?;
                if predicate(&phone) {
                    return Ok(phone);
                }
                if changes.changed().await.is_err() {
                    return Err(ControlError::TimedOut("the emulator, which stopped"));
                }
            }
        };
        tokio::time::timeout(timeout, holds)
            .await
            .map_err(|_| ControlError::TimedOut("the phone"))?
    }
}
