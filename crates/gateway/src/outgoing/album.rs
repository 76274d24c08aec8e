//! Builds what makes pictures and videos one album, as phones do: a message announces it, and each file names that
//! message.

use model::WaMessageId;
use store::{Album, AlbumSize, ChatTimer, Operation, OutgoingFile};
use whatsapp_rust::prelude::{MessageField, wa};
use whatsapp_rust::proto_helpers::wrap_as_album_child;
use whatsapp_rust::waproto::whatsapp::message::AlbumMessage;

use super::timer;

/// Returns the album of a picture or a video. Other files, such as a picture that phones do not show, go by
/// themselves.
pub(super) fn of(operation: &Operation) -> Option<&Album> {
    let Operation::Send { file: Some(file), .. } = operation else { return None };
    album_of(file).filter(|_| file.kind.is_in_albums())
}

/// Returns id and content of the message that announces an album; `None` unless the file of an operation is
/// the one before which it goes. A file that turned out to be a document goes by itself, after the
/// announcement of the others. A single one is no album.
pub(super) fn announcement(operation: &Operation) -> Option<(&WaMessageId, wa::Message)> {
    let Operation::Send { file: Some(file), timer, .. } = operation else { return None };
    let album = album_of(file)?;
    let size = album.announces.filter(|size| size.images.saturating_add(size.videos) > 1)?;
    Some((&album.wa_id, announced(size, timer.as_ref())))
}

fn album_of(file: &OutgoingFile) -> Option<&Album> {
    file.album.as_ref().filter(|_| !file.view_once)
}

/// Builds the message that announces an album. It carries the timer of the chat.
fn announced(size: AlbumSize, timer: Option<&ChatTimer>) -> wa::Message {
    let context = timer.map(|timer| timer::context(timer, wa::ContextInfo::default()));
    let album = AlbumMessage {
        expected_image_count: Some(size.images),
        expected_video_count: Some(size.videos),
        context_info: context.map_or_else(Default::default, MessageField::some),
    };
    wa::Message { album_message: MessageField::some(album), ..Default::default() }
}

/// Makes a file a part of the album that the message with this key announces.
pub(super) fn part(message: wa::Message, announcement: wa::MessageKey) -> wa::Message {
    wrap_as_album_child(message, announcement)
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use model::MessageKind;
    use store::MediaSource;

    use super::*;

    fn sends(kind: MessageKind, announces: AlbumSize, timer: Option<ChatTimer>) -> Operation {
        let wa_id = WaMessageId::from_random([7; 9]);
        let file = OutgoingFile {
            kind,
            mime: "image/jpeg".to_owned(),
            name: None,
            size: 9,
            shape: None,
            seconds: None,
            voice: None,
            preview: None,
            animated: false,
            pages: None,
            sidecar: None,
            source: MediaSource::default(),
            uploaded_at: DateTime::UNIX_EPOCH,
            view_once: false,
            album: Some(Album { wa_id, announces: Some(announces) }),
        };
        let text = String::new();
        let file = Some(file);
        let mentions = Vec::new();
        Operation::Send { text, content: None, reply_to: None, forwarded: 0, file, timer, mentions }
    }

    #[test]
    fn an_album_is_announced_with_the_timer_of_its_chat_also_before_a_document() {
        let (day, two) =
            (ChatTimer { seconds: 86_400, set_at: None }, AlbumSize { images: 2, videos: 0 });
        for kind in [MessageKind::Image, MessageKind::Document] {
            let first = sends(kind, two, Some(day));
            assert_eq!(of(&first).is_some(), kind == MessageKind::Image);
            let (_, announced) = announcement(&first).expect("an announcement");
            let album = announced.album_message;
            let counts = (album.expected_image_count, album.expected_video_count);
            assert_eq!(counts, (Some(2), Some(0)));
            assert_eq!(album.context_info.expiration, Some(86_400));
        }
        let (_, announced) = announcement(&sends(MessageKind::Image, two, None)).expect("one");
        assert!(announced.album_message.context_info.is_unset());
        let one = AlbumSize { images: 1, videos: 0 };
        assert_eq!(announcement(&sends(MessageKind::Document, one, None)), None);
    }
}
