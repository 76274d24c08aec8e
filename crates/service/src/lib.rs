//! The use cases: everything that people, programs and the machine's operator can have done.
//!
//! ```text
//!  app (server functions) ─┐
//!  server (routes)        ─┼─► one function of one module here ─┬─► store: Viewer, Grant, Admin
//!  server (command line)  ─┘   (Viewer and values in, data out)  └─► gateway::Pool
//! ```
//!
//! A function takes the [`Services`], the `Viewer` whose request it is, and typed values; it returns
//! data of `model` or `store`, or an [`Error`]. It knows no request, no cookie and no language: the
//! callers determine the viewer, parse typed text, and translate the result. The store checks access;
//! a use case requests the right that it needs.
//!
//! * [`inbox`], [`chats`], [`messages`], [`people`], [`drafts`], [`media`]: conversations, and what is
//!   done in them. [`chat_state`]: what is done with a whole one. [`polls`]: asking and voting.
//!   [`uploads`]: files that people send, which arrive in parts. [`stickers`]: those to choose from.
//!   [`link_previews`]: previews of links, by what their pages say. [`groups`]: what is known of
//!   groups, leaving them, and who may see them. [`pictures`], [`details`]: the person or group
//!   behind a conversation.
//! * [`numbers`]: the numbers and their settings; [`pairing`]: linking them to phones.
//! * [`users`], [`links`], [`access`], [`audit`]: administration. [`profile`],
//!   [`second_factor`]: a person's own account.
//! * [`login`], [`setup`]: requests before there is a viewer. `throttle` slows guesses down;
//!   [`client`] is the sender of a request.
//! * [`operator`]: the commands of the machine's operator.

pub mod access;
pub mod audit;
pub mod chat_state;
pub mod chats;
pub mod client;
pub mod details;
pub mod drafts;
mod error;
pub mod groups;
pub mod inbox;
pub mod link_previews;
pub mod links;
pub mod login;
pub mod media;
pub mod messages;
pub mod numbers;
pub mod operator;
pub mod pairing;
pub mod people;
pub mod pictures;
pub mod polls;
pub mod profile;
mod refusals;
pub mod second_factor;
mod services;
pub mod setup;
pub mod stickers;
mod throttle;
pub mod uploads;
pub mod users;

pub use client::{Client, Requester};
pub use error::Error;
pub use services::Services;
