//! The finished folder: names with hashes, compressed copies, and the list of names.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use serde_json::json;
use sha2::{Digest, Sha256};
use walkdir::WalkDir;

use crate::workspace::{NAME, Workspace};

use super::{
    bundle::{Bundle, PROGRAMS},
    compress, css, glue, swap,
};

/// What a first visit downloads, in bytes after brotli.
pub(super) struct Sizes {
    /// JavaScript and wasm of the inbox, and of any other page.
    pub(super) inbox: usize,
    pub(super) pages: usize,
    pub(super) style: usize,
}

struct Asset {
    url: String,
    size: usize,
}

/// Builds the site in a temporary folder, then puts it in its place.
pub(super) fn assemble(workspace: &Workspace, bundle: &Bundle) -> Result<Sizes> {
    let site = workspace.site();
    let parent = site.parent().context("the site has a parent folder")?;
    fs::create_dir_all(parent)?;
    let next = tempfile::Builder::new().prefix("site-").tempdir_in(parent)?;

    let pkg = next.path().join("pkg");
    fs::create_dir(&pkg)?;
    let program = |program: &str| {
        let folder = bundle.folder.join(program);
        let js = publish(&pkg, "js", &fs::read(folder.join(format!("{NAME}.js")))?)?;
        let wasm = publish(&pkg, "wasm", &fs::read(folder.join(format!("{NAME}_bg.wasm")))?)?;
        // The glue imports them by paths relative to itself.
        copy_tree(&folder.join("snippets"), &pkg.join("snippets"))?;
        anyhow::Ok((json!({ "js": js.url, "wasm": wasm.url }), js.size + wasm.size))
    };
    let [inbox, pages] = PROGRAMS;
    let ((inbox, of_inbox), (pages, of_pages)) = (program(inbox)?, program(pages)?);
    let tab = publish(&pkg, "js", scripts(&workspace.root().join("browser"))?.as_bytes())?;
    let style = css::concatenate(&workspace.root().join("style"))?;
    let css = publish(&pkg, "css", style.as_bytes())?;
    copy_tree(&workspace.root().join("app/assets"), next.path())?;

    let programs = json!({ "inbox": inbox, "pages": pages });
    let names = json!({ "programs": programs, "tab": tab.url, "css": css.url });
    fs::write(next.path().join("assets.json"), format!("{names:#}\n"))?;
    swap::replace(next, &site)?;
    Ok(Sizes { inbox: of_inbox + tab.size, pages: of_pages + tab.size, style: css.size })
}

/// The plain scripts as one module, by name, without their comments.
fn scripts(folder: &Path) -> Result<String> {
    let mut module = String::new();
    for entry in WalkDir::new(folder).sort_by_file_name() {
        let entry = entry?;
        if entry.file_type().is_file() {
            module.push_str(&glue::slim(&fs::read_to_string(entry.path())?));
        }
    }
    Ok(module)
}

/// Writes a file whose name changes with its content.
fn publish(pkg: &Path, extension: &str, content: &[u8]) -> Result<Asset> {
    let hash = hex::encode(&Sha256::digest(content)[..8]);
    let name = format!("{NAME}.{hash}.{extension}");
    let size = compress::write(&pkg.join(&name), content)?;
    Ok(Asset { url: format!("/pkg/{name}"), size })
}

/// Copies a folder that may not exist.
fn copy_tree(from: &Path, to: &Path) -> Result<()> {
    if !from.exists() {
        return Ok(());
    }
    for entry in WalkDir::new(from) {
        let entry = entry?;
        let target = to.join(entry.path().strip_prefix(from)?);
        if entry.file_type().is_dir() {
            fs::create_dir_all(&target)?;
        } else {
            compress::write(&target, &fs::read(entry.path())?)?;
        }
    }
    Ok(())
}
