//! What strangers write, made fit to show: names, texts, reactions, and the names and types of files.
//!
//! Rules about letters live here and nowhere else. They need Unicode's tables and are therefore applied
//! on the server only; the browser gets the outcome in [`model`].
//!
//! * [`name`]: the name to show of somebody, if there is one to see; [`line`]: any other words in a
//!   line; [`calm`]: a text that covers nothing else.
//! * [`rich`]: WhatsApp's formatting and links as [`model::Piece`]s; [`plain`] is the same without.
//! * [`shown`]: as much of both as a bubble begins with, and [`cut`] for whatever is too long.
//! * [`is_reaction`]: whether an emoji is one.
//! * [`email`]: an address as it is kept, looked up and counted.
//! * [`file_name`], [`shown_as`] and [`view`]: what a file is called, and whether a browser shows it.

mod cut;
mod email;
mod files;
mod inline;
mod letters;
mod links;
mod mono;
mod names;
mod reactions;
mod rich;
mod shown;

pub use cut::cut;
pub use email::{email, email_of_before};
pub use files::{ANYTHING, file_name, shown_as, view};
pub use letters::has_visible;
pub use names::{calm, line, name};
pub use reactions::is_reaction;
pub use rich::{plain, rich};
pub use shown::{Shown, shown};
