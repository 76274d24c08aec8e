//! The finished folder: names with hashes, compressed copies, and the list of names.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use walkdir::WalkDir;

use crate::workspace::{NAME, Workspace};

use super::{
    bundle::{Bundle, PARTS, PROGRAMS},
    compress, css,
    fingerprint::Fingerprint,
    js_shim, split, swap,
};

struct Asset {
    url: String,
    size: usize,
}

/// Builds the site in a temporary folder, then puts it in its place. Returns the bytes of the styles
/// after brotli.
pub(super) fn assemble(workspace: &Workspace, bundle: &Bundle) -> Result<usize> {
    let site = workspace.site();
    let parent = site.parent().context("the site has a parent folder")?;
    fs::create_dir_all(parent)?;
    let next = tempfile::Builder::new().prefix("site-").tempdir_in(parent)?;

    let pkg = next.path().join("pkg");
    fs::create_dir(&pkg)?;
    let program = |program: &str| publish_program(&pkg, &bundle.folder, program);
    let [inbox, pages] = PROGRAMS;
    let (inbox, pages) = (program(inbox)?, program(pages)?);
    let tab = publish_scripts(&pkg, &workspace.root().join("browser"))?;
    let style = css::concatenate(&workspace.root().join("style"))?;
    let css = publish(&pkg, "css", style.as_bytes())?;
    copy_tree(&workspace.root().join("app/assets"), next.path())?;

    let programs = json!({ "inbox": inbox, "pages": pages });
    let names = json!({ "programs": programs, "tab": tab.url, "css": css.url });
    fs::write(next.path().join("assets.json"), format!("{names:#}\n"))?;
    swap::replace(next, &site)?;
    Ok(css.size)
}

/// Writes a program into a folder that is named by the hash of all of it, since its files name each other,
/// and a part of another version would find nothing of the core where it looks. Returns its addresses.
fn publish_program(pkg: &Path, bundle: &Path, program: &str) -> Result<Value> {
    let from = bundle.join(program);
    let mut hash = Fingerprint::new().tree(bundle, program)?.finish();
    hash.truncate(16);
    let to = pkg.join(&hash);
    copy_tree(&from, &to)?;
    // For us alone.
    for ending in ["", ".br", ".gz"] {
        fs::remove_file(to.join(format!("{PARTS}{ending}")))?;
    }
    let url = |file: &str| format!("/pkg/{hash}/{file}");
    let mut parts: Value = serde_json::from_slice(&fs::read(from.join(PARTS))?)?;
    for files in parts.as_object_mut().into_iter().flat_map(|parts| parts.values_mut()) {
        for file in files.as_array_mut().into_iter().flatten() {
            *file = url(file.as_str().context("parts are named by words")?).into();
        }
    }
    let (js, wasm) = (format!("{NAME}.js"), format!("{NAME}_bg.wasm"));
    Ok(json!({ "js": url(&js), "wasm": url(&wasm), "link": url(split::LINK), "parts": parts }))
}

/// The folder of the scripts that a page imports once its program runs, with folders of its own.
const LATER: &str = "later";

/// Publishes the plain scripts as one module, in the order of their names and without comments. Those in
/// [`LATER`] are modules of their own, and all imports name the published files.
fn publish_scripts(pkg: &Path, folder: &Path) -> Result<Asset> {
    let mut module = String::new();
    let mut later = BTreeMap::new();
    for entry in WalkDir::new(folder).sort_by_file_name() {
        let entry = entry?;
        if !entry.file_type().is_file() {
            continue;
        }
        let script = js_shim::strip(&fs::read_to_string(entry.path())?);
        match entry.path().strip_prefix(folder.join(LATER)) {
            Ok(name) => {
                later.insert(name.display().to_string(), script);
            }
            Err(_) => module.push_str(&script),
        }
    }
    let urls = publish_later(pkg, &module, later)?;
    for (name, url) in urls {
        module = module.replace(&format!("'./{LATER}/{name}'"), &format!("'{url}'"));
    }
    publish(pkg, "js", module.as_bytes())
}

