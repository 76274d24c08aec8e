//! A disk that refuses writes: the program advises what to do, and nothing is left behind.

#![cfg(target_os = "linux")]

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::Path;
use std::process::{Command, Output};

use flate2::read::GzDecoder;

use crate::installation::{Installation, names};

/// Incompressible bytes (xorshift).
fn noise(bytes: usize) -> Vec<u8> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut noise = Vec::with_capacity(bytes);
    while noise.len() < bytes {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        noise.extend(state.to_le_bytes());
    }
    noise
}

/// An installation with one file of 3 MiB.
async fn installation() -> Installation {
    let installation = Installation::new().await;
    fs::write(installation.path("data/media/2/10"), noise(3 * 1024 * 1024)).unwrap();
    installation
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Runs the program with a file size limit of 1 MiB, or 2 in shells that count in kibibytes. The
/// system's signal is ignored, so that the program sees the error as one of a disk.
fn with_short_files(args: &[&OsStr]) -> Output {
    let script = "trap '' XFSZ; ulimit -f 2048; exec \"$0\" \"$@\"";
    let program = env!("CARGO_BIN_EXE_inbox-pirata");
    Command::new("sh").args(["-c", script, program]).args(args).output().unwrap()
}

#[tokio::test]
async fn a_file_that_the_disk_cuts_short_leaves_nothing() {
    let old = installation().await;
    let data = old.path("data");
    let before = names(&data);
    let too_long = "o disco não aceita um arquivo deste tamanho e nada foi mudado";

    let made = with_short_files(&[
        "--data-dir".as_ref(),
        data.as_ref(),
        "backup".as_ref(),
        old.path("file").as_ref(),
    ]);
    assert!(!made.status.success() && stderr(&made).contains(too_long), "{}", stderr(&made));
    assert_eq!(names(old.folder.path()), ["data"]);
    assert_eq!(names(&data), before);

    old.back_up("file", None).await.unwrap();
    let restored = with_short_files(&[
        "--data-dir".as_ref(),
        old.path("restored").as_ref(),
        "restore".as_ref(),
        old.path("file").as_ref(),
    ]);
    assert!(
        !restored.status.success() && stderr(&restored).contains(too_long),
        "{}",
        stderr(&restored)
    );
    assert_eq!(names(&old.path("restored")), [""; 0]);
}

/// Runs a shell script with a disk of `size` KiB of its own, mounted at `$DISK`. The program and
/// its arguments are `"$0" "$@"`.
fn with_disk(disk: &Path, size: u64, script: &str, args: &[&OsStr]) -> io::Result<Output> {
    let script = format!("mount -t tmpfs -o size={size}k tmpfs \"$DISK\" && {{ {script}; }}");
    let mut command = Command::new("unshare");
    command.args(["--map-root-user", "--mount", "sh", "-c", &script]);
    command.arg(env!("CARGO_BIN_EXE_inbox-pirata")).args(args).env("DISK", disk);
    command.output()
}

/// The KiB that an archive needs on a disk to be unpacked.
fn unpacked(archive: &Path) -> u64 {
    let mut archive = tar::Archive::new(GzDecoder::new(fs::File::open(archive).unwrap()));
    let sizes = archive.entries().unwrap().map(|entry| entry.unwrap().size());
    sizes.map(|size| size.div_ceil(4096) * 4).sum()
}

#[tokio::test]
async fn a_full_disk_is_told_as_such_and_nothing_stays_on_it() {
    let old = installation().await;
    let (data, disk) = (old.path("data"), old.path("disk"));
    fs::create_dir(&disk).unwrap();
    if !with_disk(&disk, 64, "true", &[]).is_ok_and(|mounted| mounted.status.success()) {
        // `backup::archive`'s tests cover this error, and the test above its message.
        eprintln!("this system lets no test have a disk of its own: not tested with a real one");
        return;
    }
    let before = names(&data);
    // The script prints the files that exist afterwards.
    let run = "\"$0\" \"$@\"; code=$?; find \"$DISK\" -mindepth 1; exit $code";
    let refused = |what: &str, output: io::Result<Output>| {
        let output = output.unwrap();
        let message = stderr(&output);
        assert!(!output.status.success(), "{what}");
        assert!(message.contains("falta espaço no disco e nada foi mudado"), "{what}: {message}");
        assert_eq!(String::from_utf8_lossy(&output.stdout), "", "{what}");
    };
    let file = disk.join("file");
    let backup: [&OsStr; 4] =
        ["--data-dir".as_ref(), data.as_ref(), "backup".as_ref(), file.as_os_str()];
    refused("backup", with_disk(&disk, 1024, run, &backup));
    assert_eq!(names(&data), before);

    let file = old.path("file");
    let restore: [&OsStr; 4] =
        ["--data-dir".as_ref(), disk.as_ref(), "restore".as_ref(), file.as_os_str()];
    old.back_up("file", None).await.unwrap();
    refused("unpacking", with_disk(&disk, 1024, run, &restore));
    // The disk has space for the files, and not for the database beside them.
    refused("the database", with_disk(&disk, unpacked(&file) + 100, run, &restore));
    assert!(with_disk(&disk, unpacked(&file) + 8192, run, &restore).unwrap().status.success());
}
