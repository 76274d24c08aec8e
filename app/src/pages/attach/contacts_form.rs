use leptos::prelude::*;
use model::bounds;

use crate::components::{Glyph, Icon};
use crate::i18n::{Locale, t, use_locale};
use crate::pages::script_parts::{problem_and_status, words};

/// The form of the dialog "Enviar contato" (`browser/later/contacts/contacts-dialog.js`).
#[component]
pub(super) fn ContactsForm() -> impl IntoView {
    let locale = use_locale();
    view! {
        <div id="send-contacts" hidden data-most=bounds::SENT_CONTACTS.to_string()>
            <template data-part="form"><Form /></template>
            <template data-part="person"><Person /></template>
            <template data-part="chosen"><Chosen /></template>
            {words(sentences(locale))}
        </div>
    }
    .into_any()
}

#[component]
fn Form() -> impl IntoView {
    let locale = use_locale();
    view! {
        <form class="contacts-form" novalidate>
            <h2>{t!(locale, attach.send_contact)}</h2>
            <div class="stack">
                <ul class="chosen" data-slot="chosen" aria-label=t!(locale, attach.chosen) hidden></ul>
                <label class="field">
                    <span>{t!(locale, attach.search)}</span>
                    <input
                        type="search"
                        name="search"
                        dir="auto"
                        autocomplete="off"
                        maxlength="80"
                        placeholder=t!(locale, attach.search_how)
                    />
                </label>
                <ul class="people" data-slot="people" aria-label=t!(locale, attach.people)></ul>
                <details class="typed">
                    <summary>{t!(locale, attach.other)}</summary>
                    <div class="stack">
                        <label class="field">
                            <span>{t!(locale, attach.contact_name)}</span>
                            <input name="name" dir="auto" autocomplete="off" maxlength=bounds::NAME.to_string() />
                        </label>
                        <label class="field">
                            <span>{t!(locale, attach.phone)}</span>
                            <input
                                type="tel"
                                name="phone"
                                inputmode="tel"
                                autocomplete="off"
                                maxlength="40"
                                placeholder=t!(locale, pair.phone_example)
                            />
                        </label>
                        <button type="button" class="button quiet" data-add="">{t!(locale, attach.add)}</button>
                    </div>
                </details>
                {problem_and_status()}
            </div>
            <div class="dialog-buttons">
                <button type="button" class="button quiet" data-close="">{t!(locale, actions.cancel)}</button>
                <button class="button" data-send="" disabled>
                    {t!(locale, files.send)}
                    <span data-slot="count" aria-hidden="true"></span>
                </button>
            </div>
        </form>
    }
    .into_any()
}

/// A person who was found.
#[component]
fn Person() -> impl IntoView {
    view! {
        <li>
            <label class="check">
                <input type="checkbox" />
                <span>
                    <span data-slot="name" dir="auto"></span>
                    <small class="muted" data-slot="phone"></small>
                </span>
            </label>
        </li>
    }
    .into_any()
}

/// A contact that was chosen.
#[component]
fn Chosen() -> impl IntoView {
    view! {
        <li>
            <span data-slot="name" dir="auto"></span>
            <button type="button" class="round" data-remove="">
                <Icon of=Glyph::Close />
            </button>
        </li>
    }
    .into_any()
}

fn sentences(locale: Locale) -> impl IntoIterator<Item = (&'static str, String)> {
    [
        ("remove", t!(locale, attach.remove, name = "{name}").to_string()),
        ("searching", t!(locale, attach.searching).to_owned()),
        ("nobody", t!(locale, attach.nobody).to_owned()),
        ("many", t!(locale, attach.many, n = "{n}").to_string()),
        ("no_phone", t!(locale, attach.no_phone).to_owned()),
        ("phone_short", t!(locale, error.phone_too_short).to_owned()),
        ("phone_impossible", t!(locale, error.phone_impossible).to_owned()),
        ("phone_ambiguous", t!(locale, attach.phone_ambiguous).to_owned()),
        ("search_failed", t!(locale, attach.search_failed).to_owned()),
        ("discard", t!(locale, attach.discard).to_owned()),
        ("sending", t!(locale, attach.sending).to_owned()),
        ("refused", t!(locale, attach.refused).to_owned()),
        ("not_sent", t!(locale, attach.not_sent).to_owned()),
    ]
}
