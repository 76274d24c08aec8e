/// A text as the content of a multi-line field.
pub(crate) fn field(text: &str) -> String {
    // The HTML parser drops the first line break of a field; a script's value keeps it.
    let first = if cfg!(feature = "ssr") { "\n" } else { "" };
    format!("{first}{}", text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"))
}

#[cfg(test)]
mod tests {
    use super::field;

    #[test]
    fn a_text_ends_no_field() {
        let text = "\n</textarea><script>&lt;";
        assert!(field(text).ends_with("\n&lt;/textarea&gt;&lt;script&gt;&amp;lt;"));
    }
}
