use leptos::prelude::*;
use model::{bounds, file_limits};

use super::script_parts::{ForPeople, close_button, script_page, words};
use crate::components::{Glyph, Icon};
use crate::i18n::{Locale, t, use_locale};
use crate::labels;

/// `/atendente/inbox-pirata/anexar`: the form for sending files to the conversation `chat`.
///
/// Files are looked at, reduced and sent by scripts, which take `#send-files` from this page: its form for
/// their dialog, its other parts, its words and its limits (`browser/later/send-files.js`). Without scripts
/// the page states that they are needed.
#[component]
pub(crate) fn SendFiles() -> impl IntoView {
    let locale = use_locale();
    let people =
        ForPeople::of_chat(t!(locale, files.title), t!(locale, files.lead), t!(locale, files.back));
    script_page(people, || view! { <Parts /> }.into_any())
}

/// Everything that the scripts take from this page.
#[component]
fn Parts() -> impl IntoView {
    let locale = use_locale();
    view! {
        <div
            id="send-files"
            hidden
            data-image=file_limits::IMAGE.to_string()
            data-video=file_limits::VIDEO.to_string()
            data-audio=file_limits::AUDIO.to_string()
            data-document=file_limits::DOCUMENT.to_string()
            data-files=file_limits::FILES.to_string()
            data-caption=bounds::CAPTION.to_string()
        >
            <template data-part="form"><Form /></template>
            <template data-part="slide"><Slide /></template>
            <template data-part="thumb"><Thumb /></template>
            <template data-part="document"><Icon of=Glyph::File /></template>
            <template data-part="drop"><DropTargets /></template>
            <template data-part="upload"><Upload /></template>
            <template data-part="notice"><Notice /></template>
            {words(sentences(locale))}
        </div>
    }
    .into_any()
}

/// The content of the dialog.
#[component]
fn Form() -> impl IntoView {
    let locale = use_locale();
    let limit = |bytes| labels::bytes(locale, bytes);
    let limits = t!(
        locale,
        files.limits,
        image = limit(file_limits::IMAGE),
        video = limit(file_limits::VIDEO),
        document = limit(file_limits::DOCUMENT)
    );
    view! {
        <form class="send-files">
            <header>
                <h2 data-slot="title" dir="auto">{t!(locale, files.title)}</h2>
                {close_button(t!(locale, actions.close))}
            </header>
            <div class="form-error" role="alert"><p hidden><Icon of=Glyph::Alert /><span data-slot="refused"></span></p></div>
            <div class="choose">
                <Icon of=Glyph::Photo />
                <strong>{t!(locale, files.choose)}</strong>
                <span class="muted">{limits.to_string()}</span>
            </div>
            <div class="slides"></div>
            <div class="strip">
                <ul class="thumbs" aria-label=t!(locale, files.chosen)></ul>
                <button type="button" class="add" data-add="" title=t!(locale, files.add) aria-label=t!(locale, files.add)>
                    <Icon of=Glyph::Plus />
                </button>
                <button type="button" class="add" data-camera="" title=t!(locale, files.camera) aria-label=t!(locale, files.camera)>
                    <Icon of=Glyph::Camera />
                </button>
                <input type="file" multiple hidden />
            </div>
            <footer>
                <label class="original" hidden>
                    <input type="checkbox" role="switch" data-original="" aria-describedby="send-files-sizes" />
                    <span>
                        <strong>{t!(locale, files.original)}</strong>
                        <span class="muted" id="send-files-sizes" data-slot="sizes"></span>
                    </span>
                </label>
                <label class="once" hidden>
                    <input type="checkbox" role="switch" data-once="" aria-describedby="send-files-once" />
                    <span>
                        <strong>{t!(locale, files.view_once)}</strong>
                        <span class="muted" id="send-files-once">{t!(locale, files.view_once_how)}</span>
                    </span>
                </label>
                <button class="button" disabled>
                    <Icon of=Glyph::Send />
                    {t!(locale, files.send)}
                    <span data-slot="count" aria-hidden="true"></span>
                </button>
            </footer>
        </form>
    }
    .into_any()
}

/// One chosen file.
#[component]
fn Slide() -> impl IntoView {
    let locale = use_locale();
    let caption = t!(locale, files.caption);
    let emojis = t!(locale, composer.emojis);
    view! {
        <section class="slide" role="group">
            <p class="about muted" data-slot="about" dir="auto"></p>
            <div class="stage"></div>
            <p class="why muted" data-slot="why" hidden></p>
            <textarea rows="1" dir="auto" name="caption" autocomplete="off" aria-label=caption placeholder=caption></textarea>
            <p class="bad" role="alert" data-slot="long" hidden></p>
            <div class="slide-tools">
                <label class="check">
                    <input type="checkbox" data-as-document="" />
                    <span>{t!(locale, files.as_document)}</span>
                </label>
                <button type="button" class="round" data-emojis="" title=emojis aria-label=emojis>
                    <Icon of=Glyph::Smile />
                </button>
                <button type="button" class="round" data-move="-1" title=t!(locale, files.left) aria-label=t!(locale, files.left)>
                    <Icon of=Glyph::Back />
                </button>
                <button type="button" class="round" data-move="1" title=t!(locale, files.right) aria-label=t!(locale, files.right)>
                    <Icon of=Glyph::Next />
                </button>
                <button type="button" class="round" data-remove="" title=t!(locale, files.remove) aria-label=t!(locale, files.remove)>
                    <Icon of=Glyph::Trash />
                </button>
            </div>
        </section>
    }
    .into_any()
}

