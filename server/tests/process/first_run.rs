//! The first administrator needs the code in the terminal in which the server was started.

use std::path::Path;

use crate::program::{Answer, Running, add_admin, program};

const FORM: &str = "name=Eva&email=eva%40loja.example&password=uma+senha+comprida";

/// The link that a server prints, split at its code.
fn link(server: &Running) -> (String, String) {
    let line = server.prints();
    let link = line.strip_prefix("Primeiro acesso: ").unwrap_or_else(|| panic!("{line}"));
    let (page, code) = link.split_once("?codigo=").expect("a code");
    (page.to_owned(), code.to_owned())
}

fn create(server: &Running, code: &str, more: &[(&str, &str)]) -> Answer {
    server.post("/api/create_first_admin", more, &format!("{FORM}&code={code}"))
}

fn is_created(data: &Path) -> bool {
    let (_, output) = crate::program::finish(program(data).args(["user", "list"]));
    output.contains("eva@loja.example")
}

#[test]
fn the_first_administrator_needs_the_code_that_was_printed() {
    let folder = tempfile::tempdir().unwrap();
    let server = Running::start(&mut program(folder.path()));
    let (page, code) = link(&server);
    assert_eq!(page, format!("http://{}/configurar", server.address));
    let other = match code.strip_prefix('0') {
        Some(rest) => format!("1{rest}"),
        None => format!("0{}", &code[1..]),
    };
    for wrong in ["", &other, &code[..18], "ABCD-EFGH-JKMN-PQRS", "%00", "*"] {
        let refused = create(&server, wrong, &[]);
        assert_eq!(refused.status, 422, "{wrong}: {}", refused.body);
        assert!(refused.body.contains("setup_code"), "{}", refused.body);
    }
    assert_eq!(server.post("/api/create_first_admin", &[], FORM).status, 422);
    assert!(!is_created(folder.path()));
    let made = create(&server, &code.to_lowercase().replace('-', "+"), &[]);
    assert!(made.status < 400, "{} {}", made.status, made.body);
    assert!(is_created(folder.path()));

    // After the set-up no code is accepted, and nothing shows that there was one.
    assert_eq!(create(&server, &code, &[]).status, 403);
    assert_eq!(create(&server, "", &[]).status, 403);
    let gone = server.get(&format!("/configurar?codigo={code}"), &[]);
    assert_eq!((gone.status, gone.header("location")), (303, Some("/entrar")));
    let logged = server.logged().join("\n");
    assert!(!logged.contains(&code) && !logged.contains("codigo="), "{logged}");
}

#[test]
fn a_code_is_of_one_run_and_of_none_where_there_is_a_user() {
    let folder = tempfile::tempdir().unwrap();
    let first = Running::start(&mut program(folder.path()));
    let (_, before) = link(&first);
    first.kill();
    let second = Running::start(&mut program(folder.path()));
    assert_ne!(link(&second).1, before);
    assert_eq!(create(&second, &before, &[]).status, 422);
    // The command line of the machine needs no code.
    add_admin(folder.path(), "ana@loja.example");
    second.kill();
    let mut third = Running::start(&mut program(folder.path()));
    rustix::process::kill_process(
        rustix::process::Pid::from_raw(third.pid()).unwrap(),
        rustix::process::Signal::TERM,
    )
    .unwrap();
    assert!(third.wait());
    assert_eq!(third.printed(), Vec::<String>::new());
}

#[test]
fn the_link_fills_the_form_and_does_not_stay_in_the_address() {
    let folder = tempfile::tempdir().unwrap();
    let server = Running::start(&mut program(folder.path()));
    let (_, code) = link(&server);
    let opened = server.get(&format!("/configurar?codigo={code}"), &[]);
    assert_eq!((opened.status, opened.header("location")), (303, Some("/configurar")));
    let cookie = opened.cookie("codigo=").expect("it is kept meanwhile").to_owned();
    assert!(opened.head.contains("HttpOnly") && opened.head.contains("SameSite=Lax"));
    let page = server.get("/configurar", &[("cookie", &cookie)]).body;
    assert!(page.contains(&format!("value=\"{code}\"")), "{page}");
    let bare = server.get("/configurar", &[]).body;
    assert!(bare.contains("name=\"code\"") && !bare.contains(&code), "{bare}");
    assert!(bare.contains("terminal em que o servidor foi iniciado"), "{bare}");

    // Without JavaScript and with a typed code: other errors are displayed, and the code is kept.
    let origin = format!("http://{}", server.address);
    let referer = format!("{origin}/configurar");
    let plain = [("accept", "text/html,*/*;q=0.8"), ("referer", &*referer), ("origin", &*origin)];
    let short = format!("name=Eva&email=eva%40loja.example&password=curta&code={code}");
    let refused = server.post("/api/create_first_admin", &plain, &short);
    let back = refused.header("location").expect("a way back").replace(&origin, "");
    assert!(back.starts_with("/configurar?") && !back.contains(&code), "{back}");
    let kept = refused.cookie("codigo=").expect("it is kept").to_owned();
    let page = server.get(&back, &[("cookie", &kept)]).body;
    assert!(
        page.contains("role=\"alert\"") && page.contains(&format!("value=\"{code}\"")),
        "{page}"
    );
    let made = create(&server, &code, &plain);
    assert!(made.status < 400 && made.cookie("codigo=") == Some("codigo="), "{}", made.head);

    // An invalid code is not kept.
    let folder = tempfile::tempdir().unwrap();
    let server = Running::start(&mut program(folder.path()));
    let opened = server.get("/configurar?codigo=a%3Bb%0D%0Ac", &[]);
    assert_eq!((opened.status, opened.header("set-cookie")), (303, None));
}

#[test]
fn an_automatic_installation_chooses_the_code_and_links_carry_the_public_address() {
    let folder = tempfile::tempdir().unwrap();
    let mut program = program(folder.path());
    program.args(["--public-url", "https://inbox.loja.com.br"]);
    let server = Running::start(program.env("INBOX_SETUP_CODE", "minha-frase-de-instalacao-7"));
    let (page, code) = link(&server);
    assert_eq!(page, "https://inbox.loja.com.br/configurar");
    assert_eq!(code, "minha-frase-de-instalacao-7");
    let opened = server.get(&format!("/configurar?codigo={code}"), &[]);
    let cookie = opened.header("set-cookie").unwrap();
    assert!(cookie.starts_with("__Host-codigo=") && cookie.contains("; Secure"), "{cookie}");
    assert!(create(&server, &code, &[]).status < 400);
    assert!(is_created(folder.path()));
}

#[test]
fn whoever_guessed_before_keeps_the_first_administrator_from_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let server = Running::start(&mut program(folder.path()));
    let (_, code) = link(&server);
    let guess = || server.log_in("eva@loja.example", "nenhuma dessas", &[]).status;
    assert!((0..20).any(|_| guess() == 429), "guesses are slowed down");
    let made = create(&server, &code, &[]);
    assert!(made.status < 400, "{} {}", made.status, made.body);
    assert!(made.cookie("inbox_session=").is_some(), "{}", made.head);
}
