//! The numbers that a user sees, and their settings.

mod add_number;
mod change_phone;
mod edit_number;
mod overview;
mod page;
mod remove_number;
mod set_call_policy;
mod set_private_by_default;
mod set_visibility;
mod status;

pub use add_number::{AddNumber, add_number};
pub use change_phone::{ChangePhone, change_phone};
pub use edit_number::{EditNumber, edit_number};
pub use overview::{Connections, connections};
pub use page::{Number, number};
pub use remove_number::{RemoveNumber, remove_number};
pub use set_call_policy::{SetCallPolicy, set_call_policy};
pub use set_private_by_default::{SetPrivateByDefault, set_private_by_default};
pub use set_visibility::{SetVisibility, set_visibility};
pub use status::{Status, status};
