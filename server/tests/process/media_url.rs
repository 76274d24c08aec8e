//! The files of messages in a bucket: the same answers as from the folder, refusals at the start, and backups.

use std::fs;
use std::path::Path;
use std::process::Command;

use model::MessageId;
use s3server::S3Server;
use store::{Inbound, InboundMedia, MediaQuotas, Store};
use tokio::runtime::Runtime;

use crate::program::{Answer, PASSWORD, Running, finish, program};

const CONTENT: &[u8] = b"0123456789";

/// Fills a data folder with a user and the picture of a customer, of which the file is missing. Returns the
/// name of the file, and the message.
fn fill(runtime: &Runtime, data: &Path) -> (String, MessageId) {
    runtime.block_on(async {
        let url = format!("sqlite://{}", data.join("inbox.db").display());
        let store = Store::open(&url).await.unwrap();
        let ana = store.operator().create(fixtures::new_user("Ana")).await.unwrap();
        let number = store.viewer(ana.id).await.unwrap().own_connection().await.unwrap();
        let media =
            Some(InboundMedia { size: CONTENT.len() as u64, ..fixtures::file("image/jpeg") });
        let picture = Inbound {
            kind: model::MessageKind::Image,
            media,
            ..fixtures::text("3EB0C431C26A1916E07A01", "")
        };
        store.ingest(number).messages(&[picture]).await.unwrap();
        let queue = store.media(number);
        let message = queue.due(1).await.unwrap()[0].message;
        let (bytes, quotas) = (CONTENT.len() as u64, MediaQuotas::default());
        queue.stored_within(message, bytes, quotas).await.unwrap();
        (format!("{number}/{message}"), message)
    })
}

/// Writes the file that is missing.
fn put(path: &Path) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, CONTENT).unwrap();
}

/// Makes a backup.
fn back_up(data: &Path, file: &Path) {
    let (made, output) = finish(program(data).arg("backup").arg(file));
    assert!(made, "{output}");
}

fn restore(data: &Path, file: &Path, media_url: &str) -> (bool, String) {
    let mut program = program(data);
    finish(with_bucket(&mut program, media_url).arg("restore").arg(file))
}

fn with_bucket<'a>(program: &'a mut Command, media_url: &str) -> &'a mut Command {
    program
        .env("INBOX_MEDIA_URL", media_url)
        .env("AWS_ACCESS_KEY_ID", s3server::KEY_ID)
        .env("AWS_SECRET_ACCESS_KEY", s3server::SECRET)
        .env_remove("AWS_SESSION_TOKEN")
}

/// The status and the headers of an answer, without those that differ between any two files.
fn comparable(answer: &Answer) -> Vec<String> {
    let differs = ["date: ", "last-modified: ", "etag: ", "set-cookie: "];
    let lines = answer.head.lines().map(str::to_ascii_lowercase);
    let mut lines: Vec<_> =
        lines.filter(|line| !differs.iter().any(|name| line.starts_with(name))).collect();
    lines.sort();
    lines
}

#[test]
fn a_file_in_a_bucket_is_served_as_one_in_the_folder() {
    let runtime = Runtime::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let s3 = runtime.block_on(S3Server::start(&folder.path().join("s3"))).unwrap();
    let [local, remote] = ["local", "remote"].map(|name| folder.path().join(name));
    let mut answers = Vec::new();
    for data in [&local, &remote] {
        fs::create_dir(data).unwrap();
        let (name, message) = fill(&runtime, data);
        let mut program = program(data);
        if data == &remote {
            put(&s3.object(&name));
            with_bucket(&mut program, &s3.media_url());
        } else {
            put(&data.join("media").join(&name));
        }
        let server = Running::start(&mut program);
        let cookie = server.log_in("ana@loja.example", PASSWORD, &[]);
        let cookie = cookie.cookie("inbox_session").unwrap().to_owned();
        let path = format!("/midia/{message}");
        let cases = [
            ("GET", None, "0123456789"),
            ("HEAD", None, ""),
            ("GET", Some("bytes=0-0"), "0"),
            ("GET", Some("bytes=3-5"), "345"),
            ("GET", Some("bytes=-2"), "89"),
            ("GET", Some("bytes=10-"), ""),
        ];
        answers.push(cases.map(|(method, range, content)| {
            let mut headers = vec![("cookie", cookie.as_str())];
            headers.extend(range.map(|range| ("range", range)));
            let answer = server.send(method, &path, &headers, "");
            assert_eq!(answer.body, content, "{method} {range:?}: {}", answer.head);
            comparable(&answer)
        }));
        let whole = server.get(&path, &[("cookie", cookie.as_str())]);
        assert!(whole.header("content-security-policy").unwrap().starts_with("sandbox"));
        let tag = whole.header("etag").unwrap().to_owned();
        let known = [("cookie", cookie.as_str()), ("if-none-match", tag.as_str())];
        assert_eq!(server.get(&path, &known).status, 304);
        assert_eq!(server.get(&path, &[]).status, 401);
    }
    assert_eq!(answers[0], answers[1]);
}

