//! Frames and stanzas on one WebSocket.

use std::time::Duration;

use axum::extract::ws::{Message, WebSocket};
use bytes::{Buf, BytesMut};
use futures::stream::{SplitSink, SplitStream};
use futures::{SinkExt as _, StreamExt as _};
use thiserror::Error;
use wacore_binary::consts::WA_CONN_HEADER;
use wacore_binary::{Node, OwnedNodeRef};
use wacore_noise::NoiseCipher;
use wacore_noise::framing::{FrameDecoder, encode_frame};

/// Time that a client has to close its side of a connection that was closed here.
const LINGER: Duration = Duration::from_secs(1);
/// Marks the routing prefix a client may send before its hello (`wacore-noise` `edge_routing`).
const EDGE_ROUTING_MAGIC: &[u8] = b"ED\x00\x01";

#[derive(Debug, Error)]
pub(crate) enum SocketError {
    #[error("the client closed the connection")]
    Closed,
    #[error("websocket: {0}")]
    WebSocket(#[from] axum::Error),
    #[error("the stream does not begin with the WhatsApp header")]
    Header,
    #[error("frame: {0}")]
    Frame(anyhow::Error),
    #[error("noise: {0}")]
    Noise(#[from] wacore_noise::NoiseError),
    #[error("stanza: {0}")]
    Stanza(#[from] wacore_binary::BinaryError),
}

/// The receiving half: WebSocket messages to frames.
pub(crate) struct FrameReader {
    stream: SplitStream<WebSocket>,
    decoder: FrameDecoder,
    /// Bytes before the first frame, kept until the header is complete; `None` afterwards.
    preamble: Option<BytesMut>,
    received: u64,
}

/// The sending half.
pub(crate) struct FrameWriter {
    sink: SplitSink<WebSocket, Message>,
}

/// Both halves of a fresh WebSocket, before any encryption.
pub(crate) fn split(socket: WebSocket) -> (FrameReader, FrameWriter) {
    let (sink, stream) = socket.split();
    let reader = FrameReader {
        stream,
        decoder: FrameDecoder::new(),
        preamble: Some(BytesMut::new()),
        received: 0,
    };
    (reader, FrameWriter { sink })
}

impl FrameReader {
    pub(crate) async fn next(&mut self) -> Result<BytesMut, SocketError> {
        loop {
            if let Some(frame) = self.decoder.decode_frame() {
                return Ok(frame);
            }
            match self.stream.next().await {
                None | Some(Ok(Message::Close(_))) => return Err(SocketError::Closed),
                Some(Err(error)) => return Err(error.into()),
                Some(Ok(Message::Binary(bytes))) => {
                    self.received += bytes.len() as u64;
                    self.feed(&bytes)?;
                }
                Some(Ok(Message::Text(_) | Message::Ping(_) | Message::Pong(_))) => {}
            }
        }
    }

    /// Drops what comes until the client has closed its side too, for at most [`LINGER`]. A socket that is
    /// closed with unread bytes resets the connection, and the client loses the last frames.
    pub(crate) async fn drain(&mut self) {
        let closed = async { while let Some(Ok(_)) = self.stream.next().await {} };
        let _ = tokio::time::timeout(LINGER, closed).await;
    }

    fn feed(&mut self, bytes: &[u8]) -> Result<(), SocketError> {
        let Some(mut preamble) = self.preamble.take() else {
            self.decoder.feed(bytes);
            return Ok(());
        };
        preamble.extend_from_slice(bytes);
        if strip_header(&mut preamble)? {
            self.decoder.feed(&preamble);
        } else {
            self.preamble = Some(preamble);
        }
        Ok(())
    }

    /// Bytes received since the last call.
    pub(crate) fn take_received(&mut self) -> u64 {
        std::mem::take(&mut self.received)
    }
}

/// Removes the connection header. Returns `true` if it was complete.
fn strip_header(preamble: &mut BytesMut) -> Result<bool, SocketError> {
    if preamble.starts_with(EDGE_ROUTING_MAGIC) {
        let Some(length) = preamble.get(4..7) else {
            return Ok(false);
        };
        let length = length.iter().fold(0usize, |value, byte| value << 8 | usize::from(*byte));
        if preamble.len() < 7 + length {
            return Ok(false);
        }
        preamble.advance(7 + length);
    }
    if preamble.len() < WA_CONN_HEADER.len() {
        return Ok(false);
    }
    // The last byte is the dictionary version, which grows with every WhatsApp Web release.
    if preamble[..3] != WA_CONN_HEADER[..3] {
        return Err(SocketError::Header);
    }
    preamble.advance(WA_CONN_HEADER.len());
    Ok(true)
}

impl FrameWriter {
    /// Sends a payload as one frame and returns its size on the wire.
    pub(crate) async fn send(&mut self, payload: &[u8]) -> Result<u64, SocketError> {
        let frame = encode_frame(payload, None).map_err(SocketError::Frame)?;
        let size = frame.len() as u64;
        self.sink.send(Message::Binary(frame.into())).await?;
        Ok(size)
    }

    /// Closes the WebSocket with a close frame.
    pub(crate) async fn close(&mut self) {
        // The peer may be gone already, and then the error does not matter.
        let _ = self.sink.send(Message::Close(None)).await;
    }
}

/// Decrypts frames to stanzas. The nonce is the frame's number.
pub(crate) struct StanzaReader {
    pub(crate) frames: FrameReader,
    cipher: NoiseCipher,
    counter: u32,
}

impl StanzaReader {
    pub(crate) fn new(frames: FrameReader, cipher: NoiseCipher) -> Self {
        Self { frames, cipher, counter: 0 }
    }

    pub(crate) async fn next(&mut self) -> Result<Node, SocketError> {
        let mut frame = self.frames.next().await?;
        self.cipher.decrypt_in_place_with_counter(self.counter, &mut frame)?;
        self.counter += 1;
        let bytes = wacore_binary::util::unpack_bytes(frame)?;
        Ok(OwnedNodeRef::new(bytes)?.to_owned_node())
    }
}

/// Encrypts stanzas to frames.
pub(crate) struct StanzaWriter {
    frames: FrameWriter,
    cipher: NoiseCipher,
    counter: u32,
}

impl StanzaWriter {
    pub(crate) fn new(frames: FrameWriter, cipher: NoiseCipher) -> Self {
        Self { frames, cipher, counter: 0 }
    }

    /// Sends a stanza and returns its size on the wire.
    pub(crate) async fn send(&mut self, node: &Node) -> Result<u64, SocketError> {
        let mut bytes = wacore_binary::marshal(node)?;
        self.cipher.encrypt_in_place_with_counter(self.counter, &mut bytes)?;
        self.counter += 1;
        self.frames.send(&bytes).await
    }

    pub(crate) async fn close(&mut self) {
        self.frames.close().await;
    }
}
