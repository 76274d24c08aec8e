use super::Glyph;
use super::icon::icon_html;
use crate::api;
use crate::i18n::{Locale, t};
use crate::inbox::Bubble;

/// Returns the marks of a bubble as HTML. The number of the members of a group who read it is a link to its
/// receipts, which `browser/later/groups/message-info.js` shows in a dialog. A favourite has a star.
pub(super) fn marks_html(locale: Locale, bubble: &Bubble) -> String {
    let Some(message) = bubble.stored() else { return String::new() };
    let mut html = String::new();
    if message.read_by > 0 {
        let page = api::message_info_page(message.id);
        let name = t!(locale, chat.read_by, n = message.read_by).to_string();
        let (icon, count) = (icon_html(Glyph::Eye.path()), message.read_by);
        html = format!(
            r#"<a class="seen" href="{page}" data-info="{page}" aria-label="{name}" title="{name}">{icon}{count}</a>"#
        );
    }
    if message.starred {
        let (name, icon) = (t!(locale, chat.starred), icon_html(Glyph::Star.path()));
        html += &format!(r#"<span class="starred" role="img" aria-label="{name}">{icon}</span>"#);
    }
    html
}
