use model::MessageKind;

use crate::i18n::{Locale, t};

/// The name of a message without text of its own; `None` for text.
pub(crate) fn kind(locale: Locale, kind: MessageKind) -> Option<&'static str> {
    Some(match kind {
        MessageKind::Text => return None,
        MessageKind::Image => t!(locale, kind.image),
        MessageKind::Video => t!(locale, kind.video),
        MessageKind::Audio => t!(locale, kind.audio),
        MessageKind::Document => t!(locale, kind.document),
        MessageKind::Sticker => t!(locale, kind.sticker),
        MessageKind::Location => t!(locale, kind.location),
        MessageKind::LiveLocation => t!(locale, kind.live_location),
        MessageKind::Contact => t!(locale, kind.contact),
        MessageKind::Poll => t!(locale, kind.poll),
        MessageKind::Call => t!(locale, kind.call),
        MessageKind::System => t!(locale, kind.system),
        MessageKind::Revoked => t!(locale, kind.revoked),
        MessageKind::Undecryptable => t!(locale, kind.undecryptable),
        MessageKind::OnPhone => t!(locale, kind.only_on_phone),
        MessageKind::Unsupported => t!(locale, kind.unsupported),
    })
}
