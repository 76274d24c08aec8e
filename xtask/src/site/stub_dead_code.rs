//! Removes code that the compiler cannot prove to be dead.

use std::path::Path;

use anyhow::{Context, Result};
use rustc_demangle::demangle;
use walrus::{FunctionBuilder, FunctionId, FunctionKind, ModuleConfig, passes::gc};

/// Suffixes of the names of functions that are never called: asynchronous hydration. Islands are hydrated
/// at once, but the vtable of every kind of view contains it, which is a tenth of the program. Only the
/// bodies are removed: their helpers are shared with `hydrate`.
const SUFFIXES: &[&str] = &["::hydrate_async::{{closure}}"];

/// Prefixes of such names: formatting of floats, which serde does in errors about a misplaced float, and
/// no request or response has one; and parsing of RFC 2822 dates in chrono, which no program uses.
const PREFIXES: &[&str] = &[
    "core::fmt::float::",
    "core::num::flt2dec::",
    "<f64 as zmij::",
    "zmij::",
    "chrono::format::parse::parse_rfc2822",
];

/// Treatment of the names of functions.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Names {
    /// wasm-bindgen runs afterwards, and removes them.
    Kept,
    Dropped,
}

/// Replaces the functions that are never called by stubs and drops the code that only they called. A call
/// of a stub would stop the program with "unreachable", which every browser test would notice.
pub(super) fn stub(wasm: &Path, names: Names) -> Result<()> {
    let mut config = ModuleConfig::new();
    config.generate_name_section(names == Names::Kept);
    config.generate_producers_section(names == Names::Kept);
    let mut module = config.parse_file(wasm).context("the wasm could not be read")?;
    let dead: Vec<FunctionId> = module
        .funcs
        .iter_local()
        .map(|(id, _)| id)
        .filter(|id| {
            let name = module.funcs.get(*id).name.as_deref();
            name.is_some_and(|name| is_never_called(&format!("{:#}", demangle(name))))
        })
        .collect();
    for id in dead {
        let ty = module.types.get(module.funcs.get(id).ty());
        let (params, results) = (ty.params().to_vec(), ty.results().to_vec());
        let args = params.iter().map(|ty| module.locals.add(*ty)).collect();
        let mut stub = FunctionBuilder::new(&mut module.types, &params, &results);
        stub.func_body().unreachable();
        module.funcs.get_mut(id).kind = FunctionKind::Local(stub.local_func(args));
    }
    gc::run(&mut module);
    module.emit_wasm_file(wasm)
}

fn is_never_called(name: &str) -> bool {
    let has_prefix = PREFIXES.iter().any(|prefix| name.starts_with(prefix));
    has_prefix || SUFFIXES.iter().any(|suffix| name.ends_with(suffix))
}
