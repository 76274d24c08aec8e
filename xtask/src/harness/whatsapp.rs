//! Controls the emulator's phones through its control API.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use ureq::{Agent, Body, http::Response};

/// Longer than any load that a benchmark requests.
const TIMEOUT: Duration = Duration::from_secs(120);

/// Larger than the JSON of all messages of a chat.
const MAX_RESPONSE: u64 = 64 * 1024 * 1024;

pub(crate) struct WhatsApp {
    agent: Agent,
    control: String,
}

impl WhatsApp {
    pub(crate) fn at(control: &str) -> Self {
        // The emulator's error message is more useful than its status.
        let config = Agent::config_builder().http_status_as_error(false);
        let agent = config.timeout_global(Some(TIMEOUT)).build().new_agent();
        Self { agent, control: control.to_owned() }
    }

    /// Returns the address of the control API.
    pub(crate) fn control(&self) -> &str {
        &self.control
    }

    /// Creates a phone and returns its number.
    pub(crate) fn new_phone(&self, name: &str) -> Result<String> {
        let phone = self.post("/phones", &json!({ "name": name }))?;
        Ok(phone["number"].as_str().context("a phone without a number")?.to_owned())
    }

    /// Enters a pairing code on the phone.
    pub(crate) fn enter_code(&self, phone: &str, code: &str) -> Result<()> {
        self.post(&format!("/phones/{phone}/pair-code"), &json!({ "code": code }))?;
        Ok(())
    }

    /// Sends a text from the phone. Returns WhatsApp's id of the message.
    pub(crate) fn send(&self, from: &str, to: &str, text: &str) -> Result<String> {
        self.send_content(from, to, json!({ "text": text }))
    }

    /// Sends any content that the emulator's `POST messages` takes. Returns WhatsApp's id of the
    /// message.
    pub(crate) fn send_content(&self, from: &str, to: &str, mut content: Value) -> Result<String> {
        content["to"] = json!(to);
        let sent = self.post(&format!("/phones/{from}/messages"), &content)?;
        Ok(sent["id"].as_str().context("a message without an id")?.to_owned())
    }

    /// Sends a picture with a caption from the phone. Returns WhatsApp's id of the message.
    pub(crate) fn send_picture(
        &self,
        from: &str,
        to: &str,
        caption: &str,
        bytes: &[u8],
    ) -> Result<String> {
        let media = json!({
            "kind": "image", "mime": "image/jpeg", "base64": BASE64_STANDARD.encode(bytes),
            "caption": caption
        });
        self.send_content(from, to, json!({ "media": media }))
    }

    /// Sends a document from the phone. Returns WhatsApp's id of the message.
    pub(crate) fn send_document(
        &self,
        from: &str,
        to: &str,
        name: &str,
        bytes: &[u8],
    ) -> Result<String> {
        let media = json!({
            "kind": "document", "mime": "application/octet-stream",
            "base64": BASE64_STANDARD.encode(bytes), "file_name": name
        });
        self.send_content(from, to, json!({ "media": media }))
    }

    /// Sends a square sticker from the phone. Returns WhatsApp's id of the message.
    pub(crate) fn send_sticker(
        &self,
        from: &str,
        to: &str,
        side: u32,
        bytes: &[u8],
    ) -> Result<String> {
        let sticker =
            json!({ "base64": BASE64_STANDARD.encode(bytes), "width": side, "height": side });
        self.send_content(from, to, json!({ "sticker": sticker }))
    }

    /// Sets the timer of a chat on the phone, in seconds; 0 turns it off.
    pub(crate) fn set_timer(&self, phone: &str, with: &str, seconds: u32) -> Result<()> {
        self.send_content(phone, with, json!({ "disappearing_timer": seconds }))?;
        Ok(())
    }

    /// Returns the timer of a chat on the phone, in seconds; 0 if it is off.
    pub(crate) fn timer(&self, phone: &str, with: &str) -> Result<u32> {
        let answer = self.agent.get(format!("{}/phones/{phone}", self.control)).call()?;
        let phone = read(answer).with_context(|| format!("the phone {phone}"))?;
        let mut chats = phone["chats"].as_array().into_iter().flatten();
        let chat = chats.find(|chat| chat["with"] == with).context("the phone has no such chat")?;
        let seconds = chat["expiration"].as_u64().context("a chat without a timer")?;
        Ok(seconds.try_into()?)
    }

    /// Returns the messages of the chat of a phone with a number, oldest first.
    pub(crate) fn messages(&self, phone: &str, with: &str) -> Result<Vec<Value>> {
        let url = format!("{}/phones/{phone}/messages", self.control);
        let answer = self.agent.get(url).query("with", with).call()?;
        let messages = read(answer).with_context(|| format!("the messages of {phone}"))?;
        Ok(serde_json::from_value(messages)?)
    }

    /// Injects a fault; see the emulator's `FaultRequest`.
    pub(crate) fn fault(&self, fault: &Value) -> Result<()> {
        self.post("/faults", fault)?;
        Ok(())
    }

    /// Has the phones write to the numbers in turn; returns when all messages are sent.
    pub(crate) fn load(
        &self,
        phones: &[String],
        to: &[String],
        per_second: usize,
        seconds: usize,
    ) -> Result<()> {
        let load = json!({
            "phones": phones, "to": to, "per_second": per_second, "seconds": seconds
        });
        let sent = self.post("/load", &load)?["sent"].as_u64();
        ensure!(sent == Some((per_second * seconds) as u64), "the phones sent {sent:?}");
        Ok(())
    }

    fn post(&self, path: &str, body: &Value) -> Result<Value> {
        let answer = self.agent.post(format!("{}{path}", self.control)).send_json(body);
        answer.map_err(Into::into).and_then(read).with_context(|| format!("the emulator's {path}"))
    }
}

/// Returns the emulator's response, or its error message.
fn read(mut answer: Response<Body>) -> Result<Value> {
    let body: Value = answer.body_mut().with_config().limit(MAX_RESPONSE).read_json()?;
    ensure!(answer.status().is_success(), "{}: {body}", answer.status());
    Ok(body)
}
