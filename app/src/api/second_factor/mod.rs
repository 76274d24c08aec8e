//! The user's own second factor.

mod begin;
mod confirm;
mod page;
mod remove;

pub use begin::{BeginSecondFactor, begin_second_factor};
pub use confirm::{ConfirmSecondFactor, confirm_second_factor};
pub use page::{Enrolling, RecoveryCodes, SecondFactor, SecondFactorPage, second_factor};
pub use remove::{RemoveSecondFactor, remove_second_factor};
