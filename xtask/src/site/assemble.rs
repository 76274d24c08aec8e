//! The finished folder: names with hashes, compressed copies, and the list of names.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use serde_json::json;
use sha2::{Digest, Sha256};
use walkdir::WalkDir;

use crate::workspace::{NAME, Workspace};

use super::{bundle::Bundle, compress, css, swap};

/// What a first visit downloads, in bytes after brotli.
pub(super) struct Sizes {
    pub(super) program: usize,
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
    let read = |name: &str| fs::read(bundle.folder.join(name));
    let js = publish(&pkg, "js", &read(&format!("{NAME}.js"))?)?;
    let wasm = publish(&pkg, "wasm", &read(&format!("{NAME}_bg.wasm"))?)?;
    let style = css::concatenate(&workspace.root().join("style"))?;
    let css = publish(&pkg, "css", style.as_bytes())?;
    // The glue imports them by paths relative to itself.
    copy_tree(&bundle.folder.join("snippets"), &pkg.join("snippets"))?;
    copy_tree(&workspace.root().join("app/assets"), next.path())?;

    let names = json!({ "js": js.url, "wasm": wasm.url, "css": css.url });
    fs::write(next.path().join("assets.json"), format!("{names:#}\n"))?;
    swap::replace(next, &site)?;
    Ok(Sizes { program: js.size + wasm.size, style: css.size })
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
