//! The data of whole pages, as one request of a browser gets it, and how much of it there is at
//! once.

mod audit;
mod chat_options;
mod connections;
mod details;
mod group;
mod inbox;
mod number;
mod person;
mod poll;
mod profile;

pub use audit::AuditPage;
pub use chat_options::ChatOptions;
pub use connections::ConnectionsPage;
pub use details::{
    BusinessProfile, DetailsPage, DetailsPart, Opening, OpeningHours, PersonProfile, SharedLink,
};
pub use group::GroupPage;
pub use inbox::{InboxPage, OpenChat};
pub use number::{NumberAccess, NumberPage};
pub use person::{PersonNumber, PersonPage};
pub use poll::{PollOption, PollPage, Voter};
pub use profile::ProfilePage;

/// Chats in one response. Fewer mean that there are no more.
pub const CHATS_PAGE: usize = 50;
/// Messages in one response. Fewer mean that the conversation starts there.
pub const MESSAGES_PAGE: usize = 60;
/// Messages that a jump to a quoted message loads at most.
pub const MESSAGES_FROM: u64 = 600;
