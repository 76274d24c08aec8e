use leptos::prelude::*;

use crate::auth::right_address;
use crate::components::{Glyph, Icon};
use crate::i18n::{t, use_locale};

/// A warning above a login form that it cannot work at this address, with the right address.
#[component]
pub(super) fn WrongAddress() -> impl IntoView {
    let locale = use_locale();
    right_address().map(|address| {
        let words = t!(locale, login.right_address, address = address.as_str()).to_string();
        view! {
            <div class="form-error" role="alert">
                <p>
                    <Icon of=Glyph::Alert />
                    <span>
                        {t!(locale, login.wrong_address)} " " <a class="link" href=address>{words}</a>
                    </span>
                </p>
            </div>
        }
    })
}
