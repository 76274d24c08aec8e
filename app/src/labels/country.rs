use crate::i18n::Locale;

/// Regions with a calling code: ISO 3166 code, name in Portuguese, name in English.
const COUNTRIES: &str = include_str!("countries.tsv");

/// The name of a country, by its ISO 3166 code; the code itself where there is no name.
pub(crate) fn country(locale: Locale, region: &str) -> &str {
    let column = match locale {
        Locale::pt_BR => 1,
        Locale::en => 2,
    };
    let mut lines = COUNTRIES.lines();
    let line = lines.find(|line| line.split('\t').next() == Some(region));
    line.and_then(|line| line.split('\t').nth(column)).unwrap_or(region)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_have_names() {
        assert_eq!(country(Locale::pt_BR, "ES"), "Espanha");
        assert_eq!(country(Locale::en, "ES"), "Spain");
        assert_eq!(country(Locale::pt_BR, "ZZ"), "ZZ");
        assert!(COUNTRIES.lines().all(|line| line.split('\t').count() == 3));
    }
}
