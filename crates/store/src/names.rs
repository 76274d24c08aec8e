//! The displayed names of contacts and groups.

/// Returns a name for a contact or group of which only the address is known: the end of the
/// address, so that two of them differ. It belongs to no language.
pub(crate) fn fallback(jid: &str) -> String {
    let user = jid.split('@').next().unwrap_or(jid);
    let skip = user.chars().count().saturating_sub(8);
    format!("#{}", user.chars().skip(skip).collect::<String>())
}

/// Returns the name of a contact in the order of WhatsApp: the saved name, else the verified name of a
/// business, else the name that the contact chose, else the phone number. A name without visible
/// characters is skipped, also one that an older version stored.
pub(crate) fn display_name(
    saved: Option<String>,
    business: Option<String>,
    push: Option<String>,
    phone: Option<&str>,
) -> Option<String> {
    let shown = |name: Option<String>| text::name(&name?);
    shown(saved)
        .or_else(|| shown(business))
        .or_else(|| shown(push))
        .or_else(|| phone.map(|digits| phone::number(digits).to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_best_there_is() {
        let name = |saved: Option<&str>, push: Option<&str>| {
            display_name(saved.map(Into::into), None, push.map(Into::into), Some("5561998124471"))
        };
        let of_business = |saved: Option<&str>| {
            let [business, push] = ["Padaria Trigo", "trigo"].map(|name| Some(name.to_owned()));
            display_name(saved.map(Into::into), business, push, Some("5561998124471"))
        };
        assert_eq!(of_business(Some("Padaria")).as_deref(), Some("Padaria"));
        assert_eq!(of_business(None).as_deref(), Some("Padaria Trigo"));
        assert_eq!(name(Some("Ana"), Some("aninha")).as_deref(), Some("Ana"));
        assert_eq!(name(Some(" "), Some("aninha")).as_deref(), Some("aninha"));
        for nothing in ["\u{3164}", "\u{2800}", "\u{200e}", "\u{200b}", "\u{2060}", "\u{301}"] {
            let number = Some("+55 61 99812-4471");
            assert_eq!(name(Some(nothing), Some(nothing)).as_deref(), number, "{nothing:?}");
            assert_eq!(name(Some(nothing), Some("aninha")).as_deref(), Some("aninha"));
        }
        assert_eq!(name(None, None).as_deref(), Some("+55 61 99812-4471"));
        assert_eq!(
            display_name(None, None, None, Some("14155550100")).as_deref(),
            Some("+1 415-555-0100")
        );
        assert_eq!(display_name(None, None, None, None), None);
        assert_eq!(fallback("168302940123456@lid"), "#40123456");
        assert_eq!(fallback("1@lid"), "#1");
    }
}
