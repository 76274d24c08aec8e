//! What lives on in the browser: one file per island, each named as the page uses it.
//!
//! An island's properties travel in the page as JSON; the browser reads them, builds the same view
//! again and takes over the elements that are there. What stands between the tags of an island
//! stays as the server made it.

mod connections;
mod copy;
mod form;
mod inbox;
mod more_rows;
mod new_password;
mod packed;

pub use connections::Connections;
pub use copy::Copy;
pub use form::Form;
pub use inbox::Inbox;
pub use more_rows::MoreRows;
pub use new_password::NewPassword;
pub use packed::Packed;
