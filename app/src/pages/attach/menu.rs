use leptos::prelude::*;
use model::{bounds, file_limits};

use crate::components::{Glyph, Icon};
use crate::i18n::{t, use_locale};
use crate::labels;

/// The menu of the button "Anexar". Programs and tests may give files to its field while it is open.
#[component]
pub(super) fn Menu() -> impl IntoView {
    let locale = use_locale();
    let photos = t!(locale, attach.photos_how, n = file_limits::FILES).to_string();
    let document = labels::bytes(locale, file_limits::DOCUMENT);
    let document = t!(locale, attach.document_how, size = document).to_string();
    let poll = t!(locale, attach.poll_how, n = bounds::SENT_OPTIONS).to_string();
    let contact = t!(locale, attach.contact_how).to_owned();
    let place = t!(locale, attach.place_how).to_owned();
    view! {
        <div id="attach-menu" hidden>
            <template data-part="menu">
                <div>
                    <div role="menu" aria-label=t!(locale, composer.attach)>
                        {item("photos", Glyph::Photo, t!(locale, attach.photos), photos)}
                        {item("documents", Glyph::File, t!(locale, attach.document), document)}
                        {item("contact", Glyph::Person, t!(locale, attach.contact), contact)}
                        {item("place", Glyph::Place, t!(locale, attach.place), place)}
                        {item("poll", Glyph::Poll, t!(locale, attach.poll), poll)}
                    </div>
                    <input type="file" multiple hidden />
                </div>
            </template>
        </div>
    }
    .into_any()
}

/// An item, whose hint is no part of its name.
fn item(kind: &'static str, icon: Glyph, name: &'static str, hint: String) -> AnyView {
    let title = hint.clone();
    view! {
        <button type="button" role="menuitem" data-attach-kind=kind title=title>
            <span class="item-icon"><Icon of=icon /></span>
            <span class="item-words">{name}<small aria-hidden="true">{hint}</small></span>
        </button>
    }
    .into_any()
}
