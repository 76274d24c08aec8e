//! The two ways to address a user.

use serde::{Deserialize, Serialize};
use wacore_binary::Jid;

/// The addressing of a user's messages: by phone number, or by the opaque LID that WhatsApp moves
/// accounts to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Addressing {
    /// `number@s.whatsapp.net`
    Pn,
    /// `…@lid`, with the phone number beside it in `sender_pn`.
    #[default]
    Lid,
}

impl Addressing {
    pub(crate) fn of(jid: &Jid) -> Self {
        if jid.server.is_lid_family() { Self::Lid } else { Self::Pn }
    }

    /// The `addressing_mode` of stanzas of groups.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Pn => "pn",
            Self::Lid => "lid",
        }
    }

    pub(crate) fn other(self) -> Self {
        match self {
            Self::Pn => Self::Lid,
            Self::Lid => Self::Pn,
        }
    }
}
