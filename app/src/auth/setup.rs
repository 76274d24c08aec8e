//! The code that the first administrator is made with. Whoever has it has seen the terminal of the server;
//! on a network, whoever comes first need not be its owner.

use std::sync::Arc;

use http::header::{COOKIE, SET_COOKIE};
use http::{HeaderMap, HeaderValue};
use leptos::prelude::use_context;
use sha2::{Digest as _, Sha256};

use crate::{ApiError, AppState, Site};

/// Letters and digits that are not taken for each other (Crockford's base 32).
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Of a code, each worth five bits: 80 in all, so that guessing needs no counting.
const LENGTH: usize = 16;
/// How long a browser keeps the code of the link while the form is filled in, in seconds.
const KEPT: u32 = 3600;
const NAME: &str = "codigo";

/// The code of this run of the server. It is nowhere but in memory and in what was printed.
#[derive(Clone)]
pub struct SetupCode(Arc<str>);

impl SetupCode {
    /// The one that was chosen, or a new one.
    ///
    /// # Errors
    /// The system has no randomness.
    pub fn new(chosen: Option<&str>) -> Result<Self, getrandom::Error> {
        if let Some(chosen) = chosen {
            return Ok(Self(chosen.into()));
        }
        let mut bytes = [0; LENGTH];
        getrandom::fill(&mut bytes)?;
        let letters = bytes.map(|byte| char::from(LETTERS[usize::from(byte) % LETTERS.len()]));
        let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
        Ok(Self(groups.join("-").into()))
    }

    /// The code as it is printed.
    pub fn shown(&self) -> &str {
        &self.0
    }

    /// Whether somebody has typed it, with or without hyphens, in capitals or not. Digests are compared, so
    /// that the time it takes tells nothing about the code.
    pub(crate) fn is(&self, typed: &str) -> bool {
        digest(&self.0) == digest(typed)
    }
}

impl std::fmt::Debug for SetupCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SetupCode")
    }
}

fn digest(code: &str) -> [u8; 32] {
    let letters = code.bytes().filter(|byte| *byte != b'-' && !byte.is_ascii_whitespace());
    let letters: Vec<u8> = letters.map(|byte| byte.to_ascii_uppercase()).collect();
    Sha256::digest(letters).into()
}

/// The cookie that carries the code of a link to the form, so that it does not stay in the address; `None`
/// for what cannot be a code.
pub fn cookie(code: &str, site: &Site) -> Option<HeaderValue> {
    let is_one = (1..=64).contains(&code.len())
        && code.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    is_one.then(|| set(code, KEPT, site))?
}

fn set(code: &str, seconds: u32, site: &Site) -> Option<HeaderValue> {
    let (name, secure) = (name(site), if site.is_https() { "; Secure" } else { "" });
    let cookie =
        format!("{name}={code}; Path=/; Max-Age={seconds}; SameSite=Lax; HttpOnly{secure}");
    cookie.parse().ok()
}

fn name(site: &Site) -> String {
    site.cookie_name(NAME)
}

/// The code that the link to the page being rendered had.
pub(crate) fn offered() -> Option<String> {
    let (app, parts) = (use_context::<AppState>()?, use_context::<http::request::Parts>()?);
    in_cookies(&parts.headers, &name(&app.site))
}

fn in_cookies(headers: &HeaderMap, name: &str) -> Option<String> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs =
        cookies.flat_map(|line| line.split(';')).filter_map(|it| it.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, code)| code.to_owned())
}

/// Lets whoever has the code go on.
///
/// # Errors
/// [`ApiError::Invalid`].
pub(crate) fn prove(app: &AppState, typed: &str) -> Result<(), ApiError> {
    if !app.setup.is(typed) {
        metrics::counter!("inbox_refused", "what" => "setup-code").increment(1);
        let (field, problem) = (crate::error::Field::SetupCode, crate::error::Problem::Different);
        return Err(ApiError::Invalid { field, problem });
    }
    Ok(())
}

/// Keeps a code in the form, where something else was wrong with that.
pub(crate) fn keep(app: &AppState, typed: &str) {
    answer_with(cookie(typed.trim(), &app.site));
}

/// Takes the code out of the browser, once it is of no use.
pub(crate) fn forget(app: &AppState) {
    answer_with(set("", 0, &app.site));
}

fn answer_with(cookie: Option<HeaderValue>) {
    if let (Some(response), Some(cookie)) = (use_context::<leptos_axum::ResponseOptions>(), cookie)
    {
        response.append_header(SET_COOKIE, cookie);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_new_each_time_and_long_enough() {
        let [one, other] = [SetupCode::new(None).unwrap(), SetupCode::new(None).unwrap()];
        assert_ne!(one.shown(), other.shown());
        assert!(one.shown().split('-').all(|group| group.len() == 4) && one.shown().len() == 19);
        assert!(one.is(one.shown()) && !one.is(other.shown()) && !one.is(""));
        assert_eq!(format!("{one:?}"), "SetupCode");
    }

    #[test]
    fn a_code_may_be_typed_as_people_type() {
        let code = SetupCode::new(Some("ABCD-EFGH-2345-6789")).unwrap();
        for typed in ["abcd efgh 2345 6789", " ABCDEFGH23456789\n", "abcd-efgh-2345-6789"] {
            assert!(code.is(typed), "{typed:?}");
        }
        for typed in ["ABCD-EFGH-2345-678", "ABCD-EFGH-2345-67890", "----", "\0"] {
            assert!(!code.is(typed), "{typed:?}");
        }
    }

    #[test]
    fn a_cookie_carries_a_code_and_nothing_else() {
        let site = Site::new(Some("https://inbox.lan".into()), Vec::new());
        let kept = cookie("ABCD-1234", &site).unwrap();
        let kept = kept.to_str().unwrap();
        assert!(kept.starts_with("__Host-codigo=ABCD-1234; Path=/;") && kept.ends_with("; Secure"));
        for no_code in ["", "a;Domain=evil.example", "a b", "ç", &"a".repeat(65)] {
            assert!(cookie(no_code, &site).is_none(), "{no_code}");
        }
    }
}
