//! Builds what makes pictures and videos one album, as phones do: a message announces it, and each file names that
//! message.

use model::MessageKind;
use store::{Album, AlbumSize, Operation};
use whatsapp_rust::prelude::{MessageField, wa};
use whatsapp_rust::proto_helpers::wrap_as_album_child;
use whatsapp_rust::waproto::whatsapp::message::AlbumMessage;

/// Returns the album of a picture or a video. Other files, such as a picture that phones do not show, go by
/// themselves.
pub(super) fn of(operation: &Operation) -> Option<&Album> {
    let Operation::Send { file: Some(file), .. } = operation else { return None };
    let is_shown = matches!(file.kind, MessageKind::Image | MessageKind::Video);
    file.album.as_ref().filter(|_| is_shown && !file.view_once)
}

/// Builds the message that announces an album.
pub(super) fn announcement(size: AlbumSize) -> wa::Message {
    let album = AlbumMessage {
        expected_image_count: Some(size.images),
        expected_video_count: Some(size.videos),
        ..Default::default()
    };
    wa::Message { album_message: MessageField::some(album), ..Default::default() }
}

/// Makes a file a part of the album that the message with this key announces.
pub(super) fn part(message: wa::Message, announcement: wa::MessageKey) -> wa::Message {
    wrap_as_album_child(message, announcement)
}
