use leptos::prelude::*;

use super::{Glyph, Icon, bool_signal, text_signal};

/// The number of colours in `style/components/avatar.css`.
const HUES: i64 = 12;

/// Initials on a colour that is stable for the same `seed`, and above them the picture if there is one.
#[component]
pub(crate) fn Avatar(
    #[prop(into)] name: Signal<String>,
    seed: i64,
    #[prop(optional)] small: bool,
    /// The address of the picture; empty if there is none. The initials stay if it cannot be loaded.
    #[prop(optional, into)]
    picture: Option<Signal<String>>,
) -> impl IntoView {
    let size = if small { " small" } else { "" };
    let class = format!("avatar hue-{}{size}", (seed * 5).rem_euclid(HUES));
    let letters = text_signal(move || name.with(|name| initials(name)));
    view! {
        <span class=class aria-hidden="true">
            {letters}
            <span class="nobody" hidden=bool_signal(move || letters.with(|letters| !letters.is_empty()))>
                <Icon of=Glyph::Person />
            </span>
            {picture.map(|src| view! {
                <img
                    src=src
                    alt=""
                    loading="lazy"
                    decoding="async"
                    hidden=bool_signal(move || src.with(String::is_empty))
                />
            })}
        </span>
    }
}

/// The first letters of the first two words; empty for a phone number.
pub(super) fn initials(name: &str) -> String {
    name.split_whitespace()
        .filter_map(|word| word.chars().find(|letter| letter.is_alphabetic()))
        .take(2)
        .flat_map(char::to_uppercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn a_number_has_no_initials() {
        assert_eq!(initials("Cláudia Menezes Prado"), "CM");
        assert_eq!(initials("(loja) ótica"), "LÓ");
        assert_eq!(initials("+55 61 99812-4471"), "");
    }
}
