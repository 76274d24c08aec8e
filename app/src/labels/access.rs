use model::Access;

use crate::i18n::{Locale, t};

/// The name of a level of access.
pub(crate) fn access(locale: Locale, access: Access) -> &'static str {
    match access {
        Access::Read => t!(locale, access.read),
        Access::Write => t!(locale, access.write),
        Access::Manage => t!(locale, access.manage),
        Access::WriteAndManage => t!(locale, access.write_and_manage),
    }
}
