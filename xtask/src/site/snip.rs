//! Leaving out code that the compiler cannot know to be dead.

use std::path::Path;

use anyhow::{Context, Result};
use rustc_demangle::demangle;
use walrus::{FunctionBuilder, FunctionId, FunctionKind, Module, passes::gc};

/// How the names of functions end that are never called: hydration in steps, for views of which parts
/// are loaded later. There are none here, islands are hydrated at once. Its code is nevertheless in the
/// table of functions of every kind of view, a tenth of the program. Only the bodies themselves: the
/// helpers inside them are one with those of `hydrate`.
const ENDINGS: &[&str] = &["::hydrate_async::{{closure}}"];

/// How their names begin: writing a number with decimals, which serde would do in an error about one
/// that is where it should not be, and no answer of the server has any; and reading dates of e-mails,
/// which chrono would if a program asked for that form.
const BEGINNINGS: &[&str] =
    &["core::fmt::float::", "core::num::flt2dec::", "chrono::format::parse::parse_rfc2822"];

/// Empties the functions that are never called and drops what only they called. A call of one, should
/// there be any, stops the program with "unreachable"; every browser test would see it.
pub(super) fn snip(wasm: &Path) -> Result<()> {
    let mut module = Module::from_file(wasm).context("the wasm could not be read")?;
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
        let mut empty = FunctionBuilder::new(&mut module.types, &params, &results);
        empty.func_body().unreachable();
        module.funcs.get_mut(id).kind = FunctionKind::Local(empty.local_func(args));
    }
    gc::run(&mut module);
    module.emit_wasm_file(wasm)
}

fn is_never_called(name: &str) -> bool {
    let begins = BEGINNINGS.iter().any(|beginning| name.starts_with(beginning));
    begins || ENDINGS.iter().any(|ending| name.ends_with(ending))
}
