mod contacts_form;
mod menu;
mod place_form;

use contacts_form::ContactsForm;
use leptos::prelude::*;
use menu::Menu;
use place_form::PlaceForm;

use super::script_parts::{ForPeople, script_page};
use crate::i18n::{t, use_locale};

/// `/atendente/inbox-pirata/anexos`: the menu of the button "Anexar", and the forms of its dialogs for places
/// and contacts.
///
/// Scripts take `#attach-menu`, `#send-place` and `#send-contacts` from this page
/// (`browser/later/attach/attach.js`). Without scripts the page states that they are needed.
#[component]
pub(crate) fn Attach() -> impl IntoView {
    let locale = use_locale();
    let people = ForPeople::of_inbox(
        t!(locale, attach.title),
        t!(locale, attach.lead),
        t!(locale, files.back),
    );
    script_page(people, || {
        view! {
            <Menu />
            <PlaceForm />
            <ContactsForm />
        }
        .into_any()
    })
}
