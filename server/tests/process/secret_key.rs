//! The key that secrets in the database are encrypted under.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, chown};
use std::path::Path;

use sea_orm::{ConnectionTrait as _, Database, Statement};

use crate::program::{PASSWORD, Running, add_admin, finish, program};

const EMAIL: &str = "ana@loja.example";

/// The secrets as stored in the database.
fn stored(data: &Path) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let url = format!("sqlite://{}", data.join("inbox.db").display());
        let db = Database::connect(url).await.unwrap();
        let all = Statement::from_string(db.get_database_backend(), "SELECT secret FROM totp");
        let rows = db.query_all_raw(all).await.unwrap();
        let stored = rows.iter().map(|row| row.try_get_by(0).unwrap()).collect();
        db.close().await.unwrap();
        stored
    })
}

/// Starts the administrator's enrolment in the second factor.
fn begin(server: &Running) {
    let entered = server.log_in(EMAIL, PASSWORD, &[]);
    let cookie = entered.cookie("inbox_session").expect("a login").to_owned();
    let begun = server.post("/api/begin_second_factor", &[("cookie", &cookie)], "");
    assert_eq!(begun.status, 200, "{}", begun.body);
}

/// An installation with a second factor.
fn installation(data: &Path) {
    add_admin(data, EMAIL);
    begin(&Running::start(&mut program(data)));
    let stored = stored(data);
    assert!(stored.len() == 1 && stored[0].starts_with("sealed:1:"), "{stored:?}");
}

/// The refusal that it prints instead of starting.
fn refusal(data: &Path, variables: &[(&str, &str)]) -> String {
    let (started, output) = finish(program(data).args(["user", "list"]).envs(variables.to_vec()));
    assert!(!started, "{output}");
    output
}

fn rotate(data: &Path) -> (bool, String) {
    finish(program(data).args(["keys", "rotate"]))
}

#[test]
fn the_first_start_makes_a_key_and_none_is_made_in_its_place() {
    let root = tempfile::tempdir().unwrap();
    let data = root.path().join("data");
    installation(&data);
    let file = data.join("secret.key");
    let key = fs::read_to_string(&file).unwrap();
    assert!(key.trim().len() == 64 && key.trim().bytes().all(|byte| byte.is_ascii_hexdigit()));
    let before = stored(&data);

    fs::remove_file(&file).unwrap();
    for _ in 0..2 {
        let output = refusal(&data, &[]);
        for part in ["secret.key", "--secret-key-file", "INBOX_SECRET_KEY_FILE", "keys discard"] {
            assert!(output.contains(part), "{part}: {output}");
        }
        assert!(!file.exists(), "it is not made anew");
    }
    let (backed_up, output) = finish(program(&data).arg("backup").arg(root.path().join("backup")));
    assert!(!backed_up && output.contains("--secret-key-file"), "{output}");

    fs::write(&file, "a".repeat(64)).unwrap();
    assert!(refusal(&data, &[]).contains("com outra chave"));
    for none in ["", "minha chave", &"a".repeat(63), "\u{0}\u{1}"] {
        fs::write(&file, none).unwrap();
        assert!(refusal(&data, &[]).contains("não é um arquivo de chave"), "{none:?}");
    }
    fs::write(&file, &key).unwrap();
    let (listed, output) = finish(program(&data).args(["user", "list"]));
    assert!(listed, "{output}");
    assert_eq!(stored(&data), before);
}

/// Otherwise the server, which runs as another user, could not read it.
#[test]
fn a_key_that_root_makes_belongs_to_whom_the_folder_does() {
    let root = tempfile::tempdir().unwrap();
    let data = root.path().join("data");
    fs::create_dir(&data).unwrap();
    let nobody = 65534;
    if fs::metadata(&data).unwrap().uid() != 0 {
        eprintln!("only root can act for others: not tested");
        return;
    }
    chown(&data, Some(nobody), Some(nobody)).unwrap();
    for arguments in [["user", "list"], ["keys", "rotate"]] {
        let (done, output) = finish(program(&data).args(arguments));
        assert!(done, "{output}");
        let key = fs::metadata(data.join("secret.key")).unwrap();
        assert_eq!((key.uid(), key.gid(), key.mode() & 0o777), (nobody, nobody, 0o600));
    }
}

