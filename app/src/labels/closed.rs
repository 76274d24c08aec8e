use model::Closed;

use crate::i18n::{Locale, t};

/// The reason why nobody writes in a group from here.
pub(crate) fn closed(locale: Locale, closed: Closed) -> &'static str {
    match closed {
        Closed::AdminsOnly => t!(locale, group.admins_only),
        Closed::Left => t!(locale, group.left),
        Closed::Removed => t!(locale, group.removed),
        Closed::Ended => t!(locale, group.ended),
    }
}
