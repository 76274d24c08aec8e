use super::{Phone, app_state::AppState, signal::SignalState};

impl Phone {
    /// Registers again, as on a new phone: new keys, no sessions, no companions, and synced
    /// settings under a new key. The chats are restored from a backup.
    pub fn reinstall(&mut self) {
        self.signal = SignalState::generate();
        self.groups.forget_keys();
        self.linking.register_again();
        self.app_state = AppState::with_push_name(&self.name);
    }
}
