//! Files. [`crate::media`] reads where they are.

use model::content::FileKind;
use whatsapp_rust::prelude::{MessageExt as _, wa};

/// Returns the kind of a file, and its caption.
pub(super) fn file(base: &wa::Message) -> Option<(FileKind, String)> {
    let caption = || base.get_caption().unwrap_or_default().to_owned();
    Some(if base.image_message.is_set() {
        (FileKind::Image, caption())
    } else if base.video_message.is_set() || base.ptv_message.is_set() {
        (FileKind::Video, caption())
    } else if base.audio_message.is_set() {
        (FileKind::Audio, String::new())
    } else if base.document_message.is_set() {
        (FileKind::Document, caption())
    } else if base.sticker_message.is_set() || base.lottie_sticker_message.is_set() {
        (FileKind::Sticker, String::new())
    } else {
        return None;
    })
}

/// Returns true for a sticker of vector graphics (Lottie, in a `.was` archive), which no browser shows. It
/// counts as one without a file, so that its bubble refers to the phone.
pub(crate) fn is_lottie(base: &wa::Message) -> bool {
    let is_by_itself = base.sticker_message.as_option().is_some_and(|sticker| {
        sticker.is_lottie == Some(true) || sticker.mimetype.as_deref() == Some("application/was")
    });
    is_by_itself || base.lottie_sticker_message.is_set()
}
