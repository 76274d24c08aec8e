//! Corrects modification times after a build, so that the next build compiles nothing again.

use std::{
    fs::{self, File},
    path::Path,
};

use anyhow::Result;

/// Sets files that a build script both writes and names as its inputs back to the time at which the
/// script was started. Cargo treats a newer input as a change: without this the second build
/// compiles `waproto` and all its dependants once more, which takes minutes.
///
/// `profile` is cargo's output folder of one profile, `target/debug` or `target/release`.
pub(crate) fn reset(profile: &Path) -> Result<()> {
    for package in fs::read_dir(profile.join("build"))? {
        let package = package?.path();
        let Ok(started) = fs::metadata(package.join("invoked.timestamp")) else { continue };
        let output = fs::read_to_string(package.join("output")).unwrap_or_default();
        let inputs = output.lines().filter_map(|line| {
            let line = line.strip_prefix("cargo::").or_else(|| line.strip_prefix("cargo:"))?;
            line.strip_prefix("rerun-if-changed=")
        });
        for own in inputs.map(Path::new).filter(|input| input.starts_with(package.join("out"))) {
            if own.is_file() && fs::metadata(own)?.modified()? > started.modified()? {
                File::options().append(true).open(own)?.set_modified(started.modified()?)?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::*;

    #[test]
    fn only_a_scripts_own_inputs_are_set_back() {
        let profile = tempfile::tempdir().unwrap();
        let package = profile.path().join("build/waproto-1");
        fs::create_dir_all(package.join("out")).unwrap();
        let (own, source) = (package.join("out/own.desc"), profile.path().join("source"));
        let output = format!(
            "cargo:rerun-if-changed={}\ncargo:rerun-if-changed={}\n",
            own.display(),
            source.display()
        );
        let start = SystemTime::now() - Duration::from_secs(60);
        for (file, content) in [(&own, "x"), (&source, "x"), (&package.join("output"), &output)] {
            fs::write(file, content).unwrap();
        }
        let stamp = File::create(package.join("invoked.timestamp")).unwrap();
        stamp.set_modified(start).unwrap();
        reset(profile.path()).unwrap();
        assert_eq!(fs::metadata(&own).unwrap().modified().unwrap(), start);
        assert!(fs::metadata(&source).unwrap().modified().unwrap() > start);
    }
}
