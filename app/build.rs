//! Turns `locales/*.json` into code.
//!
//! This is what `leptos_i18n_build` does, without the ICU data exporter that comes with it; nothing
//! here uses ICU.

use std::error::Error;
use std::path::PathBuf;

use leptos_i18n_parser::parse_locales::options::{Config, ParseOptions};
use leptos_i18n_parser::parse_locales::parse_locales;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=locales");
    let folder = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?);
    let options = ParseOptions::new().interpolate_display(true);
    let config = Config::new("pt-BR")?.add_locale("en")?.parse_options(options);
    let locales = parse_locales(Some(folder), config)?;
    let code = leptos_i18n_codegen::gen_code(&locales, None, true, None, false)?;
    let target = PathBuf::from(std::env::var("OUT_DIR")?).join("i18n.rs");
    std::fs::write(target, code.to_string())?;
    Ok(())
}
