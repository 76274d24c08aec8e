use leptos::prelude::*;
use model::bounds;

use super::script_parts::{ForPeople, close_button, script_page, words};
use crate::i18n::{Locale, t, use_locale};

/// A hand, as the sign of each tone of skin, from none to the darkest.
const HANDS: [&str; 6] = ["✋", "✋🏻", "✋🏼", "✋🏽", "✋🏾", "✋🏿"];

/// `/atendente/inbox-pirata/emojis`: the parts for choosing emojis, and for the preview of a text.
///
/// Scripts take `#emojis` from this page: the picker, and the words of all that helps while writing
/// (`browser/later/picker/emoji-page.js`). Without scripts the page states that they are needed.
#[component]
pub(crate) fn Emojis() -> impl IntoView {
    let locale = use_locale();
    let people = ForPeople::of_inbox(
        t!(locale, emojis.title),
        t!(locale, emojis.lead),
        t!(locale, emojis.back),
    );
    script_page(people, || view! { <Parts /> }.into_any())
}

/// Everything that the scripts take from this page.
#[component]
fn Parts() -> impl IntoView {
    let locale = use_locale();
    view! {
        <div id="emojis" hidden data-pieces=bounds::PIECES.to_string()>
            <template data-part="picker"><Picker /></template>
            <template data-part="preview"><Preview /></template>
            <template data-part="suggestions">
                <ul class="emoji-names" id="emoji-names" role="listbox" aria-label=t!(locale, emojis.title)></ul>
            </template>
            {words(sentences(locale))}
        </div>
    }
    .into_any()
}

/// The picker.
#[component]
fn Picker() -> impl IntoView {
    let locale = use_locale();
    view! {
        <div class="picker" role="dialog" tabindex="-1" aria-label=t!(locale, emojis.title)>
            <header>
                <div role="tablist" aria-label=t!(locale, emojis.tabs)>
                    <button type="button" role="tab" data-tab="emojis" aria-selected="true">
                        {t!(locale, emojis.title)}
                    </button>
                    <button type="button" role="tab" data-tab="stickers" aria-selected="false" tabindex="-1">
                        {t!(locale, emojis.stickers)}
                    </button>
                </div>
                {close_button(t!(locale, actions.close))}
            </header>
            <div class="picker-panel" role="tabpanel" aria-label=t!(locale, emojis.title) data-panel="emojis">
                <input
                    type="search"
                    data-slot="search"
                    autocomplete="off"
                    maxlength="60"
                    enterkeyhint="search"
                    placeholder=t!(locale, emojis.search)
                    aria-label=t!(locale, emojis.search)
                />
                <Groups />
                <div class="emoji-grid" data-slot="grid">
                    <section role="group" aria-label=t!(locale, emojis.found) data-slot="found" hidden>
                        <div></div>
                    </section>
                    {groups(locale).map(|(name, title, _)| view! {
                        <section role="group" aria-label=title data-group=name>
                            <h3 aria-hidden="true">{title}</h3>
                            <div></div>
                        </section>
                    }).collect_view()}
                    <p class="muted" role="status" data-slot="none"></p>
                </div>
                <Tones />
            </div>
            <div
                class="picker-panel"
                role="tabpanel"
                aria-label=t!(locale, emojis.stickers)
                data-panel="stickers"
                hidden
            ></div>
        </div>
    }
    .into_any()
}

/// The ways to the groups.
#[component]
fn Groups() -> impl IntoView {
    let locale = use_locale();
    view! {
        <div class="emoji-groups" role="group" aria-label=t!(locale, emojis.groups)>
            {groups(locale).map(|(name, title, sign)| view! {
                <button type="button" data-to=name title=title aria-label=title>
                    <span aria-hidden="true">{sign}</span>
                </button>
            }).collect_view()}
        </div>
    }
    .into_any()
}

/// The choice of the tone of skin.
#[component]
fn Tones() -> impl IntoView {
    let locale = use_locale();
    let names = [
        t!(locale, emojis.tone_none),
        t!(locale, emojis.tone_1),
        t!(locale, emojis.tone_2),
        t!(locale, emojis.tone_3),
        t!(locale, emojis.tone_4),
        t!(locale, emojis.tone_5),
    ];
    view! {
        <fieldset class="emoji-tones" data-slot="tones">
            <legend>{t!(locale, emojis.tone)}</legend>
            {names.into_iter().zip(HANDS).enumerate().map(|(nth, (name, hand))| view! {
                <label title=name>
                    <input type="radio" name="emoji-tone" value=nth.to_string() aria-label=name />
                    <span aria-hidden="true">{hand}</span>
                </label>
            }).collect_view()}
        </fieldset>
    }
    .into_any()
}

/// The text of the composer as its bubble will show it.
#[component]
fn Preview() -> impl IntoView {
    let locale = use_locale();
    view! {
        <div class="text-preview" role="group" aria-label=t!(locale, emojis.preview)>
            <p class="muted" aria-hidden="true">{t!(locale, emojis.preview)}</p>
            <div class="msg out"><span class="text" dir="auto" data-slot="text"></span></div>
        </div>
    }
    .into_any()
}

/// The groups in their order: a name for scripts, one for people, and a sign. After the first, which are the
/// emojis that were used last, they are those of `browser/later/picker/emojis-pt.js`.
fn groups(locale: Locale) -> [(&'static str, &'static str, &'static str); 10] {
    [
        ("recent", t!(locale, emojis.recent), "🕒"),
        ("smileys", t!(locale, emojis.smileys), "😀"),
        ("people", t!(locale, emojis.people), "👋"),
        ("nature", t!(locale, emojis.nature), "🐻"),
        ("food", t!(locale, emojis.food), "🍔"),
        ("travel", t!(locale, emojis.travel), "✈️"),
        ("activities", t!(locale, emojis.activities), "⚽"),
        ("objects", t!(locale, emojis.objects), "💡"),
        ("symbols", t!(locale, emojis.symbols), "❤️"),
        ("flags", t!(locale, emojis.flags), "🏁"),
    ]
}

/// The sentences of the scripts.
fn sentences(locale: Locale) -> impl IntoIterator<Item = (&'static str, String)> {
    [("none", t!(locale, emojis.none).to_owned())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_group_of_the_tables_has_its_place() {
        for table in [
            include_str!("../../../browser/later/picker/emojis-pt.js"),
            include_str!("../../../browser/later/picker/emojis-en.js"),
        ] {
            let in_table = table.lines().filter(|line| *line == "  [").count();
            assert_eq!(in_table, groups(Locale::pt_BR)[1..].len());
            assert!(table.contains("👍+|"), "hands have tones");
            assert!(!table.contains("🤔+|"), "faces have none");
        }
    }
}
