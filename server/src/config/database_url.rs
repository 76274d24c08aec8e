//! Validates `--database-url` before anything connects, because the value may contain a password,
//! and a password that is not percent-encoded becomes a host, a port or a path.

use std::path::Path;

use url::Url;

/// Hint on how to write a password in a URL.
const ENCODING: &str = "na senha e no usuário, escreva os caracteres especiais codificados: % é %25, # é %23, \
     / é %2F, @ é %40, ? é %3F, : é %3A, espaço é %20 (postgres://usuario:pa%23ss@host/banco para a senha pa#ss)";

/// Returns the URL if it is valid. A refusal repeats nothing of it.
pub(super) fn parse(text: &str) -> Result<String, String> {
    let text = text.trim();
    let scheme = text.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
    match scheme.as_deref() {
        Some("postgres" | "postgresql") => postgres(text).map(|()| text.to_owned()),
        Some("sqlite") => sqlite(text).map(|()| text.to_owned()),
        _ => Err(
            "escreva postgres://usuario:senha@host/banco ou sqlite:///caminho/inbox.db; sem nada \
                  disso os dados ficam em um arquivo SQLite na pasta de dados"
                .to_owned(),
        ),
    }
}

fn sqlite(text: &str) -> Result<(), String> {
    let path = text.strip_prefix("sqlite://").map(|path| path.split('?').next().unwrap_or(path));
    match path.is_some_and(|path| Path::new(path).is_absolute()) {
        true => Ok(()),
        false => Err(
            "escreva o caminho inteiro do arquivo, como sqlite:///var/lib/inbox-pirata/inbox.db"
                .to_owned(),
        ),
    }
}

fn postgres(text: &str) -> Result<(), String> {
    let url =
        Url::parse(text).map_err(|error| format!("não se deixa ler ({error}); {ENCODING}"))?;
    let is_cut = || format!("uma senha parece cortada ao meio; {ENCODING}");
    if is_cut_short(text, &url) {
        return Err(is_cut());
    }
    for part in [Some(url.username()), url.password()].into_iter().flatten() {
        if has_stray_percent(part) {
            return Err(format!("há um % sem dois dígitos hexadecimais depois dele; {ENCODING}"));
        }
    }
    Ok(())
}

/// Returns true if a `/`, `?` or `#` of a password ended the authority too early. Databases have no
/// fragment, and no second `/` in their names; an `@` after the host was meant to end a user name
/// and password.
fn is_cut_short(text: &str, url: &Url) -> bool {
    let after = text.split_once("://").map_or("", |(_, after)| after);
    let authority = after.find(['/', '?', '#']).unwrap_or(after.len());
    let rest = &after[authority..];
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    url.fragment().is_some()
        || path.contains('@')
        || path.trim_start_matches('/').contains('/')
        || (query.contains('@') && !query.split('&').all(is_setting))
}

/// Returns true if the pair is a connection parameter of PostgreSQL.
fn is_setting(pair: &str) -> bool {
    let known = [
        "application_name",
        "dbname",
        "host",
        "hostaddr",
        "options",
        "password",
        "port",
        "ssl-ca",
        "ssl-cert",
        "ssl-key",
        "ssl-mode",
        "ssl-root-cert",
        "sslcert",
        "sslkey",
        "sslmode",
        "sslrootcert",
        "statement-cache-capacity",
        "user",
    ];
    let key = pair.split_once('=').map_or(pair, |(key, _)| key);
    key.is_empty() || known.contains(&key) || key.starts_with("options[")
}

fn has_stray_percent(part: &str) -> bool {
    let is_code =
        |code: &str| code.len() >= 2 && code.as_bytes()[..2].iter().all(u8::is_ascii_hexdigit);
    part.split('%').skip(1).any(|after| !is_code(after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_work_pass_as_they_are() {
        for address in [
            "postgres://inbox:segredo@db/inbox",
            "postgresql://inbox@db:5433/inbox?sslmode=require",
            "postgres://inbox:pa%23ss%2Fw%40rd%25@db/inbox",
            "postgres://inbox:pa@ss@db/inbox",
            "postgres://inbox:a:b@db/inbox",
            "postgres://inbox@%2Fvar%2Frun%2Fpostgresql/inbox",
            "postgres:///inbox?host=/var/run/postgresql",
            "postgres://me@localhost/db?host=/tmp/x&options[search_path]=inbox",
            "postgres://db/inbox?user=me@corp&password=x@y",
            "postgres://postgres@127.0.0.1:5432/postgres",
            "postgres://db",
            "sqlite:///var/lib/inbox/inbox.db",
            "sqlite:///var/lib/inbox/a.db?mode=rwc",
        ] {
            assert_eq!(parse(address).as_deref(), Ok(address));
        }
    }

    #[test]
    fn a_password_that_is_not_encoded_is_refused_and_never_repeated() {
        let passwords = [
            "seg#redo",
            "seg/redo",
            "seg?redo",
            "12#segredo",
            "12/segredo",
            "12?segredo",
            "#segredo",
            "/segredo",
            "?segredo",
            "segredo#",
            "segredo/",
            "segredo?",
            "12?segredo=1",
            "seg%redo",
            "segredo%",
            "seg#re@do",
            "se/gr?ed#o",
            "a@b?segredo",
            "segredo%zz",
            "12/se@gredo",
        ];
        for password in passwords {
            for place in ["db/inbox", "db:5432/inbox", "db", "[::1]:5432/inbox?sslmode=disable"] {
                let address = format!("postgres://inbox:{password}@{place}");
                let refused = parse(&address).expect_err(&address);
                assert!(refused.contains("# é %23"), "{address}: {refused}");
                let secret = password.replace(|letter: char| !letter.is_ascii_alphabetic(), " ");
                for piece in secret.split_whitespace().filter(|piece| piece.len() > 2) {
                    assert!(!refused.contains(piece), "{address}: {refused}");
                }
            }
        }
    }

    #[test]
    fn other_things_are_told_what_an_address_is() {
        for wrong in
            ["", "inbox", "mysql://me:segredo@db/inbox", "me:segredo@db/inbox", "postgres:segredo"]
        {
            let refused = parse(wrong).unwrap_err();
            assert!(refused.contains("postgres://") && !refused.contains("segredo"), "{refused}");
        }
        assert!(parse("sqlite://inbox.db").unwrap_err().contains("caminho inteiro"));
    }
}
