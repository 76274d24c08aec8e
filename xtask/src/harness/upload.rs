//! Sends a file as the page of a conversation does.

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use ureq::http::StatusCode;

use super::HttpClient;

/// Bytes of the largest request; the server takes no more at once (`model::file_limits::CHUNK`).
pub(crate) const MAX_PIECE: usize = 4 * 1024 * 1024;

/// A file that a user sends. Sending it again continues, and does nothing once all of it was sent.
pub(crate) struct Upload<'a> {
    /// Id of the chat.
    pub(crate) chat: &'a str,
    /// WhatsApp's id of the message.
    pub(crate) wa_id: &'a str,
    /// `image`, `video`, `audio`, `voice`, `document` or `sticker`.
    pub(crate) kind: &'a str,
    pub(crate) mime: &'a str,
    pub(crate) name: &'a str,
    pub(crate) caption: &'a str,
    /// Its recipient may open it once.
    pub(crate) view_once: bool,
    pub(crate) bytes: &'a [u8],
    /// Bytes of a request, at most [`MAX_PIECE`].
    pub(crate) piece: usize,
}

impl Upload<'_> {
    /// Sends what the server does not have yet. Returns the id of the message in the inbox.
    ///
    /// # Errors
    /// Fails if a request is refused or not answered. The server keeps what it has received.
    pub(crate) fn send(&self, client: &HttpClient) -> Result<String> {
        let (message, mut received) = self.begin(client)?;
        let path = format!("/envios/{message}");
        loop {
            let rest = self.bytes.get(received..).context("the server has more than was sent")?;
            let piece = &rest[..rest.len().min(self.piece)];
            let answer = client.patch(&path, received, piece)?;
            match answer.status() {
                StatusCode::NO_CONTENT => received += piece.len(),
                // It was complete before: the answer to its last bytes was lost.
                StatusCode::NOT_FOUND | StatusCode::GONE if rest.is_empty() => return Ok(message),
                status => {
                    bail!("byte {received} of {} was answered with {status}", self.bytes.len())
                }
            }
            if received == self.bytes.len() {
                return Ok(message);
            }
        }
    }

    /// Announces the file. Returns the id of its message and the number of bytes that the server
    /// has.
    fn begin(&self, client: &HttpClient) -> Result<(String, usize)> {
        let Self { chat, wa_id, kind, mime, name, caption, view_once, bytes, .. } = self;
        let chat: i64 = chat.parse()?;
        let order = json!({
            "chat": chat, "wa_id": wa_id, "kind": kind, "mime": mime, "name": name,
            "caption": caption, "view_once": view_once, "size": bytes.len()
        });
        let mut answer = client.post_json("/envios", &order)?;
        let text = answer.body_mut().read_to_string()?;
        ensure!(
            answer.status().is_success(),
            "a file was answered with {} {text}",
            answer.status()
        );
        let begun: Value = serde_json::from_str(&text)?;
        let message = begun["message"].as_i64().context("a file without a message")?;
        let received = begun["received"].as_u64().context("no number of received bytes")?;
        Ok((message.to_string(), received.try_into()?))
    }
}
