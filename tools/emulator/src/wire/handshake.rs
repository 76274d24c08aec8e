//! The responder's side of the three Noise handshakes a client may start.
//!
//! * **XX** – a client without the server's key: hello, ServerHello with the encrypted static key
//!   and certificate chain, ClientFinish with the client's static key and payload.
//! * **IK** – a client with our cached static key sends its own and the payload in the first
//!   message; one answer ends the handshake.
//! * **XXfallback** – an IK hello we cannot decrypt (the cached key is another server's). The
//!   ServerHello carries a static key, which makes the client continue as in XX with the ephemeral
//!   key it already sent.
//!
//! Mirrors the initiators in `wacore-noise/src/handshake.rs`.

use thiserror::Error;
use wacore_binary::consts::{
    NOISE_PATTERN_IK, NOISE_PATTERN_XX, NOISE_PATTERN_XXFALLBACK, WA_CONN_HEADER,
};
use wacore_libsignal::protocol::KeyPair;
use wacore_noise::{HandshakeError, NoiseCipher, NoiseHandshake};
use waproto::buffa::{DecodeError, Message as _, MessageField};
use waproto::whatsapp::handshake_message::{ClientHello, ServerHello};
use waproto::whatsapp::{ClientPayload, HandshakeMessage};

use super::identity::ServerIdentity;

