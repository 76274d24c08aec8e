//! Impossible values end the program at once, with a sentence that names the change; empty
//! variables count as unset.

use std::fs;
use std::net::TcpListener;

use crate::program::{Running, finish, program};

/// The refusal that it prints instead of starting.
fn refusal(change: impl FnOnce(&mut std::process::Command)) -> String {
    let folder = tempfile::tempdir().unwrap();
    let mut program = program(folder.path());
    change(&mut program);
    let (went_well, output) = finish(&mut program);
    assert!(!went_well, "{output}");
    output
}

#[test]
fn empty_variables_are_as_if_not_set() {
    let folder = tempfile::tempdir().unwrap();
    let mut with_all = program(folder.path());
    for name in [
        "DATABASE_URL",
        "INBOX_DATA_DIR",
        "INBOX_DISK_RESERVE",
        "INBOX_LISTEN",
        "INBOX_LOGIN_IDLE",
        "INBOX_LOGIN_MAX",
        "INBOX_LOG_FORMAT",
        "INBOX_MEDIA_QUOTA",
        "INBOX_MEDIA_QUOTA_SENDER",
        "INBOX_MEDIA_RESERVE",
        "INBOX_MEDIA_URL",
        "INBOX_METRICS_LISTEN",
        "INBOX_METRICS_TOKEN",
        "INBOX_PUBLIC_URL",
        "INBOX_QUEUE_FOR",
        "INBOX_SECRET_KEY",
        "INBOX_SECRET_KEY_FILE",
        "INBOX_SETUP_CODE",
        "INBOX_TRUSTED_PROXY",
        "RUST_LOG",
        "WHATSAPP_VERSION",
        "WHATSAPP_WS_URL",
    ] {
        with_all.env(name, "");
    }
    with_all.env("INBOX_QUEUE_FOR", "  ");
    let server = Running::start(&mut with_all);
    assert_eq!(server.get("/readyz", &[]).status, 200);
    assert!(folder.path().join("inbox.db").exists());
    // An empty token must not open `/metrics`.
    assert_ne!(server.get("/metrics", &[("authorization", "Bearer ")]).status, 200);
    server.kill();
    // Commands read the variables too.
    let (listed, output) =
        finish(program(folder.path()).env("DATABASE_URL", "").args(["user", "list"]));
    assert!(listed, "{output}");
}

#[test]
fn a_variable_that_is_no_value_is_named() {
    for (name, value, flag) in [
        ("INBOX_LISTEN", "3000", "--listen"),
        ("INBOX_PUBLIC_URL", "inbox.loja.com.br", "--public-url"),
        ("INBOX_PUBLIC_URL", "https://loja.com.br/inbox", "--public-url"),
        ("INBOX_QUEUE_FOR", "0s", "--queue-for"),
        ("INBOX_LOGIN_MAX", "0", "--login-max"),
        ("INBOX_LOG_FORMAT", "xml", "--log-format"),
        ("INBOX_TRUSTED_PROXY", "10.0.0.0/8,proxy", "--trusted-proxy"),
        ("INBOX_DISK_RESERVE", "muito", "--disk-reserve"),
        ("INBOX_MEDIA_RESERVE", "muito", "--media-reserve"),
        ("INBOX_MEDIA_QUOTA", "-1", "--media-quota"),
        ("INBOX_MEDIA_QUOTA_SENDER", "2 bananas", "--media-quota-sender"),
        ("INBOX_MEDIA_URL", "s3://loja:9000", "--media-url"),
        ("INBOX_SETUP_CODE", "1234", "--setup-code"),
        ("WHATSAPP_WS_URL", "http://127.0.0.1", "--whatsapp-ws-url"),
        ("RUST_LOG", "server=loud", "RUST_LOG"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_inbox-pirata"));
        let (_, output) = finish(program.arg("--data-dir").arg(folder.path()).env(name, value));
        assert!(output.contains(name) && output.contains(flag), "{name}={value}: {output}");
        assert!(output.starts_with("erro: "), "{output}");
    }
}

#[test]
fn a_password_that_is_not_encoded_is_explained_and_not_shown() {
    for password in ["se#gredo", "12/segredo", "12?segredo", "segredo%"] {
        let url = format!("postgres://inbox:{password}@127.0.0.1:1/inbox");
        let output = refusal(|program| {
            program.env("DATABASE_URL", url);
        });
        assert!(output.contains("DATABASE_URL") && output.contains("# é %23"), "{output}");
        assert!(!output.contains("gredo"), "{output}");
    }
}

#[test]
fn places_that_cannot_be_used_are_named_with_a_remedy() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = refusal(|program| {
        program.args(["--listen", &address]);
    });
    assert!(output.contains("já está em uso") && output.contains("--listen"), "{output}");
    let output = refusal(|program| {
        program.args(["--listen", "127.0.0.1:0", "--metrics-listen", &address]);
    });
    assert!(output.contains("já está em uso") && output.contains("--metrics-listen"), "{output}");
    // The address is in a network for examples (RFC 5737).
    let output = refusal(|program| {
        program.args(["--listen", "192.0.2.1:3000"]);
    });
    assert!(output.contains("não é desta máquina") && output.contains("0.0.0.0"), "{output}");
    let output = refusal(|program| {
        program.args(["--listen", "127.0.0.1:3999", "--metrics-listen", "127.0.0.1:3999"]);
    });
    assert!(output.contains("o mesmo endereço"), "{output}");
    let output = refusal(|program| {
        program.args(["--disk-reserve", "900PiB"]);
    });
    assert!(output.contains("--disk-reserve"), "{output}");

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("data");
    fs::write(&file, "uma carta").unwrap();
    for path in [file.clone(), file.join("dentro")] {
        let (went_well, output) = finish(&mut program(&path));
        assert!(!went_well && output.contains("há um arquivo nesse caminho"), "{output}");
        assert!(output.contains("--data-dir"), "{output}");
    }
    assert_eq!(fs::read_to_string(&file).unwrap(), "uma carta");
}
