//! International digits, as in E.164 without the plus.

use phonenumber::{Mode, PhoneNumber};

/// Returns the digits of a number.
pub(crate) fn e164(parsed: &PhoneNumber) -> String {
    parsed.format().mode(Mode::E164).to_string().trim_start_matches('+').to_owned()
}
