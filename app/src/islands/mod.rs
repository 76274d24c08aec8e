//! The interactive parts in the browser: one file per island, each named as the page uses it.
//!
//! An island's properties travel in the page as JSON; the browser reads them, builds the same view
//! again and takes over the existing elements. The content between the tags of an island stays as
//! the server made it.
//!
//! They are compiled into two programs (`frontend`): one for the inbox, one for all other pages.

#[cfg(feature = "pages")]
mod connections;
#[cfg(feature = "pages")]
mod copy;
#[cfg(feature = "pages")]
mod form;
#[cfg(feature = "inbox")]
mod inbox;
#[cfg(feature = "pages")]
mod more_rows;
#[cfg(feature = "pages")]
mod new_password;
mod packed;

#[cfg(feature = "pages")]
pub use connections::Connections;
#[cfg(feature = "pages")]
pub(crate) use connections::connections;
#[cfg(feature = "pages")]
pub use copy::Copy;
#[cfg(feature = "pages")]
pub use form::Form;
#[cfg(feature = "inbox")]
pub use inbox::Inbox;
#[cfg(feature = "pages")]
pub use more_rows::MoreRows;
#[cfg(feature = "pages")]
pub use new_password::NewPassword;
pub use packed::{Packed, Unread};
