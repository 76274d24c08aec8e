//! The transport below the stanzas: certificate, Noise handshake, framing.
//!
//! A client opens a WebSocket and speaks length-prefixed frames on it. The first frames are a
//! Noise handshake ([`handshake`]) in which the server proves itself with a certificate chain
//! ([`identity`]); after it every frame is one encrypted binary-XML stanza ([`socket`]).
//! Media goes over plain HTTPS instead ([`tls`]).

pub(crate) mod handshake;
pub(crate) mod identity;
pub(crate) mod socket;
pub(crate) mod tls;
