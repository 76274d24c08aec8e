use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;

use super::super::Glyph;
use super::super::icon::button_html;
use super::modal::modal;
use super::perform::perform;
use crate::i18n::{Locale, t, use_locale};
use crate::inbox::{Overlay, is_same_emoji, own_reaction, use_inbox};

/// The reactions that WhatsApp offers first.
const QUICK: [&str; 6] = ["👍", "❤️", "😂", "😮", "😢", "🙏"];

/// The quick reactions as HTML, with the number's own marked. `and_more` adds the button for any other.
pub(super) fn quick_row(locale: Locale, own: Option<&str>, and_more: bool) -> String {
    let name = t!(locale, actions.react);
    let mut html = format!(r#"<div class="quick" role="group" aria-label="{name}">"#);
    for emoji in QUICK {
        let pressed = own.is_some_and(|own| is_same_emoji(own, emoji));
        html.push_str(&format!(
            r#"<button type="button" data-act="emoji" data-of="{emoji}" aria-pressed="{pressed}">{emoji}</button>"#
        ));
    }
    if and_more {
        let other = t!(locale, actions.other_reaction);
        html.push_str(&button_html(r#"data-act="other""#, other, Glyph::Plus));
    }
    html.push_str("</div>");
    html
}

/// The choice of a reaction: the quick ones, and a field for any emoji.
pub(super) fn emoji(overlay: Overlay) -> AnyView {
    let locale = use_locale();
    let inbox = use_inbox();
    let Overlay { key, text, .. } = overlay;
    let bubble = inbox.bubbles.get_untracked(&key);
    let own = bubble.as_ref().and_then(|bubble| own_reaction(bubble.stored()?));
    let row = quick_row(locale, own, false);
    let field = NodeRef::<html::Input>::new();
    let name = key.to_string();
    let types = text == "other";
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        let typed = field.get_untracked().map(|field| field.value()).unwrap_or_default();
        let emoji = typed.trim();
        if !emoji.is_empty() {
            perform(inbox, locale, &format!("emoji {name} {emoji}"));
        }
    };
    let content = view! {
        <div inner_html=row></div>
        <form class="other-emoji" on:submit=on_submit>
            <label class="field">
                <span>{t!(locale, actions.other_reaction)}</span>
                <input
                    node_ref=field
                    autocomplete="off"
                    maxlength="40"
                    placeholder="🎉"
                    autofocus=types
                />
            </label>
            <button class="button">{t!(locale, actions.react)}</button>
        </form>
    };
    modal(&key, "menu beside", t!(locale, actions.react), content.into_any())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_own_reaction_is_marked() {
        let row = quick_row(Locale::pt_BR, Some("❤"), true);
        assert_eq!(row.matches(r#"aria-pressed="true""#).count(), 1);
        assert!(row.contains(r#"data-of="❤️" aria-pressed="true">"#), "{row}");
        assert!(row.contains(r#"aria-label="Outra reação""#), "{row}");
    }
}
