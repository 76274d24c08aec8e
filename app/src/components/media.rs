use leptos::prelude::*;
use model::{Media, MediaState, MessageId, MessageKind};

use super::{Glyph, Icon};
use crate::clock::Zone;
use crate::i18n::use_locale;
use crate::words;

/// What a bubble shows of its message's file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct File {
    pub(crate) message: MessageId,
    pub(crate) kind: MessageKind,
    pub(crate) media: Media,
}

/// The file of a message: a picture, a player, a link to download, or where it is meanwhile.
#[component]
pub(crate) fn FileOf(file: File, zone: Zone) -> impl IntoView {
    let locale = use_locale();
    let File { message, kind, media } = file;
    let address = Media::address(message);
    let picture = address.clone();
    let what = words::kind(locale, kind).unwrap_or_default();
    let (width, height) = media.shape.unzip();
    match (media.state, kind) {
        (MediaState::Stored, MessageKind::Image | MessageKind::Sticker) => view! {
            <a
                class="picture"
                class:sticker=kind == MessageKind::Sticker
                href=address
                target="_blank"
            >
                <img src=picture alt=what width=width height=height loading="lazy" />
            </a>
        }
        .into_any(),
        (MediaState::Stored, MessageKind::Video) => view! {
            <video
                class="picture"
                controls
                preload="metadata"
                src=address
                aria-label=what
                width=width
                height=height
            ></video>
        }
        .into_any(),
        (MediaState::Stored, MessageKind::Audio) => {
            view! { <audio controls preload="metadata" src=address aria-label=what></audio> }
                .into_any()
        }
        (state, _) => {
            let stored = state == MediaState::Stored;
            let preview = media.preview && !stored;
            let preview = preview.then(|| Media::preview_address(message));
            let name = media.name.unwrap_or_else(|| what.to_owned());
            view! {
                <a class="file" href=stored.then(|| address.clone()) target="_blank">
                    {match preview {
                        Some(preview) => view! { <img src=preview alt="" /> }.into_any(),
                        None => view! { <Icon of=Glyph::File /> }.into_any(),
                    }}
                    <strong>{name}</strong>
                    <span class="muted">{words::file(locale, media.size, state, zone)}</span>
                </a>
            }
            .into_any()
        }
    }
}
