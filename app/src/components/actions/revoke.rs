use leptos::prelude::*;

use super::modal::modal;
use crate::i18n::{t, use_locale};
use crate::inbox::Overlay;

/// Asks before a message is deleted for everybody.
pub(super) fn revoke(overlay: Overlay) -> AnyView {
    let locale = use_locale();
    let content = view! {
        <h2>{t!(locale, actions.revoke_title)}</h2>
        <p>{t!(locale, actions.revoke_what)}</p>
        <div class="dialog-buttons">
            <button class="button quiet" type="button" data-close="">{t!(locale, actions.cancel)}</button>
            <button class="button danger" type="button" data-act="delete">
                {t!(locale, actions.revoke_confirm)}
            </button>
        </div>
    };
    modal(&overlay.key, "dialog", t!(locale, actions.revoke_title), content.into_any())
}
