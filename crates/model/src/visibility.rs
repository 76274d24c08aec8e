use serde::{Deserialize, Serialize};

/// What contacts see of the people who work with a number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visibility {
    /// They do not see that their messages were read, nor that their voice notes were played.
    pub hides_reading: bool,
    /// They never see the number online, nor that somebody types.
    pub hides_online: bool,
}
