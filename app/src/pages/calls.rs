use leptos::prelude::*;

use super::script_parts::{ForPeople, script_page, words};
use crate::i18n::{t, use_locale};

/// `/atendente/inbox-pirata/chamadas`: the parts of a call that rings.
///
/// The script takes `#calls` from this page: the button in the bubble of the call, and what it says
/// (`browser/later/calls.js`). Without scripts the page states that they are needed.
#[component]
pub(crate) fn Calls() -> impl IntoView {
    let locale = use_locale();
    let people =
        ForPeople::of_inbox(t!(locale, call.title), t!(locale, call.lead), t!(locale, voice.back));
    script_page(people, || view! { <Parts /> }.into_any())
}

/// Everything that the script takes from this page.
#[component]
fn Parts() -> impl IntoView {
    let locale = use_locale();
    view! {
        <div id="calls" hidden>
            <template data-part="call">
                <div class="ringing">
                    <button type="button" class="button danger" data-do="reject">
                        {t!(locale, call.reject)}
                    </button>
                    <span role="alert" data-slot="problem"></span>
                </div>
            </template>
            {words([("failed", t!(locale, call.failed).to_owned())])}
        </div>
    }
    .into_any()
}
