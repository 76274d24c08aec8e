//! The emulator's phones, through its control API.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use ureq::{Agent, Body, http::Response};

/// Longer than any load a part asks for.
const TIMEOUT: Duration = Duration::from_secs(120);

/// Larger than all messages of a chat.
const LARGEST: u64 = 64 * 1024 * 1024;

pub(crate) struct WhatsApp {
    agent: Agent,
    control: String,
}

impl WhatsApp {
    pub(crate) fn at(control: &str) -> Self {
        // What the emulator says is worth more than its status.
        let config = Agent::config_builder().http_status_as_error(false);
        let agent = config.timeout_global(Some(TIMEOUT)).build().new_agent();
        Self { agent, control: control.to_owned() }
    }

    /// Address of the control API.
    pub(crate) fn control(&self) -> &str {
        &self.control
    }

    /// A new phone's number.
    pub(crate) fn new_phone(&self, name: &str) -> Result<String> {
        let phone = self.post("/phones", &json!({ "name": name }))?;
        Ok(phone["number"].as_str().context("a phone without a number")?.to_owned())
    }

    /// The phone's owner types a pairing code.
    pub(crate) fn enter_code(&self, phone: &str, code: &str) -> Result<()> {
        self.post(&format!("/phones/{phone}/pair-code"), &json!({ "code": code }))?;
        Ok(())
    }

    pub(crate) fn send(&self, from: &str, to: &str, text: &str) -> Result<()> {
        self.post(&format!("/phones/{from}/messages"), &json!({ "to": to, "text": text }))?;
        Ok(())
    }

    /// The phone sends a picture with a caption.
    pub(crate) fn send_picture(
        &self,
        from: &str,
        to: &str,
        caption: &str,
        bytes: &[u8],
    ) -> Result<()> {
        let media = json!({
            "kind": "image", "mime": "image/jpeg", "base64": BASE64_STANDARD.encode(bytes),
            "caption": caption
        });
        self.post(&format!("/phones/{from}/messages"), &json!({ "to": to, "media": media }))?;
        Ok(())
    }

    /// What a phone has in its chat with a number, oldest first.
    pub(crate) fn messages(&self, phone: &str, with: &str) -> Result<Vec<Value>> {
        let url = format!("{}/phones/{phone}/messages", self.control);
        let answer = self.agent.get(url).query("with", with).call()?;
        let messages = read(answer).with_context(|| format!("the messages of {phone}"))?;
        Ok(serde_json::from_value(messages)?)
    }

    /// Makes something go wrong; see the emulator's `FaultRequest`.
    pub(crate) fn fault(&self, fault: &Value) -> Result<()> {
        self.post("/faults", fault)?;
        Ok(())
    }

    /// The phones write to numbers in turn; returns when all messages are sent.
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

/// What the emulator answers, or what it says is wrong.
fn read(mut answer: Response<Body>) -> Result<Value> {
    let body: Value = answer.body_mut().with_config().limit(LARGEST).read_json()?;
    ensure!(answer.status().is_success(), "{}: {body}", answer.status());
    Ok(body)
}
