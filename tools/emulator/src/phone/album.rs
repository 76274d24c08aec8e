//! Pictures and videos that a person sends together: a message announces them, and each names it.

use wacore::proto_helpers::{MessageExt as _, wrap_as_album_child};
use wacore_binary::Jid;
use waproto::whatsapp::{self as wa, message_association::AssociationType};

/// The content of a message, also of a part of an album.
pub(super) fn unwrapped(message: &wa::Message) -> &wa::Message {
    let base = message.get_base_message();
    match base.associated_child_message.as_option() {
        Some(part) => part.message.get_base_message(),
        None => base,
    }
}

/// The id of the album that a message is part of.
pub(super) fn album_of(message: &wa::Message) -> Option<String> {
    let context = message.message_context_info.as_option()?;
    let part = context.message_association.as_option()?;
    let is_album = part.association_type == Some(AssociationType::MEDIA_ALBUM);
    part.parent_message_key.id.clone().filter(|_| is_album)
}

/// The numbers of pictures and of videos that a message announces, if it announces an album.
pub(super) fn announced(message: &wa::Message) -> Option<(u32, u32)> {
    let album = message.album_message.as_option()?;
    let count = |count: Option<u32>| count.unwrap_or_default();
    Some((count(album.expected_image_count), count(album.expected_video_count)))
}

/// Makes a file a part of an album of this phone.
pub(super) fn part_of(album: &str, to: &Jid, message: wa::Message) -> wa::Message {
    let key = wa::MessageKey {
        remote_jid: Some(to.to_non_ad_string()),
        from_me: Some(true),
        id: Some(album.to_owned()),
        ..Default::default()
    };
    wrap_as_album_child(message, key)
}
