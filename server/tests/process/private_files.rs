//! Files on the disk are accessible to this user only.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};

use crate::program::{PASSWORD, Running, add_admin, built, finish, program, program_at};

/// A folder and all its entries.
fn all(folder: &Path) -> Vec<PathBuf> {
    let mut found = vec![folder.to_owned()];
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(all(&path)),
            false => found.push(path),
        }
    }
    found
}

fn is_private(path: &Path) -> bool {
    fs::metadata(path).unwrap().mode() & 0o077 == 0
}

fn assert_private(folder: &Path) {
    for path in all(folder) {
        assert!(is_private(&path), "{}: {:o}", path.display(), fs::metadata(&path).unwrap().mode());
    }
}

#[test]
fn everything_that_is_made_is_private() {
    let root = tempfile::tempdir().unwrap();
    let data = root.path().join("data");
    add_admin(&data, "ana@loja.example");
    assert_private(&data);
    let server = Running::start(&mut program(&data));
    assert_eq!(server.log_in("ana@loja.example", PASSWORD, &[]).status, 200);
    let found = all(&data);
    for name in ["inbox.db", "inbox.db-wal", "inbox.db.lock", "secret.key", "sessions"] {
        assert!(found.contains(&data.join(name)), "{name} is not in {found:?}");
    }
    assert_private(&data);
    let backup = root.path().join("backup");
    let (made, output) = finish(program(&data).arg("backup").arg(&backup));
    assert!(made, "{output}");
    assert!(is_private(&backup));
    assert_private(&data);
    drop(server);

    let restored = root.path().join("restored");
    let (done, output) = finish(program(&restored).arg("restore").arg(&backup));
    assert!(done, "{output}");
    assert_private(&restored);
    // The database lies outside the data folder.
    let database = root.path().join("elsewhere/inbox.db");
    let url = format!("sqlite://{}", database.display());
    let other = root.path().join("other");
    let server = Running::start(program(&other).args(["--database-url", &url]));
    assert_private(&other);
    assert_private(database.parent().unwrap());
    drop(server);
}

#[test]
fn a_folder_that_is_open_to_others_is_closed() {
    let root = tempfile::tempdir().unwrap();
    let data = root.path().join("data");
    add_admin(&data, "ana@loja.example");
    fs::create_dir_all(data.join("media/1")).unwrap();
    fs::write(data.join("media/1/7"), "foto").unwrap();
    for path in all(&data) {
        let mode = if path.is_dir() { 0o755 } else { 0o644 };
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
    }
    let (listed, output) = finish(program(&data).args(["user", "list"]));
    assert!(listed, "{output}");
    assert_private(&data);
}

#[test]
fn an_open_folder_of_somebody_else_is_refused_with_the_command_that_mends_it() {
    let root = tempfile::tempdir().unwrap();
    fs::set_permissions(root.path(), Permissions::from_mode(0o755)).unwrap();
    let data = root.path().join("data");
    fs::create_dir(&data).unwrap();
    fs::set_permissions(&data, Permissions::from_mode(0o777)).unwrap();
    let nobody = 65534;
    if fs::metadata(&data).unwrap().uid() != 0 {
        eprintln!("only root can be somebody else: not tested");
        return;
    }
    // The build folder may be closed to other users.
    let own = root.path().join("inbox-pirata");
    fs::hard_link(built(), &own).or_else(|_| fs::copy(built(), &own).map(drop)).unwrap();
    let mut command = program_at(&own, &data);
    command.uid(nobody).gid(nobody).current_dir("/").args(["user", "list"]);
    let (listed, output) = finish(&mut command);
    assert!(!listed, "{output}");
    for part in ["é de outro usuário", "chown -R 65534", "chmod -R go-rwx"] {
        assert!(output.contains(part), "{part}: {output}");
    }
    assert_eq!(fs::read_dir(&data).unwrap().count(), 0, "nothing was put there");
}