#[test]
fn a_key_is_given_as_a_file_or_as_a_variable() {
    let root = tempfile::tempdir().unwrap();
    let data = root.path().join("data");
    let file = root.path().join("key");
    let path = file.to_str().unwrap();
    add_admin(&root.path().join("data"), EMAIL);
    // Nothing is encrypted yet, so another key may be taken.
    fs::remove_file(data.join("secret.key")).unwrap();
    assert!(refusal(&data, &[("INBOX_SECRET_KEY_FILE", path)]).contains("openssl rand -hex 32"));
    let (old, new) = ("0b".repeat(32), "1c".repeat(32));
    fs::write(&file, format!("{old}\n")).unwrap();
    begin(&Running::start(program(&data).args(["--secret-key-file", path])));
    assert!(!data.join("secret.key").exists());
    let under_old = stored(&data);

    let listed =
        |key: &str| finish(program(&data).args(["user", "list"]).env("INBOX_SECRET_KEY", key));
    assert!(listed(&old).0);
    assert!(!listed(&new).0);
    let wrong = refusal(&data, &[("INBOX_SECRET_KEY", "0b0b0b")]);
    assert!(wrong.contains("openssl rand -hex 32") && !wrong.contains("0b0b0b"), "{wrong}");
    let both = [("INBOX_SECRET_KEY", old.as_str()), ("INBOX_SECRET_KEY_FILE", path)];
    assert!(refusal(&data, &both).contains("use uma das duas"));

    let rotate =
        |keys: &str| finish(program(&data).args(["keys", "rotate"]).env("INBOX_SECRET_KEY", keys));
    let (done, output) = rotate(&old);
    assert!(!done && output.contains("nova,atual"), "{output}");
    let (done, output) = rotate(&format!("{new},{old}"));
    assert!(done, "{output}");
    assert_ne!(stored(&data), under_old);
    assert!(listed(&new).0 && !listed(&old).0);
    for key in [&old, &new] {
        assert!(!output.contains(key.as_str()));
    }
}

#[test]
fn a_key_is_changed_while_no_server_runs() {
    let root = tempfile::tempdir().unwrap();
    let data = root.path().join("data");
    installation(&data);
    let file = data.join("secret.key");
    let (old, before) = (fs::read_to_string(&file).unwrap(), stored(&data));
    let server = Running::start(&mut program(&data));
    let (done, output) = rotate(&data);
    assert!(!done && output.contains("já usa os dados"), "{output}");
    assert_eq!((fs::read_to_string(&file).unwrap(), stored(&data)), (old.clone(), before.clone()));
    drop(server);

    let (done, output) = rotate(&data);
    assert!(done, "{output}");
    let new = fs::read_to_string(&file).unwrap();
    assert!(new.trim().len() == 64 && new != old && !output.contains(new.trim()), "{output}");
    assert_ne!(stored(&data), before);
    begin(&Running::start(&mut program(&data)));
    fs::write(&file, &old).unwrap();
    assert!(refusal(&data, &[]).contains("com outra chave"));
    fs::write(&file, &new).unwrap();

    // The rotation was interrupted before the database was written: both keys are in the file. The
    // next start completes it.
    let next = "2d".repeat(32);
    let under_new = stored(&data);
    fs::write(&file, format!("{next}\n{new}")).unwrap();
    let (listed, output) = finish(program(&data).args(["user", "list"]));
    assert!(listed, "{output}");
    assert_ne!(stored(&data), under_new);
    assert_eq!(fs::read_to_string(&file).unwrap().trim(), next);
    // The rotation was interrupted after it.
    let under_next = stored(&data);
    fs::write(&file, format!("{next}\n{new}")).unwrap();
    begin(&Running::start(&mut program(&data)));
    assert_eq!(fs::read_to_string(&file).unwrap().trim(), next);
    assert_ne!(stored(&data), under_next, "it was begun anew");
}

#[test]
fn a_key_that_is_lost_costs_the_second_factors_and_nothing_else() {
    let root = tempfile::tempdir().unwrap();
    let data = root.path().join("data");
    installation(&data);
    fs::remove_file(data.join("secret.key")).unwrap();
    refusal(&data, &[]);
    let (done, output) = finish(program(&data).args(["keys", "discard"]));
    assert!(done, "{output}");
    assert_eq!(stored(&data), [""; 0]);
    begin(&Running::start(&mut program(&data)));
    assert_eq!(stored(&data).len(), 1);
    // With the right key there is nothing to discard.
    let (done, output) = finish(program(&data).args(["keys", "discard"]));
    assert!(done, "{output}");
    assert_eq!(stored(&data).len(), 1);
}

#[test]
fn a_backup_is_restored_under_a_key_of_its_own() {
    let root = tempfile::tempdir().unwrap();
    let [data, backup, restored] =
        ["data", "backup", "restored"].map(|name| root.path().join(name));
    installation(&data);
    let (made, output) = finish(program(&data).arg("backup").arg(&backup));
    assert!(made, "{output}");
    let (done, output) = finish(program(&restored).arg("restore").arg(&backup));
    assert!(done, "{output}");
    let keys = [&data, &restored].map(|data| fs::read_to_string(data.join("secret.key")).unwrap());
    assert_ne!(keys[0], keys[1]);
    assert!(stored(&restored)[0].starts_with("sealed:1:") && stored(&restored) != stored(&data));
    let (listed, output) = finish(program(&restored).args(["user", "list"]));
    assert!(listed, "{output}");

    let given = root.path().join("given");
    let key = "3e".repeat(32);
    let mut restore = program(&given);
    restore.arg("restore").arg(&backup).env("INBOX_SECRET_KEY", &key);
    let (done, output) = finish(&mut restore);
    assert!(done, "{output}");
    assert!(!given.join("secret.key").exists());
    assert!(refusal(&given, &[]).contains("falta a chave"));
    let (listed, output) =
        finish(program(&given).args(["user", "list"]).env("INBOX_SECRET_KEY", &key));
    assert!(listed, "{output}");
}
