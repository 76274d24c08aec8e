use leptos::prelude::*;
use model::file_limits;

use super::script_parts::{ForPeople, close_button, icon_button, script_page, words};
use crate::components::{Glyph, Icon};
use crate::i18n::{Locale, t, use_locale};

/// The longest voice note in seconds.
const LONGEST: u32 = 30 * 60;

/// Icons that nothing else has, as paths (`components::icon`).
const PAUSE: &str = "M8 5v14M16 5v14";
const PLAY: &str = "M7 4.500v15l12-7.500z";
const STOP: &str = "M7 7h10v10H7z";
const ONCE: &str = "M12 3a9 9 0 1 0 9 9M10 9.500l2.500-1.500v8";

/// `/atendente/inbox-pirata/audio`: the parts for recording and playing voice notes.
///
/// Scripts take `#voice` from this page: the bar of a recording, the player in a bubble, and their words
/// (`browser/later/voice/voice-page.js`). Without scripts the page states that they are needed.
#[component]
pub(crate) fn Voice() -> impl IntoView {
    let locale = use_locale();
    let people = ForPeople::of_inbox(
        t!(locale, voice.title),
        t!(locale, voice.lead),
        t!(locale, voice.back),
    );
    script_page(people, || view! { <Parts /> }.into_any())
}

/// Everything that the scripts take from this page.
#[component]
fn Parts() -> impl IntoView {
    let locale = use_locale();
    view! {
        <div id="voice" hidden data-seconds=LONGEST.to_string() data-bytes=file_limits::AUDIO.to_string()>
            <template data-part="bar"><Bar /></template>
            <template data-part="refusal"><Refusal /></template>
            <template data-part="player"><Player /></template>
            {words(sentences(locale))}
        </div>
    }
    .into_any()
}

/// The bar in the place of the composer while something is recorded.
#[component]
fn Bar() -> impl IntoView {
    let locale = use_locale();
    view! {
        <div class="voice-bar" role="region" tabindex="-1" aria-label=t!(locale, voice.bar) data-state="asking">
            <p class="voice-for muted" data-slot="for" dir="auto"></p>
            <p class="voice-problem" role="alert" data-slot="problem" hidden></p>
            <div class="voice-row">
                {icon_button("cancel", t!(locale, voice.cancel), Glyph::Trash.path())}
                <i class="voice-live"></i>
                <span class="voice-time" role="timer" data-slot="time">"0:00"</span>
                <Bars />
                <span class="voice-slide muted">{t!(locale, voice.slide)}</span>
                {icon_button("pause", t!(locale, voice.pause), PAUSE)}
                {icon_button("resume", t!(locale, voice.resume), Glyph::Microphone.path())}
                {icon_button("listen", t!(locale, voice.listen), PLAY)}
                {icon_button("rest", t!(locale, voice.rest), STOP)}
                {icon_button("once", t!(locale, voice.view_once), ONCE)}
                <button type="button" class="round send" data-do="send" title=t!(locale, voice.send) aria-label=t!(locale, voice.send)>
                    <Icon of=Glyph::Send />
                </button>
            </div>
        </div>
    }
    .into_any()
}

/// Why nothing is recorded.
#[component]
fn Refusal() -> impl IntoView {
    let locale = use_locale();
    view! {
        <div class="composer-note bad voice-refusal" role="alert">
            <Icon of=Glyph::Alert />
            <span data-slot="why"></span>
            {close_button(t!(locale, error.dismiss))}
        </div>
    }
    .into_any()
}

/// The player of a voice note.
#[component]
fn Player() -> impl IntoView {
    let locale = use_locale();
    view! {
        <div class="voice" role="group">
            {icon_button("play", t!(locale, voice.play), PLAY)}
            {icon_button("pause", t!(locale, voice.stop), PAUSE)}
            <div class="voice-track" role="slider" tabindex="0" aria-label=t!(locale, voice.position) aria-valuemin="0">
                <Bars />
            </div>
            <span class="voice-times">
                <span data-slot="now"></span>
                <span data-slot="left"></span>
            </span>
            <button type="button" class="voice-speed" data-do="speed" data-slot="speed"></button>
        </div>
    }
    .into_any()
}

/// A waveform, twice: the part that was played covers the other. Scripts draw the paths.
#[component]
fn Bars() -> impl IntoView {
    view! {
        <svg class="bars" data-slot="bars" viewBox="0 0 128 100" preserveAspectRatio="none" aria-hidden="true">
            <path></path>
            <path class="played"></path>
        </svg>
    }
    .into_any()
}

/// The sentences of the scripts.
fn sentences(locale: Locale) -> impl IntoIterator<Item = (&'static str, String)> {
    [
        ("title", t!(locale, voice.name).to_owned()),
        ("for", t!(locale, voice.recorded_for, name = "{name}").to_string()),
        ("asking", t!(locale, voice.asking).to_owned()),
        ("recording", t!(locale, voice.recording).to_owned()),
        ("paused", t!(locale, voice.paused).to_owned()),
        ("listening", t!(locale, voice.listening).to_owned()),
        ("sending", t!(locale, voice.sending).to_owned()),
        ("sent", t!(locale, voice.sent).to_owned()),
        ("discard", t!(locale, voice.discard).to_owned()),
        ("discarded", t!(locale, voice.discarded).to_owned()),
        ("stopped", t!(locale, voice.stopped).to_owned()),
        ("no_right", t!(locale, voice.no_right).to_owned()),
        ("limit", t!(locale, voice.limit, n = LONGEST / 60).to_string()),
        ("lost", t!(locale, voice.lost).to_owned()),
        ("first", t!(locale, voice.first).to_owned()),
        ("empty", t!(locale, voice.empty).to_owned()),
        ("refused", t!(locale, voice.refused).to_owned()),
        ("not_sent", t!(locale, voice.not_sent).to_owned()),
        ("unplayable", t!(locale, voice.unplayable).to_owned()),
        ("insecure", t!(locale, voice.insecure).to_owned()),
        ("format", t!(locale, voice.format).to_owned()),
        ("denied", t!(locale, voice.denied).to_owned()),
        ("missing", t!(locale, voice.missing).to_owned()),
        ("busy", t!(locale, voice.busy).to_owned()),
        ("unknown", t!(locale, voice.unknown).to_owned()),
        ("unplayed", t!(locale, voice.unplayed, name = "{name}").to_string()),
        ("speed", t!(locale, voice.speed, times = "{times}").to_string()),
        ("at", t!(locale, voice.at, now = "{now}", all = "{all}").to_string()),
    ]
}