/// The reason why a handshake failed. The socket is closed without an answer, as on the real
/// server.
#[derive(Debug, Error)]
pub(crate) enum Rejected {
    #[error("handshake message does not parse: {0}")]
    Proto(#[from] DecodeError),
    #[error("handshake message lacks {0}")]
    Missing(&'static str),
    #[error("a key is not 32 bytes long")]
    KeyLength,
    #[error(transparent)]
    Noise(#[from] HandshakeError),
}

/// The handshake pattern of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pattern {
    Xx,
    Ik,
    XxFallback,
}

/// A finished handshake.
pub(crate) struct Established {
    pub(crate) pattern: Pattern,
    pub(crate) read: NoiseCipher,
    pub(crate) write: NoiseCipher,
    /// The client's static Noise key, which identifies the device at login.
    pub(crate) client_static: [u8; 32],
    pub(crate) payload: ClientPayload,
}

/// The next step after the client's hello.
pub(crate) enum Answered {
    /// IK: send the reply, and the handshake is finished.
    Established(Vec<u8>, Box<Established>),
    /// XX and XXfallback: send the reply and wait for the ClientFinish.
    AwaitFinish(Vec<u8>, Box<Pending>),
}

/// An XX handshake between ServerHello and ClientFinish.
pub(crate) struct Pending {
    pattern: Pattern,
    noise: NoiseHandshake,
    ephemeral: KeyPair,
}

/// Answers a client's hello.
pub(crate) fn answer(identity: &ServerIdentity, hello: &[u8]) -> Result<Answered, Rejected> {
    let hello = HandshakeMessage::decode_from_slice(hello)?
        .client_hello
        .into_option()
        .ok_or(Rejected::Missing("client_hello"))?;
    let client_ephemeral = key(hello.ephemeral.as_deref(), "ephemeral")?;
    if hello.r#static.is_none() {
        return answer_xx(identity, &client_ephemeral, Pattern::Xx);
    }
    match answer_ik(identity, &client_ephemeral, &hello) {
        Ok(answered) => Ok(answered),
        Err(reason) => {
            tracing::debug!(%reason, "IK hello refused, falling back to XX");
            answer_xx(identity, &client_ephemeral, Pattern::XxFallback)
        }
    }
}

fn answer_xx(
    identity: &ServerIdentity,
    client_ephemeral: &[u8; 32],
    pattern: Pattern,
) -> Result<Answered, Rejected> {
    let name = match pattern {
        Pattern::XxFallback => NOISE_PATTERN_XXFALLBACK,
        Pattern::Xx | Pattern::Ik => NOISE_PATTERN_XX,
    };
    let mut noise = NoiseHandshake::new(name, &WA_CONN_HEADER)?;
    noise.authenticate(client_ephemeral);
    let ephemeral = KeyPair::generate(&mut rand::rng());
    noise.authenticate(ephemeral.public_key.public_key_bytes());
    noise.mix_shared_secret(ephemeral.private_key.serialize(), client_ephemeral)?;
    let encrypted_static = noise.encrypt(identity.public_key())?;
    noise.mix_shared_secret(identity.private_key(), client_ephemeral)?;
    let certificate = noise.encrypt(identity.chain())?;
    let reply = server_hello(&ephemeral, Some(encrypted_static), certificate);
    let pending = Pending { pattern, noise, ephemeral };
    Ok(Answered::AwaitFinish(reply, Box::new(pending)))
}

fn answer_ik(
    identity: &ServerIdentity,
    client_ephemeral: &[u8; 32],
    hello: &ClientHello,
) -> Result<Answered, Rejected> {
    let mut noise = NoiseHandshake::new(NOISE_PATTERN_IK, &WA_CONN_HEADER)?;
    noise.authenticate(identity.public_key());
    noise.authenticate(client_ephemeral);
    noise.mix_shared_secret(identity.private_key(), client_ephemeral)?;
    let encrypted_static = hello.r#static.as_deref().ok_or(Rejected::Missing("static"))?;
    let client_static = key(Some(&noise.decrypt(encrypted_static)?), "static")?;
    noise.mix_shared_secret(identity.private_key(), &client_static)?;
    let payload = hello.payload.as_deref().ok_or(Rejected::Missing("payload"))?;
    let payload = ClientPayload::decode_from_slice(&noise.decrypt(payload)?)?;

    let ephemeral = KeyPair::generate(&mut rand::rng());
    noise.authenticate(ephemeral.public_key.public_key_bytes());
    noise.mix_shared_secret(ephemeral.private_key.serialize(), client_ephemeral)?;
    noise.mix_shared_secret(ephemeral.private_key.serialize(), &client_static)?;
    let certificate = noise.encrypt(identity.chain())?;
    let reply = server_hello(&ephemeral, None, certificate);
    let established = establish(Pattern::Ik, noise, client_static, payload)?;
    Ok(Answered::Established(reply, Box::new(established)))
}

impl Pending {
    /// Reads the ClientFinish that ends an XX handshake.
    pub(crate) fn finish(mut self, message: &[u8]) -> Result<Established, Rejected> {
        let finish = HandshakeMessage::decode_from_slice(message)?
            .client_finish
            .into_option()
            .ok_or(Rejected::Missing("client_finish"))?;
        let encrypted_static = finish.r#static.as_deref().ok_or(Rejected::Missing("static"))?;
        let client_static = key(Some(&self.noise.decrypt(encrypted_static)?), "static")?;
        self.noise.mix_shared_secret(self.ephemeral.private_key.serialize(), &client_static)?;
        let payload = finish.payload.as_deref().ok_or(Rejected::Missing("payload"))?;
        let payload = ClientPayload::decode_from_slice(&self.noise.decrypt(payload)?)?;
        establish(self.pattern, self.noise, client_static, payload)
    }
}

fn establish(
    pattern: Pattern,
    noise: NoiseHandshake,
    client_static: [u8; 32],
    payload: ClientPayload,
) -> Result<Established, Rejected> {
    // The initiator writes with the first key.
    let (read, write) = noise.finish()?;
    Ok(Established { pattern, read, write, client_static, payload })
}

fn server_hello(
    ephemeral: &KeyPair,
    encrypted_static: Option<Vec<u8>>,
    certificate: Vec<u8>,
) -> Vec<u8> {
    HandshakeMessage {
        server_hello: MessageField::some(ServerHello {
            ephemeral: Some(ephemeral.public_key.public_key_bytes().to_vec()),
            r#static: encrypted_static,
            payload: Some(certificate),
            ..Default::default()
        }),
        ..Default::default()
    }
    .encode_to_vec()
}

fn key(bytes: Option<&[u8]>, what: &'static str) -> Result<[u8; 32], Rejected> {
    bytes.ok_or(Rejected::Missing(what))?.try_into().map_err(|_| Rejected::KeyLength)
}
