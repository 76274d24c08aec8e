use leptos::prelude::*;

use super::{Glyph, Icon, flag, text};

/// The colours in `style/components/avatar.css`.
const HUES: i64 = 12;

/// Initials on a colour that is the person's own as long as `seed` is.
#[component]
pub(crate) fn Avatar(
    #[prop(into)] name: Signal<String>,
    seed: i64,
    #[prop(optional)] small: bool,
) -> impl IntoView {
    let size = if small { " small" } else { "" };
    let class = format!("avatar hue-{}{size}", (seed * 5).rem_euclid(HUES));
    let letters = text(move || name.with(|name| initials(name)));
    view! {
        <span class=class aria-hidden="true">
            {letters}
            <span class="nobody" hidden=flag(move || letters.with(|letters| !letters.is_empty()))>
                <Icon of=Glyph::Person />
            </span>
        </span>
    }
}

/// First letters of the first two words; none for a bare number.
fn initials(name: &str) -> String {
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
