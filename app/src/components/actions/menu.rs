use leptos::prelude::*;
use model::MessageId;

use super::super::Glyph;
use super::super::icon::icon_html;
use super::emoji::quick_row;
use super::modal::modal;
use super::offers::{Action, minutes, offers, waits_for_long_edit};
use crate::api;
use crate::i18n::{Locale, t, use_locale};
use crate::inbox::{Bubble, Open, Overlay, own_reaction, use_inbox};

// Icons that only the menu has.
const COPY: &str = "M10.500 8.500h7a2 2 0 0 1 2 2v7a2 2 0 0 1-2 2h-7a2 2 0 0 1-2-2v-7a2 2 0 0 1 2-2M15.500 8.500V6A1.500 1.500 0 0 0 14 4.500H6A1.500 1.500 0 0 0 4.500 6v8A1.500 1.500 0 0 0 6 15.500h2.500";
const EDIT: &str = "M4 20h4L19.500 8.500l-4-4L4 16zM13.500 6.500l4 4";
const REVOKE: &str = "M5 7h14M10 7V4.500h4V7M7 7l1 13h8l1-13";

/// The menu of a message, with its quick reactions.
pub(super) fn menu(overlay: Overlay) -> AnyView {
    let locale = use_locale();
    let inbox = use_inbox();
    let bubble = inbox.bubbles.get_untracked(&overlay.key);
    let html = bubble.map(|bubble| {
        let (right, now) = (untrack(|| inbox.right_here()), inbox.now());
        let actions = offers(&bubble, right, now);
        let minutes = bubble.stored().map_or(0, |message| minutes(message.edit_left(now)));
        let is_group =
            inbox.open.with_untracked(|open| matches!(open, Open::Ready(chat) if chat.group));
        let info = bubble.stored().filter(|_| is_group && has_receipts(&bubble));
        let info = info.map(|message| info_item(locale, message.id));
        content(locale, &bubble, &actions, minutes, &info.unwrap_or_default())
    });
    let content = view! { <div inner_html=html.unwrap_or_default()></div> }.into_any();
    modal(&overlay.key, "menu beside", t!(locale, actions.menu), content)
}

/// Returns true for a message of the number that was or will be sent.
fn has_receipts(bubble: &Bubble) -> bool {
    bubble.is_outgoing() && bubble.takes_answers()
}

/// "Dados da mensagem". `browser/later/groups/message-info.js` shows the page in a dialog.
fn info_item(locale: Locale, message: MessageId) -> String {
    let (name, icon) = (t!(locale, actions.info), icon_html(Glyph::Eye.path()));
    let address = api::message_info_page(message);
    format!(
        r#"<button type="button" role="menuitem" data-info="{address}">{icon}<span>{name}</span></button>"#
    )
}

/// The buttons as HTML, `info` is one of them or empty. Nothing in it was written by a person.
fn content(
    locale: Locale,
    bubble: &Bubble,
    actions: &[Action],
    minutes: i64,
    info: &str,
) -> String {
    let mut html = String::new();
    if actions.is_empty() {
        return format!(r#"<p class="muted">{}</p>"#, t!(locale, actions.none));
    }
    if actions.contains(&Action::React) {
        html.push_str(&quick_row(locale, bubble.stored().and_then(own_reaction), true));
    }
    let name = t!(locale, actions.menu);
    html.push_str(&format!(r#"<div role="menu" aria-label="{name}">"#));
    let mut info = info;
    for (nth, action) in actions.iter().enumerate() {
        if matches!(action, Action::Edit | Action::Revoke) {
            html.push_str(std::mem::take(&mut info));
        }
        let first = if nth == 0 { "autofocus" } else { "" };
        html.push_str(&item(locale, *action, minutes, first));
    }
    html.push_str(info);
    if actions.contains(&Action::Revoke) && bubble.stored().is_some_and(waits_for_long_edit) {
        let (name, why) = (t!(locale, actions.edit), t!(locale, actions.edit_waits));
        let icon = icon_html(EDIT);
        html.push_str(&format!(
            r#"<button type="button" role="menuitem" disabled title="{why}">{icon}<span>{name}</span></button>"#
        ));
    }
    html.push_str("</div>");
    html
}

fn item(locale: Locale, action: Action, minutes: i64, first: &str) -> String {
    let (act, name, icon, key) = match action {
        Action::Reply => ("reply", t!(locale, actions.reply), Glyph::Reply.path(), "R"),
        Action::React => ("react", t!(locale, actions.react), Glyph::Smile.path(), "E"),
        Action::Forward => ("forward", t!(locale, actions.forward), Glyph::Forward.path(), "F"),
        Action::Copy => ("copy", t!(locale, actions.copy), COPY, "Ctrl+C"),
        Action::Star => ("star", t!(locale, actions.star), Glyph::Star.path(), ""),
        Action::Unstar => ("star", t!(locale, actions.unstar), Glyph::Star.path(), ""),
        Action::Edit => ("edit", t!(locale, actions.edit), EDIT, ""),
        Action::Revoke => ("revoke", t!(locale, actions.revoke), REVOKE, ""),
    };
    let icon = icon_html(icon);
    // The hint is no part of the name.
    let (hint, title) = match action {
        Action::Edit => {
            let left = t!(locale, actions.edit_left, n = minutes).to_string();
            (format!(r#"<small aria-hidden="true">{left}</small>"#), format!(r#"title="{left}""#))
        }
        _ if key.is_empty() => (String::new(), String::new()),
        _ => (format!(r#"<kbd aria-hidden="true">{key}</kbd>"#), String::new()),
    };
    format!(
        r#"<button type="button" role="menuitem" data-act="{act}" {title} {first}>{icon}<span>{name}</span>{hint}</button>"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_receipts_come_before_what_changes_the_message() {
        let bubble = Bubble::Stored(fixtures::message(1));
        let info = info_item(Locale::pt_BR, MessageId(7));
        assert!(info.contains(r#"data-info="/recibos/7""#), "{info}");
        let all = [Action::Copy, Action::Edit, Action::Revoke];
        let html = content(Locale::pt_BR, &bubble, &all, 12, &info);
        let at = |words: &str| html.find(words).unwrap();
        assert!(at("copy") < at("data-info") && at("data-info") < at(r#"data-act="edit""#));
        assert_eq!(html.matches("data-info").count(), 1);
        assert!(content(Locale::pt_BR, &bubble, &all[..1], 0, &info).contains("data-info"));
    }

    #[test]
    fn the_time_left_stands_beside_the_edit() {
        let bubble = Bubble::Stored(fixtures::message(1));
        let html = content(Locale::pt_BR, &bubble, &[Action::Copy, Action::Edit], 12, "");
        assert!(html.contains(r#"data-act="copy"  autofocus>"#), "{html}");
        assert!(html.contains(r#">por mais 12 min</small>"#), "{html}");
        assert!(!html.contains("quick"), "{html}");
    }
}
