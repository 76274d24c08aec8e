//! Files that are sent compressed, compressed once instead of per request.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::Result;
use brotli::enc::BrotliEncoderParams;
use flate2::{Compression, write::GzEncoder};

/// Kinds that get smaller; pictures and fonts are compressed in themselves.
const COMPRESSIBLE: &[&str] = &["css", "html", "js", "json", "svg", "txt", "wasm", "webmanifest"];

/// brotli's strongest; with a window and blocks of 1 MiB, about what our largest file is, it is smallest.
const QUALITY: i32 = 11;
const WINDOW: i32 = 20;

/// Writes `content` at `path`, with `.br` and `.gz` beside it where they serve. Returns what a
/// browser downloads, in bytes.
pub(super) fn write(path: &Path, content: &[u8]) -> Result<usize> {
    fs::write(path, content)?;
    let kind = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    if !COMPRESSIBLE.contains(&kind) {
        return Ok(content.len());
    }

    let mut small = Vec::new();
    let how = BrotliEncoderParams {
        quality: QUALITY,
        lgwin: WINDOW,
        lgblock: WINDOW,
        size_hint: content.len(),
        ..BrotliEncoderParams::default()
    };
    brotli::BrotliCompress(&mut &*content, &mut small, &how)?;
    fs::write(beside(path, "br"), &small)?;

    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(content)?;
    fs::write(beside(path, "gz"), gzip.finish()?)?;
    Ok(small.len())
}

fn beside(path: &Path, extension: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    name.into()
}
