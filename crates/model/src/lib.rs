//! The vocabulary of the product: identifiers, connections, chats and messages as people see them,
//! the data of whole pages, the events that keep an open page up to date, and the entries of the
//! audit trail.
//!
//! It compiles for wasm and for the server, so nothing here depends on a database, a socket or a
//! runtime. `store` makes these types of rows, `gateway` of states, `service` makes pages of both,
//! and `app` renders them.

pub mod access;
pub mod audit;
pub mod bounds;
pub mod call_policy;
pub mod change;
pub mod chat;
pub mod chat_filter;
pub mod chat_state;
pub mod color;
pub mod connection;
pub mod content;
pub mod draft;
pub mod file_limits;
pub mod group;
pub mod group_access;
pub mod ids;
pub mod live;
pub mod media;
pub mod message;
pub mod new_text;
pub mod notice;
pub mod overview;
pub mod pages;
pub mod person;
pub mod phone;
pub mod poll_note;
pub mod quote;
pub mod reaction;
pub mod reset;
pub mod rich;
mod skip;
pub mod sticker;
pub mod time;
pub mod timer;
pub mod typing;
pub mod user;
pub mod visibility;

pub use access::{Access, NumberGrant};
pub use audit::{Actor, AuditAction, AuditEntry, AuditFilter};
pub use call_policy::CallPolicy;
pub use change::{Change, PendingChange, Version};
pub use chat::{Chat, Preview};
pub use chat_filter::ChatFilter;
pub use chat_state::{ChatAspect, ChatChange, ChatMark, ChatMarks, MOST_PINNED, Muted};
pub use color::NumberColor;
pub use connection::{
    Connection, ConnectionState, Downtime, EndReason, PairingCode, QrCode, StorageTrouble,
};
pub use content::MessageContent;
pub use draft::Draft;
pub use group::{Closed, Group, Member, MemberReceipt, MemberRole, Membership, MessageInfo};
pub use group_access::{GroupAccess, GroupAccessPage, GroupAccessPerson, GroupsGranted};
pub use ids::{
    AuditId, ChatId, ConnectionId, ContactId, MessageId, OperationId, SessionId, UserId,
    WaMessageId,
};
pub use live::{LiveEvent, Sequenced};
pub use media::{Media, MediaState, MediaView};
pub use message::{Author, Delivery, FailReason, Forwarded, Message, MessageKind, WholeText};
pub use new_text::{Mention, NewText};
pub use notice::Notice;
pub use overview::{Figures, Removal, Uptime};
pub use pages::{
    AuditPage, BusinessProfile, CHATS_PAGE, ChatOptions, ConnectionsPage, DetailsPage, DetailsPart,
    GroupPage, InboxPage, MESSAGES_FROM, MESSAGES_PAGE, NumberAccess, NumberPage, OpenChat,
    Opening, OpeningHours, PersonNumber, PersonPage, PersonProfile, PollOption, PollPage,
    ProfilePage, SharedLink, Voter,
};
pub use person::{ChosenContact, Person};
pub use phone::PhoneNumber;
pub use poll_note::{OwnVote, PollNote};
pub use quote::Quote;
pub use reaction::Reaction;
pub use reset::{AccountReset, ResetKind};
pub use rich::{Piece, Style};
pub use sticker::{Sticker, Stickers};
pub use timer::ChatTimerChoice;
pub use typing::Typing;
pub use user::{
    Account, EnterKey, Language, LinkKind, LoginLink, Role, Theme, TwoFactor, User,
    UserPreferences, UserStatus, WebSession,
};
pub use visibility::Visibility;
