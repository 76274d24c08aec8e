//! wasm-bindgen's JavaScript without what is written for people: its documentation, a tenth of what
//! is downloaded.

/// Leaves out documentation comments and indentation. Only for what wasm-bindgen writes: each of its
/// comments has lines of its own, and no text of its has more than one line.
pub(super) fn slim(glue: &str) -> String {
    let mut slim = String::with_capacity(glue.len());
    let mut in_comment = false;
    for line in glue.lines().map(str::trim) {
        in_comment |= line.starts_with("/**");
        if !in_comment && !line.is_empty() && !line.starts_with("//") {
            slim.push_str(line);
            slim.push('\n');
        }
        in_comment &= !line.ends_with("*/");
    }
    slim
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_stays_and_comments_go() {
        let glue = "/**\n * @param {HTMLElement} el\n */\nexport function a(el) {\n    // why\n    \
                    wasm.a(el, 'http://b/**/c');\n\n}\n/** one line */\nlet d = 1;\n";
        let slim = slim(glue);
        assert_eq!(slim, "export function a(el) {\nwasm.a(el, 'http://b/**/c');\n}\nlet d = 1;\n");
    }
}
