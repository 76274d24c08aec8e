//! Who may see what of an account.

use crate::world::account::Account;
use crate::world::presence::Presence;
use crate::world::privacy::{Audience, Part};

/// Returns `true` if the settings of an account let another one see a part of its profile. Nobody
/// sees anything of an account that has blocked them.
pub(crate) fn is_visible(owner: &Account, viewer: &Account, part: Part) -> bool {
    if owner.number() == viewer.number() {
        return true;
    }
    let directory = owner.directory();
    let profile = &directory.profile;
    let is_meant = match profile.privacy.audience(part) {
        Audience::All => true,
        Audience::Contacts => profile.contacts.contains(viewer.number()),
        Audience::None => false,
    };
    is_meant && !profile.blocks(viewer)
}

/// The presence of an account as another one sees it.
pub(crate) fn shown_presence(owner: &Account, viewer: &Account, presence: Presence) -> Presence {
    match presence {
        Presence::Available if is_visible(owner, viewer, Part::Online) => Presence::Available,
        Presence::Available => Presence::Unavailable { last: None },
        Presence::Unavailable { last } => {
            let is_shown = last.is_some() && is_visible(owner, viewer, Part::LastSeen);
            Presence::Unavailable { last: last.filter(|_| is_shown) }
        }
    }
}
