//! The bounds of the description of a file ([`model::bounds`]).

use model::{WaMessageId, bounds};
use text::ANYTHING;

use super::InboundMedia;
use crate::messages::long_text::is_longer;

fn is_fetchable(InboundMedia { source, .. }: &InboundMedia) -> bool {
    let keys = [&source.media_key, &source.file_hash, &source.sealed_hash];
    source.direct_path.len() <= bounds::DIRECT_PATH
        && keys.iter().all(|key| key.len() <= bounds::MEDIA_KEY)
}

/// Returns true if a file and its description are within their bounds.
pub(crate) fn is_within(file: &InboundMedia) -> bool {
    is_fetchable(file)
        && file.mime.len() <= bounds::MIME
        && !file.name.as_deref().is_some_and(|name| is_longer(name, bounds::FILE_NAME))
        && file.preview.as_ref().is_none_or(|jpeg| jpeg.len() <= bounds::PREVIEW)
        && file.shape.is_none_or(is_picture)
        && file.waveform.as_deref().is_none_or(is_waveform)
        && file.pages.is_none_or(is_page_count)
        && file.album.as_deref().is_none_or(is_message_id)
}

/// Returns the description of a file without the parts that exceed their bounds. A file that cannot
/// be fetched or decrypted is dropped; its message is shown with its kind and its text.
pub(crate) fn trimmed(file: &InboundMedia) -> Option<InboundMedia> {
    is_fetchable(file).then(|| described(file))
}

/// Returns the description of a file without the parts that exceed their bounds, whatever its source.
pub(crate) fn described(file: &InboundMedia) -> InboundMedia {
    InboundMedia {
        mime: if file.mime.len() <= bounds::MIME { file.mime.clone() } else { ANYTHING.to_owned() },
        name: file.name.as_deref().map(file_name),
        size: file.size,
        shape: file.shape.filter(|shape| is_picture(*shape)),
        preview: file.preview.clone().filter(|jpeg| jpeg.len() <= bounds::PREVIEW),
        seconds: file.seconds,
        voice: file.voice,
        waveform: file.waveform.as_deref().map(waveform),
        animated: file.animated,
        pages: file.pages.filter(|pages| is_page_count(*pages)),
        album: file.album.clone().filter(|album| is_message_id(album)),
        source: file.source.clone(),
    }
}

/// The loudest value of a waveform.
const LOUDEST: u8 = 100;

fn is_waveform(waveform: &[u8]) -> bool {
    waveform.len() <= bounds::WAVEFORM && waveform.iter().all(|value| *value <= LOUDEST)
}

fn waveform(waveform: &[u8]) -> Vec<u8> {
    waveform.iter().take(bounds::WAVEFORM).map(|value| (*value).min(LOUDEST)).collect()
}

fn is_message_id(id: &str) -> bool {
    WaMessageId::parse(id).is_ok()
}

fn is_page_count(pages: u32) -> bool {
    (1..=bounds::PAGES).contains(&pages)
}

fn is_picture((width, height): (u32, u32)) -> bool {
    (1..=bounds::SIDE).contains(&width) && (1..=bounds::SIDE).contains(&height)
}

/// Truncates a file name and keeps its extension, which shows the type of the file.
fn file_name(name: &str) -> String {
    if !is_longer(name, bounds::FILE_NAME) {
        return name.to_owned();
    }
    const LONGEST_EXTENSION: usize = 10;
    let extension = name.rsplit_once('.').map(|(_, extension)| extension);
    let extension = extension.filter(|extension| extension.chars().count() <= LONGEST_EXTENSION);
    let stem = text::cut(name, bounds::FILE_NAME - LONGEST_EXTENSION - 1);
    extension.map_or_else(|| stem.to_owned(), |extension| format!("{stem}.{extension}"))
}
