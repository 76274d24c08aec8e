use serde::{Deserialize, Serialize};

use crate::{Chat, ChatAspect, Muted};

/// The data of the page of what can be done with a chat as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatOptions {
    pub chat: Chat,
    /// `None` unless it is muted.
    pub muted: Option<Muted>,
    /// What WhatsApp refused last, until somebody has read that.
    pub refused: Option<ChatAspect>,
    /// Messages were cleared on the phone, and are still here.
    pub has_cleared: bool,
    /// The viewer may remove its messages, and show those that were cleared on the phone.
    pub can_remove: bool,
}
