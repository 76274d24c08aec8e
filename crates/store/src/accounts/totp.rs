//! Codes from a phone (RFC 6238: SHA-1, six digits, 30 seconds, what every app can do) and the
//! recovery codes that stand in for it. Nothing here knows the database.

use chrono::{DateTime, Utc};
use totp_rs::{Builder, Totp};

use super::{Secret, secret};
use crate::Error;

/// What the app on the phone shows above the code.
const ISSUER: &str = "inbox-pirata";
/// Twelve letters of a 32-letter alphabet: 60 bits.
const RECOVERY_LENGTH: usize = 12;
/// Crockford's: no letter that is read as a digit.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// What a person puts into their phone.
#[derive(Debug)]
pub struct Enrolment {
    /// Base32, to be typed.
    pub secret: Secret,
    /// `otpauth://totp/…`, to be shown as a QR.
    pub url: Secret,
}

impl Enrolment {
    /// Tells it from another one, and nothing about it.
    pub fn mark(&self) -> String {
        secret::digest(self.secret.expose())
    }
}

/// A new secret for a person.
pub(super) fn enrol(email: &str) -> Result<Enrolment, Error> {
    enrolment(totp_rs::Secret::from(secret::random::<20>()?), email)
}

/// The same for a secret that was made before.
pub(super) fn shown_again(secret: &str, email: &str) -> Result<Enrolment, Error> {
    enrolment(totp_rs::Secret::try_from_base32(secret).map_err(|_| unusable())?, email)
}

fn enrolment(secret: totp_rs::Secret, email: &str) -> Result<Enrolment, Error> {
    let text = secret.to_base32();
    // A colon separates issuer and account in the URL.
    let account = email.replace(':', "");
    let totp = Builder::new().with_secret(secret).with_issuer(Some(ISSUER));
    let totp = totp.with_account_name(account).build().map_err(|_| unusable())?;
    let url = totp.to_url().map_err(|_| unusable())?;
    Ok(Enrolment { secret: Secret::new(text), url: Secret::new(url) })
}

/// The step of a code that is right now, or was or will be 30 seconds from now: clocks differ, and
/// typing takes time. `None` for a code that is wrong, or of a step that is not after `last_step`.
pub(super) fn check(
    secret: &str,
    code: &str,
    last_step: i64,
    now: DateTime<Utc>,
) -> Result<Option<i64>, Error> {
    let now = u64::try_from(now.timestamp()).unwrap_or(0);
    let step = of(secret)?.check(&digits(code), now).and_then(|step| i64::try_from(step).ok());
    Ok(step.filter(|&step| step > last_step))
}

fn of(secret: &str) -> Result<Totp, Error> {
    let secret = totp_rs::Secret::try_from_base32(secret).map_err(|_| unusable())?;
    Builder::new().with_secret(secret).build().map_err(|_| unusable())
}

/// Says nothing of what it is about: the library's own words may hold the secret.
fn unusable() -> Error {
    Error::Corrupt { what: "a second factor", value: "secret".to_owned() }
}

/// People type codes as they are shown, in groups.
fn digits(code: &str) -> String {
    code.chars().filter(|c| !c.is_whitespace()).collect()
}

/// A code to be kept on paper: `abcd-efgh-jkmn`.
pub(super) fn recovery_code() -> Result<Secret, Error> {
    let letters = secret::random::<RECOVERY_LENGTH>()?.map(|byte| ALPHABET[usize::from(byte % 32)]);
    let groups: Vec<_> = letters.chunks(4).map(String::from_utf8_lossy).collect();
    Ok(Secret::new(groups.join("-")))
}

/// What is kept of a recovery code, however it was typed; `None` if it cannot be one.
pub(super) fn recovery_digest(typed: &str) -> Option<String> {
    let letters: String = typed
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .map(|c| match c.to_ascii_lowercase() {
            'o' => '0',
            'i' | 'l' => '1',
            other => other,
        })
        .collect();
    (letters.len() == RECOVERY_LENGTH).then(|| secret::digest(&letters))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key of RFC 6238's appendix B.
    const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn codes_are_those_of_the_standard() {
        // The last six digits of its table.
        for (seconds, code) in
            [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")]
        {
            assert_eq!(check(SECRET, code, 0, at(seconds)).unwrap(), Some(seconds / 30));
        }
    }

    #[test]
    fn a_code_is_good_for_one_step_around_its_own() {
        let step = 1_111_111_109 / 30;
        for (steps, accepted) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
            let now = at((step + steps) * 30);
            assert_eq!(check(SECRET, "081804", 0, now).unwrap().is_some(), accepted, "{steps}");
        }
    }

    #[test]
    fn a_step_is_good_once() {
        let now = at(1_111_111_109);
        let step = check(SECRET, " 081 804 ", 0, now).unwrap().unwrap();
        assert_eq!(check(SECRET, "081804", step, now).unwrap(), None);
        assert_eq!(check(SECRET, "081804", step - 1, now).unwrap(), Some(step));
    }

    #[test]
    fn what_is_no_code_is_wrong() {
        for code in ["", "081805", "81804", "0818040", "abcdef", "０８１８０４", "+81804"] {
            assert_eq!(check(SECRET, code, 0, at(1_111_111_109)).unwrap(), None, "{code:?}");
        }
    }

    #[test]
    fn an_enrolment_says_whose_and_which_and_is_not_printed() {
        let enrolment = enrol("ana:x@loja.com").unwrap();
        let (secret, url) = (enrolment.secret.expose(), enrolment.url.expose());
        assert_eq!(secret.len(), 32, "160 bits");
        assert!(url.starts_with("otpauth://totp/"), "{url}");
        for part in [secret, "inbox-pirata", "anax%40loja.com"] {
            assert!(url.contains(part), "{part} in {url}");
        }
        assert!(!format!("{enrolment:?}").contains(secret));
        assert_ne!(secret, enrol("ana@loja.com").unwrap().secret.expose());
    }

    #[test]
    fn a_recovery_code_is_read_however_it_is_typed() {
        let code = recovery_code().unwrap();
        let shown = code.expose();
        let kept = recovery_digest(shown).unwrap();
        let typed = shown.to_uppercase().replace('-', " ").replace('0', "O").replace('1', "l");
        assert_eq!(recovery_digest(&typed), Some(kept));
        assert_ne!(recovery_digest(shown), recovery_digest(recovery_code().unwrap().expose()));
        for other in ["", "081804", "abcd-efgh-jkm", "abcd-efgh-jkmn-p"] {
            assert_eq!(recovery_digest(other), None, "{other:?}");
        }
    }
}
