//! Requests of strangers do not fill the log.

use std::fs::File;

use crate::program::{PASSWORD, Running, add_admin, program};

const ANA: &str = "ana@loja.example";

#[test]
fn a_made_up_cookie_writes_no_line_and_a_foreign_form_a_short_one() {
    let (folder, aside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    add_admin(folder.path(), ANA);
    let log = aside.path().join("log");
    let mut program = program(folder.path());
    program.env("INBOX_METRICS_TOKEN", "segredo");
    let server = Running::start_logging(&mut program, File::create(&log).unwrap());
    for cookie in ["inbox_session=AAAAAAAAAAAAAAAAAAAAAA", "inbox_session=x"] {
        assert_eq!(server.get("/perfil", &[("cookie", cookie)]).status, 303);
    }
    let origin = format!("https://{}.example", "a".repeat(5000));
    assert_eq!(server.log_in(ANA, PASSWORD, &[("origin", &origin)]).status, 403);

    // Lines are written before the response.
    let log = std::fs::read_to_string(log).unwrap();
    assert!(!log.contains("suspicious"), "{log}");
    let line = log.lines().find(|line| line.contains("another site")).expect("the refusal");
    assert!(line.len() < 1000, "{line}");
    let metrics = server.get("/metrics", &[("authorization", "Bearer segredo")]).body;
    assert!(metrics.contains(r#"inbox_refused{what="foreign"} 1"#), "{metrics}");
}
