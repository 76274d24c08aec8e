//! One style sheet out of `style/`.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

/// The base of the other styles comes first; any other file follows by name, then `components/` by name.
const FIRST: &[&str] = &["tokens.css", "base.css", "layout.css"];

/// Every file under `style`, in order, without comments.
pub(super) fn concatenate(style: &Path) -> Result<String> {
    let mut paths: Vec<PathBuf> = FIRST.iter().map(|name| style.join(name)).collect();
    let others = sheets(style)?;
    paths.extend(others.into_iter().filter(|path| !FIRST.iter().any(|name| path.ends_with(name))));
    paths.extend(sheets(&style.join("components"))?);

    let mut sheet = String::new();
    for path in paths {
        let text = fs::read_to_string(&path)
            .with_context(|| format!("could not read {}", path.display()))?;
        sheet.push_str(&without_comments(&text));
    }
    Ok(sheet)
}

/// The style sheets of one folder, by name.
fn sheets(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("no folder {}", folder.display()))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "css") {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// Without comments, indentation and empty lines. Strings keep what looks like a comment in them.
fn without_comments(css: &str) -> String {
    let mut kept = String::with_capacity(css.len());
    let mut rest = css;
    while let Some(at) = rest.find(['/', '"', '\'']) {
        let (before, from) = rest.split_at(at);
        kept.push_str(before);
        let length = match from.as_bytes() {
            [b'/', b'*', ..] => {
                rest = from[2..].split_once("*/").map_or("", |(_, after)| after);
                continue;
            }
            [quote @ (b'"' | b'\''), ..] => string_length(from, *quote),
            _ => 1,
        };
        let (whole, after) = from.split_at(length);
        kept.push_str(whole);
        rest = after;
    }
    kept.push_str(rest);

    let lines = kept.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.flat_map(|line| [line, "\n"]).collect()
}

/// Bytes of the string that `text` begins with, quotes included.
fn string_length(text: &str, quote: u8) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            _ if byte == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_go_and_strings_stay() {
        let css =
            "/* a\n b */\n.a {\n  content: \"/* kept \\\" */\"; /* gone */\n  color: red;\n}\n";
        let expected = ".a {\ncontent: \"/* kept \\\" */\";\ncolor: red;\n}\n";
        assert_eq!(without_comments(css), expected);
    }

    #[test]
    fn a_division_and_an_open_comment_do_not_end_the_scan() {
        assert_eq!(without_comments("a{width:calc(1px / 2)}/* open"), "a{width:calc(1px / 2)}\n");
    }

    #[test]
    fn files_come_in_the_order_of_the_cascade() -> Result<()> {
        let style = tempfile::tempdir()?;
        fs::create_dir(style.path().join("components"))?;
        for name in [
            "layout.css",
            "components/b.css",
            "print.css",
            "base.css",
            "components/a.css",
            "tokens.css",
        ] {
            fs::write(style.path().join(name), name)?;
        }
        let sheet = concatenate(style.path())?;
        let order: Vec<_> = sheet.lines().collect();
        assert_eq!(
            order,
            [
                "tokens.css",
                "base.css",
                "layout.css",
                "print.css",
                "components/a.css",
                "components/b.css"
            ]
        );
        Ok(())
    }
}
