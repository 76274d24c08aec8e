use leptos::either::Either;
use leptos::prelude::*;

use super::{Glyph, Icon};

/// The colours in `style/components/avatar.css`.
const HUES: i64 = 12;

/// Initials on a colour that is the person's own as long as `seed` is.
#[component]
pub(crate) fn Avatar(
    #[prop(into)] name: Signal<String>,
    seed: i64,
    #[prop(optional)] small: bool,
) -> impl IntoView {
    let class = format!("avatar hue-{}", (seed * 5).rem_euclid(HUES));
    view! {
        <span class=class class:small=small aria-hidden="true">
            {move || match name.with(|name| initials(name)) {
                Some(initials) => Either::Left(initials),
                None => Either::Right(view! { <Icon of=Glyph::Person /> }),
            }}
        </span>
    }
}

/// First letters of the first two words; none for a bare number.
fn initials(name: &str) -> Option<String> {
    let letters: String = name
        .split_whitespace()
        .filter_map(|word| word.chars().find(|letter| letter.is_alphabetic()))
        .take(2)
        .flat_map(char::to_uppercase)
        .collect();
    (!letters.is_empty()).then_some(letters)
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn a_number_has_no_initials() {
        assert_eq!(initials("Cláudia Menezes Prado").as_deref(), Some("CM"));
        assert_eq!(initials("(loja) ótica").as_deref(), Some("LÓ"));
        assert_eq!(initials("+55 61 99812-4471"), None);
    }
}
