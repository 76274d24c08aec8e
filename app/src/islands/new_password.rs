use leptos::prelude::*;

use crate::components::text_signal;
use crate::i18n::{Locale, t, use_locale};

/// The minimum length of a password in characters; the store enforces it.
const SHORTEST: usize = 10;

/// A field for a new password, with a hint about its strength.
#[island]
pub fn NewPassword(
    /// The label of the field.
    label: String,
) -> impl IntoView {
    let locale = use_locale();
    let typed = RwSignal::new(String::new());
    let strength = move || typed.with(|typed| Strength::of(typed));
    let name = text_signal(move || strength().name().to_owned());
    let hint = text_signal(move || strength().hint(locale));
    view! {
        <div class="field">
            <label for="new-password">{label}</label>
            <input
                id="new-password"
                name="password"
                type="password"
                autocomplete="new-password"
                minlength="10"
                maxlength="200"
                required
                aria-describedby="new-password-hint"
                on:input:target=move |event| typed.set(event.target().value())
            />
            <p class="hint" id="new-password-hint" data-strength=name>
                {hint}
            </p>
        </div>
    }
}

/// The strength of a password by its length and variety alone; no dictionary is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Strength {
    Empty,
    /// Characters missing to the minimum length.
    Short(usize),
    Weak,
    Fair,
    Strong,
}

impl Strength {
    fn of(password: &str) -> Self {
        let letters: Vec<char> = password.chars().collect();
        if letters.is_empty() {
            return Self::Empty;
        }
        if letters.len() < SHORTEST {
            return Self::Short(SHORTEST - letters.len());
        }
        // A step that repeats or continues (aaa, abc, 321) adds no strength.
        let steps =
            letters.windows(2).filter(|pair| (pair[0] as i64 - pair[1] as i64).abs() > 1).count();
        let mut distinct = letters.clone();
        distinct.sort_unstable();
        distinct.dedup();
        match steps.min(distinct.len() * 3 / 2) {
            ..8 => Self::Weak,
            8..13 => Self::Fair,
            _ => Self::Strong,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Short(_) => "short",
            Self::Weak => "weak",
            Self::Fair => "fair",
            Self::Strong => "strong",
        }
    }

    fn hint(self, locale: Locale) -> String {
        match self {
            Self::Empty => t!(locale, password.rule).to_owned(),
            Self::Short(1) => t!(locale, password.missing_one).to_owned(),
            Self::Short(n) => t!(locale, password.missing, n = n).to_string(),
            Self::Weak => t!(locale, password.weak).to_owned(),
            Self::Fair => t!(locale, password.fair).to_owned(),
            Self::Strong => t!(locale, password.strong).to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Strength;

    #[test]
    fn length_alone_is_not_strength() {
        assert_eq!(Strength::of(""), Strength::Empty);
        assert_eq!(Strength::of("curta"), Strength::Short(5));
        assert_eq!(Strength::of("aaaaaaaaaaaaaaaa"), Strength::Weak);
        assert_eq!(Strength::of("12345678901234"), Strength::Weak);
        assert_eq!(Strength::of("tambor-lua9"), Strength::Fair);
        assert_eq!(Strength::of("tambor lua girafa 9"), Strength::Strong);
    }
}
