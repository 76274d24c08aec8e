use leptos::prelude::*;
use model::{Media, MediaState, MediaView, MessageId, MessageKind};

use super::element::{Attribute, element};
use super::{Glyph, Icon};
use crate::clock::Zone;
use crate::i18n::{t, use_locale};
use crate::labels;

/// The data of a message's file in a bubble.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct File {
    pub(crate) message: MessageId,
    pub(crate) kind: MessageKind,
    pub(crate) media: Media,
    /// Its browser is sending it to this server.
    pub(crate) uploading: bool,
}

/// The file of a message: a picture, a player, a link to download, or the state of the download.
///
/// A link stands beside a picture or player and replaces it if the browser cannot show it:
/// `start.js` marks those as broken, for any cause, with or without this program.
///
/// While a browser sends the file, a `<file-upload>` stands below the link. In that browser a script adds
/// the progress to it (`browser/later/uploads/file-upload.js`).
#[component]
pub(crate) fn FileOf(file: File, zone: Zone) -> impl IntoView {
    let locale = use_locale();
    let File { message, kind, media, uploading } = file;
    let address = Media::address(message);
    let what = labels::kind(locale, kind).unwrap_or_default();
    let (width, height) = media.shape.unzip();
    let [width, height] = [width, height].map(|side| side.map(|pixels| pixels.to_string()));
    let stored = media.state == MediaState::Stored;
    let is_shown = stored && media.view != MediaView::File;
    let sides = (width.clone(), height.clone());
    let (width, height) = (width.as_deref(), height.as_deref());
    let player: [Attribute<'_>; 7] = [
        ("controls", Some("")),
        ("preload", Some("metadata")),
        ("src", Some(&*address)),
        ("aria-label", Some(what)),
        ("class", Some("picture")),
        ("width", width),
        ("height", height),
    ];
    let shown = match media.view {
        MediaView::Picture if is_shown => {
            let class = if kind == MessageKind::Sticker { "picture sticker" } else { "picture" };
            let src = address.clone();
            let picture =
                view! { <img src=src alt=what width=sides.0 height=sides.1 loading="lazy" /> };
            let link =
                [("class", Some(class)), ("href", Some(&*address)), ("target", Some("_blank"))];
            element("A", &link, picture.into_any())
        }
        MediaView::Video if is_shown => element("VIDEO", &player, ().into_any()),
        // A script makes a player of it (`browser/later/voice/player.js`).
        MediaView::Audio if is_shown => {
            let seconds = media.seconds.map(|seconds| seconds.to_string());
            let note = [
                ("data-waveform", media.voice.as_deref()),
                ("data-seconds", seconds.as_deref()),
                ("data-unplayed", media.unplayed.then_some("")),
            ];
            element("VOICE-NOTE", &note, element("AUDIO", &player[..4], ().into_any()))
        }
        _ => ().into_any(),
    };
    let shown = match media.view {
        // A click on a picture opens the gallery (`browser/later/gallery/gallery.js`); a player has its own clicks.
        MediaView::Video if is_shown => {
            let open = [
                ("class", Some("round enlarge")),
                ("href", Some(&*address)),
                ("target", Some("_blank")),
                ("aria-label", Some(t!(locale, gallery.open))),
            ];
            let icon = view! { <Icon of=Glyph::Enlarge /> }.into_any();
            (shown, element("A", &open, icon)).into_any()
        }
        _ => shown,
    };
    let icon = match media.preview && !stored {
        true => view! { <img src=Media::preview_address(message) alt="" /> }.into_any(),
        false => view! { <Icon of=Glyph::File /> }.into_any(),
    };
    let line = media.pages + &labels::file(locale, media.size, media.state, zone);
    let name = media.name.unwrap_or_else(|| what.to_owned());
    let about = view! {
        {icon}
        <strong dir="auto">{name}</strong>
        <span class="muted">{line}</span>
    };
    let link = [
        ("class", Some("file")),
        ("target", Some("_blank")),
        ("href", stored.then_some(&*address)),
        ("download", is_shown.then_some("")),
        ("data-album", media.album.as_deref()),
    ];
    let link = element("A", &link, about.into_any());
    let upload = match uploading {
        true => {
            let words = t!(locale, media.uploading).into_any();
            let words = element("SPAN", &[("class", Some("muted"))], words);
            element("FILE-UPLOAD", &[("data-upload", Some(&*message.to_string()))], words)
        }
        false => ().into_any(),
    };
    view! {
        <div class="media">
            {shown}
            {link}
            {upload}
        </div>
    }
    .into_any()
}
