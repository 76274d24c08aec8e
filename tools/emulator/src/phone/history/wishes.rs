//! How much history a device wants, as it said when it was registered.

use serde::{Deserialize, Serialize};
use waproto::whatsapp::DeviceProps;

/// Days that phones sync at once if the device names no limit: three months.
const RECENT_DAYS: u32 = 90;

/// The part of a device's registration that is about history (`DeviceProps`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct HistoryWishes {
    /// Older messages follow the recent ones.
    full: bool,
    full_days: Option<u32>,
    recent_days: Option<u32>,
    /// Small parts may be in their message, without a file.
    pub(super) inline: bool,
}

impl HistoryWishes {
    pub fn of(props: &DeviceProps) -> Self {
        let config = &props.history_sync_config;
        Self {
            full: props.require_full_sync == Some(true),
            full_days: config.full_sync_days_limit,
            recent_days: config.recent_sync_days_limit,
            inline: config.inline_initial_payload_in_e2_ee_msg == Some(true),
        }
    }

    /// Days of the messages that are synced first.
    pub(super) fn recent_days(&self) -> u32 {
        self.recent_days.unwrap_or(RECENT_DAYS)
    }

    /// Days of all messages that are synced.
    pub(super) fn all_days(&self) -> u32 {
        match self.full {
            true => self.full_days.unwrap_or(u32::MAX).max(self.recent_days()),
            false => self.recent_days(),
        }
    }
}
