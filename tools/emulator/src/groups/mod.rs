//! What members do in groups, whoever asks for it: a client by an IQ, or a phone's user by the
//! control API.
//!
//! * [`create`], [`members`], [`settings`], [`picture`], [`invite`]: changes, which are refused to
//!   those who may not make them ([`refusal`])
//! * [`notice`]: the notifications by which all devices of the members learn of them; [`node`]: a
//!   group and its participants in stanzas
//! * [`dispatch`]: delivery of a message to a device of a member
//! * [`receipts`], [`typing`]: receipts and typing states

pub(crate) mod create;
pub(crate) mod dispatch;
pub(crate) mod invite;
pub(crate) mod members;
pub(crate) mod node;
pub(crate) mod notice;
pub(crate) mod picture;
pub(crate) mod receipts;
pub(crate) mod refusal;
pub(crate) mod settings;
pub(crate) mod typing;
