//! Strips the JS shim of wasm-bindgen: its documentation is a tenth of the download.

/// Removes documentation comments and indentation. Valid for the output of wasm-bindgen and of the
/// splitter, and for `browser/`: each of their comments has lines of its own, and no string literal spans
/// several lines.
pub(super) fn strip(js_shim: &str) -> String {
    let mut stripped = String::with_capacity(js_shim.len());
    let mut in_comment = false;
    for line in js_shim.lines().map(str::trim) {
        in_comment |= line.starts_with("/**");
        if !in_comment && !line.is_empty() && !line.starts_with("//") {
            stripped.push_str(line);
            stripped.push('\n');
        }
        in_comment &= !line.ends_with("*/");
    }
    stripped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_stays_and_comments_go() {
        let js_shim = "/**\n * @param {HTMLElement} el\n */\nexport function a(el) {\n    // why\n    \
                    wasm.a(el, 'http://b/**/c');\n\n}\n/** one line */\nlet d = 1;\n";
        let stripped = strip(js_shim);
        assert_eq!(
            stripped,
            "export function a(el) {\nwasm.a(el, 'http://b/**/c');\n}\nlet d = 1;\n"
        );
    }
}
