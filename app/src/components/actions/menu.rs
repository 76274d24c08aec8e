use leptos::prelude::*;

use super::super::Glyph;
use super::super::icon::icon_html;
use super::emoji::quick_row;
use super::modal::modal;
use super::offers::{Action, minutes, offers, waits_for_long_edit};
use crate::i18n::{Locale, t, use_locale};
use crate::inbox::{Bubble, Overlay, own_reaction, use_inbox};

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
        content(locale, &bubble, &actions, minutes)
    });
    let content = view! { <div inner_html=html.unwrap_or_default()></div> }.into_any();
    modal(&overlay.key, "menu beside", t!(locale, actions.menu), content)
}

/// The buttons as HTML. Nothing in it was written by a person.
fn content(locale: Locale, bubble: &Bubble, actions: &[Action], minutes: i64) -> String {
    let mut html = String::new();
    if actions.is_empty() {
        return format!(r#"<p class="muted">{}</p>"#, t!(locale, actions.none));
    }
    if actions.contains(&Action::React) {
        html.push_str(&quick_row(locale, bubble.stored().and_then(own_reaction), true));
    }
    let name = t!(locale, actions.menu);
    html.push_str(&format!(r#"<div role="menu" aria-label="{name}">"#));
    for (nth, action) in actions.iter().enumerate() {
        let first = if nth == 0 { "autofocus" } else { "" };
        html.push_str(&item(locale, *action, minutes, first));
    }
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
    fn the_time_left_stands_beside_the_edit() {
        let bubble = Bubble::Stored(fixtures::message(1));
        let html = content(Locale::pt_BR, &bubble, &[Action::Copy, Action::Edit], 12);
        assert!(html.contains(r#"data-act="copy"  autofocus>"#), "{html}");
        assert!(html.contains(r#">por mais 12 min</small>"#), "{html}");
        assert!(!html.contains("quick"), "{html}");
    }
}