/// Publishes modules, by the paths of their files in [`LATER`], each after those that it imports. Returns their
/// addresses.
fn publish_later(
    pkg: &Path,
    module: &str,
    mut scripts: BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>> {
    for name in scripts.keys() {
        let is_imported = module.contains(&format!("'./{LATER}/{name}'"))
            || scripts.iter().any(|(from, script)| script.contains(&import_of(from, name)));
        ensure!(is_imported, "nothing imports {LATER}/{name}");
    }
    let mut urls = BTreeMap::new();
    while !scripts.is_empty() {
        let waits = |from: &str, script: &str| {
            scripts.keys().any(|name| script.contains(&import_of(from, name)))
        };
        let ready = scripts.iter().find(|(from, script)| !waits(from, script));
        let ready = ready.map(|(name, _)| name.clone());
        let names = || scripts.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
        let name =
            ready.with_context(|| format!("they import each other in a circle: {}", names()))?;
        let script = scripts.remove(&name).context("it was found above")?;
        let is_left = ["'./", "'../"].iter().any(|begin| script.contains(begin));
        ensure!(!is_left, "{LATER}/{name} imports a script that is not there");
        let url = publish(pkg, "js", script.as_bytes())?.url;
        for (from, script) in &mut scripts {
            *script = script.replace(&import_of(from, &name), &format!("'{url}'"));
        }
        urls.insert(name, url);
    }
    Ok(urls)
}

/// Returns how the module at `from` names the one at `to`, as in `'../notice.js'`.
fn import_of(from: &str, to: &str) -> String {
    let (mut inside, mut to) = (from, to);
    while let (Some((folder, file)), Some((same, rest))) =
        (inside.split_once('/'), to.split_once('/'))
        && folder == same
    {
        (inside, to) = (file, rest);
    }
    match inside.matches('/').count() {
        0 => format!("'./{to}'"),
        depth => format!("'{}{to}'", "../".repeat(depth)),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn scripts(scripts: &[(&str, &str)]) -> BTreeMap<String, String> {
        scripts.iter().map(|(name, script)| ((*name).to_owned(), (*script).to_owned())).collect()
    }

    #[test]
    fn imports_name_the_published_files() -> Result<()> {
        let pkg = tempfile::tempdir()?;
        let later = scripts(&[
            ("a.js", "import { b } from './in/b.js';\n"),
            ("c.js", "export { c };\n"),
            ("in/b.js", "import { c } from '../c.js';\nimport { d } from './c.js';\n"),
            ("in/c.js", "export { d };\n"),
        ]);
        let urls = publish_later(pkg.path(), "import('./later/a.js')", later)?;
        let read = |name: &str| {
            let file = urls[name].trim_start_matches("/pkg/");
            fs::read_to_string(pkg.path().join(file))
        };
        assert_eq!(read("a.js")?, format!("import {{ b }} from '{}';\n", urls["in/b.js"]));
        let [c, d] = ["c.js", "in/c.js"].map(|name| &urls[name]);
        let b = format!("import {{ c }} from '{c}';\nimport {{ d }} from '{d}';\n");
        assert_eq!(read("in/b.js")?, b);
        Ok(())
    }

    #[test]
    fn a_script_names_others_from_its_own_folder() {
        for (from, to, import) in [
            ("a.js", "b.js", "'./b.js'"),
            ("a.js", "in/b.js", "'./in/b.js'"),
            ("in/a.js", "b.js", "'../b.js'"),
            ("in/a.js", "in/b.js", "'./b.js'"),
            ("in/a.js", "on/b.js", "'../on/b.js'"),
            ("in/deep/a.js", "in/b.js", "'../b.js'"),
            ("in/deep/a.js", "b.js", "'../../b.js'"),
        ] {
            assert_eq!(import_of(from, to), import);
        }
    }

    #[test]
    fn circles_and_scripts_that_nothing_imports_or_that_are_not_there_are_errors() -> Result<()> {
        let pkg = tempfile::tempdir()?;
        let circle = scripts(&[("a.js", "import './b.js';\n"), ("b.js", "import './a.js';\n")]);
        assert!(publish_later(pkg.path(), "import('./later/a.js')", circle).is_err());
        assert!(publish_later(pkg.path(), "", scripts(&[("a.js", "")])).is_err());
        let lonely = scripts(&[("in/a.js", "import './b.js';\n")]);
        assert!(publish_later(pkg.path(), "import('./later/in/a.js')", lonely).is_err());
        Ok(())
    }
}
