//! The page of a form that a browser without JavaScript sent, as the `Referer` names it.

/// Removes the error of an earlier attempt from the address of a page (`ServerFnUrlError`). Otherwise the
/// address would grow with each attempt.
pub fn without_error(address: &str) -> String {
    let Some((page, query)) = address.split_once('?') else { return address.to_owned() };
    let is_error = |pair: &&str| pair.starts_with("__path=") || pair.starts_with("__err=");
    let kept: Vec<_> = query.split('&').filter(|pair| !is_error(pair)).collect();
    match kept.join("&") {
        kept if kept.is_empty() => page.to_owned(),
        kept => format!("{page}?{kept}"),
    }
}

#[cfg(test)]
mod tests {
    use super::without_error;

    #[test]
    fn only_the_error_is_removed() {
        let page = "http://inbox.lan/nova-conversa";
        for (before, after) in [
            ("", ""),
            ("?", ""),
            ("?numero=2", "?numero=2"),
            ("?__path=%2Fapi%2Fstart_chat&__err=abc", ""),
            (
                "?numero=2&__path=a&__err=b&__path=c&__err=d&telefone=x%3Fy",
                "?numero=2&telefone=x%3Fy",
            ),
        ] {
            assert_eq!(without_error(&format!("{page}{before}")), format!("{page}{after}"));
        }
    }
}
