//! Sanitises the input of strangers for display: names, texts, reactions, and the names and types
//! of files.
//!
//! All rules about letters are here. They need the tables of Unicode and are therefore applied on
//! the server only; the browser gets the result in [`model`].
//!
//! * [`name`]: the visible name of a person, if there is one; [`line`]: other words in one line;
//!   [`calm`]: a text without floods of marks.
//! * [`rich`]: WhatsApp's formatting, links and emojis alone as [`model::Piece`]s; [`plain`]: the
//!   same text without them.
//! * [`shown`]: the beginning of both for a bubble; [`cut`]: the beginning of any long text;
//!   [`size`] and [`size_of`]: the bytes of a text and of a piece in a page.
//! * [`host`]: the host that a link leads to; [`first_link`]: the link of a text that has a preview.
//! * [`is_reaction`]: the check of a reaction; [`first_reaction`]: the one of several emojis that is shown.
//! * [`email`]: the canonical form of an e-mail address.
//! * [`file_name`], [`shown_as`] and [`view`]: the name of a file, and the way in which a browser
//!   shows it.

mod cut;
mod email;
mod emoji;
mod files;
mod first_link;
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
pub use first_link::{WebLink, first_link};
pub use letters::has_visible;
pub use links::host;
pub use names::{calm, line, name};
pub use reactions::{first_reaction, is_reaction};
pub use rich::{plain, rich};
pub use shown::{Shown, shown, size, size_of};