/// The small picture of a chosen file, which leads to it. Its cross is for the mouse; the keyboard has the
/// same button in [`Slide`].
#[component]
fn Thumb() -> impl IntoView {
    let locale = use_locale();
    view! {
        <li draggable="true">
            <button type="button" class="thumb" data-show=""></button>
            <button type="button" class="cross" tabindex="-1" aria-hidden="true" data-remove="" title=t!(locale, files.remove)>
                <Icon of=Glyph::Close />
            </button>
        </li>
    }
    .into_any()
}

/// The targets for files that are dragged over the conversation.
#[component]
fn DropTargets() -> impl IntoView {
    let locale = use_locale();
    let target = |name: &'static str, icon: Glyph, title: &'static str, how: &'static str| {
        view! {
            <div data-drop=name>
                <Icon of=icon />
                <strong>{title}</strong>
                <span>{how}</span>
            </div>
        }
    };
    let pictures = t!(locale, files.drop_pictures_how);
    let documents = t!(locale, files.drop_documents_how);
    view! {
        <div class="drop">
            {target("pictures", Glyph::Photo, t!(locale, files.drop_pictures), pictures)}
            {target("files", Glyph::File, t!(locale, files.drop_files), t!(locale, files.drop_files_how))}
            {target("documents", Glyph::File, t!(locale, files.drop_documents), documents)}
        </div>
    }
    .into_any()
}

/// The progress of a file in its bubble.
#[component]
fn Upload() -> impl IntoView {
    let locale = use_locale();
    view! {
        <div class="upload" aria-live="off">
            <span
                class="upload-bar"
                role="progressbar"
                aria-label=t!(locale, files.sending)
                aria-valuemin="0"
                aria-valuemax="100"
            ></span>
            <span class="upload-words" data-slot="progress"></span>
            <button type="button" class="round" data-cancel="" title=t!(locale, files.cancel) aria-label=t!(locale, files.cancel)>
                <Icon of=Glyph::Close />
            </button>
            <p class="msg-failed" role="alert" hidden>
                <span data-slot="problem"></span>
                <button type="button" class="link" data-continue=""></button>
                <button type="button" class="link" data-choose="">{t!(locale, files.choose_again)}</button>
            </p>
        </div>
    }
    .into_any()
}

/// A sentence that stays until it is closed, as `components/notice.rs` shows errors.
#[component]
fn Notice() -> impl IntoView {
    let locale = use_locale();
    view! {
        <div class="notice" role="alert">
            <p>
                <Icon of=Glyph::Alert />
                <span data-slot="words"></span>
                {close_button(t!(locale, error.dismiss))}
            </p>
        </div>
    }
    .into_any()
}

/// The sentences of the scripts.
fn sentences(locale: Locale) -> impl IntoIterator<Item = (&'static str, String)> {
    [
        ("to_one", t!(locale, files.to_one, name = "{name}").to_string()),
        ("to", t!(locale, files.to, n = "{n}", name = "{name}").to_string()),
        (
            "about",
            t!(locale, files.about, name = "{name}", size = "{size}", nth = "{n}", all = "{all}")
                .to_string(),
        ),
        ("caption_long", t!(locale, files.caption_long, n = "{n}").to_string()),
        ("sizes", t!(locale, files.sizes, small = "{small}", large = "{large}").to_string()),
        ("counting", t!(locale, files.counting).to_owned()),
        ("discard", t!(locale, files.discard).to_owned()),
        ("why_heic", t!(locale, files.why_heic).to_owned()),
        ("why_gif", t!(locale, files.why_gif).to_owned()),
        ("why_picture", t!(locale, files.why_picture).to_owned()),
        ("why_video", t!(locale, files.why_video).to_owned()),
        ("why_audio", t!(locale, files.why_audio).to_owned()),
        ("why_unknown", t!(locale, files.why_unknown).to_owned()),
        ("why_large", t!(locale, files.why_large, limit = "{limit}").to_string()),
        ("empty", t!(locale, files.empty, name = "{name}").to_string()),
        (
            "too_large",
            t!(locale, files.too_large, name = "{name}", size = "{size}", limit = "{limit}")
                .to_string(),
        ),
        ("too_many", t!(locale, files.too_many, n = "{n}").to_string()),
        ("unreadable", t!(locale, files.unreadable, name = "{name}").to_string()),
        ("audio", t!(locale, kind.audio).to_owned()),
        ("uploading", t!(locale, media.uploading).to_owned()),
        ("cancel_foreign", t!(locale, files.cancel_foreign).to_owned()),
        ("lost_write", t!(locale, files.lost_write).to_owned()),
        ("progress", t!(locale, files.progress, sent = "{sent}", size = "{size}").to_string()),
        ("continue_from", t!(locale, files.continue_from, n = "{n}").to_string()),
        ("lost_connection", t!(locale, files.lost_connection).to_owned()),
        ("no_room", t!(locale, files.no_room).to_owned()),
        ("out_of_reach", t!(locale, files.out_of_reach).to_owned()),
        ("many_open", t!(locale, files.many_open).to_owned()),
        ("logged_out", t!(locale, files.logged_out).to_owned()),
        ("gone", t!(locale, files.gone).to_owned()),
        ("other_file", t!(locale, files.other_file, size = "{size}").to_string()),
        ("offline", t!(locale, files.offline).to_owned()),
        ("refused", t!(locale, files.refused, name = "{name}", why = "{why}").to_string()),
        ("refused_write", t!(locale, files.refused_write).to_owned()),
        ("refused_replaced", t!(locale, files.refused_replaced).to_owned()),
        ("refused_closed", t!(locale, files.refused_closed).to_owned()),
        ("refused_large", t!(locale, files.refused_large).to_owned()),
        ("refused_here", t!(locale, files.refused_here).to_owned()),
        ("refused_why", t!(locale, files.refused_why).to_owned()),
    ]
}
