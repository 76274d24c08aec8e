use leptos::prelude::*;
use model::bounds;

use super::script_parts::{ForPeople, script_page, words};
use crate::i18n::{t, use_locale};

/// `/atendente/inbox-pirata/grupos`: the parts for conversations in groups.
///
/// Scripts take `#group-parts` from this page: the list of members to mention, and the words of the header
/// and of the dialogs about groups (`browser/later/groups/parts.js`). Without scripts the page states that
/// they are needed.
#[component]
pub(crate) fn GroupParts() -> impl IntoView {
    let locale = use_locale();
    let people = ForPeople::of_inbox(
        t!(locale, group.mention),
        t!(locale, group.mention_lead),
        t!(locale, chat.back),
    );
    script_page(people, || view! { <Parts /> }.into_any())
}

/// Everything that the scripts take from this page.
#[component]
fn Parts() -> impl IntoView {
    let locale = use_locale();
    // The names of the blanks are those of the scripts.
    let several = t!(locale, group.names_more, names = "{names}", n = "{n}").to_string();
    view! {
        <div id="group-parts" hidden data-mentions=bounds::MENTIONS.to_string()>
            <template data-part="members">
                <ul class="emoji-names mentions" id="mentions" role="listbox" aria-label=t!(locale, group.mention)></ul>
            </template>
            {words([
                ("names_more", several),
                ("gone", t!(locale, group.gone).to_owned()),
                ("busy", t!(locale, group.busy).to_owned()),
                ("failed", t!(locale, error.unreachable).to_owned()),
            ])}
        </div>
    }
    .into_any()
}
