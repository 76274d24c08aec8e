mod contacts_form;
mod menu;
mod place_form;

use contacts_form::ContactsForm;
use leptos::prelude::*;
use menu::Menu;
use place_form::PlaceForm;

use super::script_parts::{ForPeople, script_page};
use crate::api;
use crate::i18n::{t, use_locale};

/// `/atendente/inbox-pirata/anexos`: the menu of the button "Anexar", and the forms of its dialogs for places
/// and contacts.
///
/// Scripts take `#attach-menu`, `#send-place` and `#send-contacts` from this page
/// (`browser/later/attach/attach.js`). Without scripts the page states that they are needed.
#[component]
pub(crate) fn Attach() -> impl IntoView {
    let locale = use_locale();
    let people = ForPeople {
        title: t!(locale, attach.title),
        lead: t!(locale, attach.lead),
        back: t!(locale, files.back),
        href: api::INBOX.to_owned(),
    };
    script_page(people, || {
        view! {
            <Menu />
            <PlaceForm />
            <ContactsForm />
        }
        .into_any()
    })
}
