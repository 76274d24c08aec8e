//! Reads and writes `docs/benchmarks.md`, which has the last figures of each part.

use std::{collections::BTreeMap, fmt::Write as _, fs, io, path::PathBuf};

use anyhow::{Context, Result};

use crate::workspace::Workspace;

use super::{figure::Figure, machine};

const PREAMBLE: &str = "\
# Benchmarks

Written by `cargo xtask bench`: the last figures of each part, with the promise beside them. Server,
emulator and browser share one machine. The server is the release build with the `emulator` feature,
which differs from the product in one thing: WhatsApp's certificate signature is not checked.
";

/// Result of one part.
pub(super) struct Section {
    /// The heading. Sections are sorted by their headings.
    pub(super) title: &'static str,
    /// The method, in a sentence or two.
    pub(super) how: String,
    pub(super) figures: Vec<Figure>,
}

/// The file. Parts that are not measured this time keep their sections.
pub(super) struct Report {
    path: PathBuf,
    machine: String,
    sections: BTreeMap<String, String>,
}

impl Report {
    pub(super) fn open(workspace: &Workspace) -> Result<Self> {
        let path = workspace.root().join("docs/benchmarks.md");
        let text = match fs::read_to_string(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            text => text.with_context(|| path.display().to_string())?,
        };
        Ok(Self { path, machine: machine::describe(workspace)?, sections: sections(&text) })
    }

    /// Prints a section and writes it to the file at once, because a later part may be interrupted.
    pub(super) fn add(&mut self, section: Section) -> Result<()> {
        let mut body = format!("\n{}\n\n{}\n\n{}", self.machine, section.how, Figure::HEADER);
        for figure in &section.figures {
            body.push_str(&figure.row());
        }
        println!("## {}\n{body}", section.title);
        self.sections.insert(section.title.to_owned(), body);

        let mut text = PREAMBLE.to_owned();
        for (title, body) in &self.sections {
            write!(text, "\n## {title}\n{body}")?;
        }
        fs::write(&self.path, text).with_context(|| self.path.display().to_string())
    }
}

/// Splits a report into its sections by their headings.
fn sections(text: &str) -> BTreeMap<String, String> {
    let parts = text.split("\n## ").skip(1).filter_map(|part| part.split_once('\n'));
    parts.map(|(title, body)| (title.to_owned(), format!("{}\n", body.trim_end()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_read_as_it_was_written() {
        let text = format!("{PREAMBLE}\n## Live\n\nfast\n\n## Sessions\n\nsmall\n");
        let sections = sections(&text);
        assert_eq!(sections["Live"], "\nfast\n");
        assert_eq!(sections["Sessions"], "\nsmall\n");
    }
}