#[test]
fn a_bucket_that_cannot_be_used_is_refused_with_the_remedy() {
    let runtime = Runtime::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut s3 = runtime.block_on(S3Server::start(&folder.path().join("s3"))).unwrap();
    let data = folder.path().join("data");
    let refusal = |media_url: &str, change: fn(&mut Command)| {
        let mut program = program(&data);
        with_bucket(&mut program, media_url).args(["--listen", "127.0.0.1:0"]);
        change(&mut program);
        let (went_well, output) = finish(&mut program);
        assert!(!went_well && output.contains("INBOX_MEDIA_URL"), "{output}");
        assert!(!output.contains(s3server::SECRET), "{output}");
        output
    };
    let (endpoint, url) = (s3.endpoint(), s3.media_url());
    let other = refusal(&format!("s3://outra-loja?endpoint={endpoint}"), |_| {});
    assert!(other.contains("não existe") && other.contains("s3://outra-loja"), "{other}");
    let wrong = refusal(&url, |program| {
        program.env("AWS_SECRET_ACCESS_KEY", "outro");
    });
    assert!(wrong.contains("recusou as credenciais"), "{wrong}");
    let none = refusal(&url, |program| {
        program.env("AWS_ACCESS_KEY_ID", "");
    });
    assert!(none.contains("AWS_ACCESS_KEY_ID"), "{none}");
    let open = refusal("s3://loja?endpoint=http://minio:9000", |_| {});
    assert!(open.contains("allow_http=true"), "{open}");
    runtime.block_on(s3.stop());
    let gone = refusal(&url, |_| {});
    assert!(gone.contains("não respondeu"), "{gone}");
}

#[test]
fn a_backup_says_that_files_in_a_bucket_are_not_in_it() {
    let runtime = Runtime::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let [data, file, new] = ["data", "file", "new"].map(|name| folder.path().join(name));
    fs::create_dir(&data).unwrap();
    let (name, _) = fill(&runtime, &data);
    put(&data.join("media").join(&name));
    // Neither command asks the bucket.
    let bucket = "s3://loja?endpoint=http://127.0.0.1:9";
    let mut backup = program(&data);
    with_bucket(&mut backup, bucket).arg("backup").arg(&file);
    let (made, output) = finish(&mut backup);
    assert!(made && output.contains("arquivos de mídia: 0"), "{output}");
    assert!(output.contains("s3://loja") && output.contains("backup próprio"), "{output}");

    let (restored, output) = restore(&new, &file, bucket);
    assert!(restored && output.contains("são os que estão em s3://loja"), "{output}");
}

#[test]
fn the_files_of_a_backup_are_restored_into_a_bucket() {
    let runtime = Runtime::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut s3 = runtime.block_on(S3Server::start(&folder.path().join("s3"))).unwrap();
    let [data, file, new] = ["data", "file", "new"].map(|name| folder.path().join(name));
    fs::create_dir(&data).unwrap();
    let (name, message) = fill(&runtime, &data);
    put(&data.join("media").join(&name));
    back_up(&data, &file);

    let url = s3.media_url();
    runtime.block_on(s3.stop());
    let (restored, output) = restore(&new, &file, &url);
    assert!(!restored && output.contains("não respondeu"), "{output}");
    let left = || fs::read_dir(&new).unwrap().map(|entry| entry.unwrap().file_name());
    assert_eq!(left().count(), 0, "{:?}", left().collect::<Vec<_>>());

    runtime.block_on(s3.start_again()).unwrap();
    let (restored, output) = restore(&new, &file, &url);
    assert!(restored && output.contains("enviados a s3://loja"), "{output}");
    assert_eq!(fs::read(s3.object(&name)).unwrap(), CONTENT);
    assert!(!new.join("media").join(&name).exists());

    let mut program = program(&new);
    let server = Running::start(with_bucket(&mut program, &url));
    let cookie = server.log_in("ana@loja.example", PASSWORD, &[]);
    let cookie = cookie.cookie("inbox_session").unwrap().to_owned();
    let answer = server.get(&format!("/midia/{message}"), &[("cookie", cookie.as_str())]);
    assert_eq!(answer.body.as_bytes(), CONTENT);
}

#[test]
fn a_prefix_is_of_one_installation_and_of_what_is_restored_from_it() {
    let runtime = Runtime::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let s3 = runtime.block_on(S3Server::start(&folder.path().join("s3"))).unwrap();
    let [first, other, copy, new] =
        ["first", "other", "copy", "new"].map(|name| folder.path().join(name));
    let url = s3.media_url();
    let start = |data: &Path, media_url: &str| {
        Running::start(with_bucket(&mut program(data), media_url));
    };
    let refused = |data: &Path| {
        let mut program = program(data);
        let listening = with_bucket(&mut program, &url).args(["--listen", "127.0.0.1:0"]);
        let (went_well, output) = finish(listening);
        let object = format!("{}/installation", s3server::PREFIX);
        assert!(!went_well && output.contains("outra instalação"), "{output}");
        assert!(output.contains("INBOX_MEDIA_URL") && output.contains(&object), "{output}");
    };
    for data in [&first, &other] {
        fs::create_dir(data).unwrap();
        let (name, _) = fill(&runtime, data);
        put(&data.join("media").join(&name));
    }
    for _ in 0..2 {
        start(&first, &url);
    }
    refused(&other);
    start(&other, &url.replace(s3server::PREFIX, "outra"));

    // The backup of one takes its files to no other, and the one that is restored is the same.
    back_up(&other, &folder.path().join("of other"));
    let (restored, output) = restore(&copy, &folder.path().join("of other"), &url);
    assert!(!restored && output.contains("outra instalação"), "{output}");
    back_up(&first, &folder.path().join("of first"));
    let (restored, output) = restore(&new, &folder.path().join("of first"), &url);
    assert!(restored, "{output}");
    start(&new, &url);
}
