//! Codes from a phone (RFC 6238: SHA-1, six digits, 30 seconds, as supported by all authenticator
//! apps) and the recovery codes that replace them. This module does not access the database.

use chrono::{DateTime, Utc};
use totp_rs::{Builder, Totp};

use crate::{
    Error,
    secrets::{self, Secret},
};

/// The issuer that the authenticator app shows above the code.
const ISSUER: &str = "inbox-pirata";
/// Recovery codes have twelve letters of a 32-letter alphabet: 60 bits.
const RECOVERY_LENGTH: usize = 12;
/// Crockford's Base32 alphabet: no letter looks like a digit.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// The secret that a person enters into their authenticator app.
#[derive(Debug)]
pub struct Enrolment {
    /// The secret in Base32, for typing.
    pub secret: Secret,
    /// The `otpauth://totp/…` URL, shown as a QR.
    pub url: Secret,
}

impl Enrolment {
    /// Returns a digest that tells this enrolment from others and reveals nothing of it.
    pub fn mark(&self) -> String {
        secrets::digest(self.secret.expose())
    }
}

/// Makes a new secret for a person.
pub(super) fn enrol(email: &str) -> Result<Enrolment, Error> {
    enrolment(totp_rs::Secret::from(secrets::random::<20>()?), email)
}

/// Does the same for a secret that was made before.
pub(super) fn resume_enrolment(secret: &str, email: &str) -> Result<Enrolment, Error> {
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

/// Returns the time step of a code that is valid now, 30 seconds ago or 30 seconds from now: clocks
/// differ, and typing takes time. Returns `None` for a wrong code, and for a step that is not after
/// `last_step`.
pub(super) fn check(
    secret: &str,
    code: &str,
    last_step: i64,
    now: DateTime<Utc>,
) -> Result<Option<i64>, Error> {
    let now = u64::try_from(now.timestamp()).unwrap_or(0);
    let step = totp_of(secret)?.check(&digits(code), now).and_then(|step| i64::try_from(step).ok());
    Ok(step.filter(|&step| step > last_step))
}

fn totp_of(secret: &str) -> Result<Totp, Error> {
    let secret = totp_rs::Secret::try_from_base32(secret).map_err(|_| unusable())?;
    Builder::new().with_secret(secret).build().map_err(|_| unusable())
}

/// The error contains no details: the library's message may hold the secret.
fn unusable() -> Error {
    Error::Corrupt { what: "a second factor", value: "secret".to_owned() }
}

/// Removes spaces: people type codes in groups, as they are shown.
fn digits(code: &str) -> String {
    code.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Makes a recovery code, to be kept on paper: `abcd-efgh-jkmn`.
pub(super) fn recovery_code() -> Result<Secret, Error> {
    let letters =
        secrets::random::<RECOVERY_LENGTH>()?.map(|byte| ALPHABET[usize::from(byte % 32)]);
    let groups: Vec<_> = letters.chunks(4).map(String::from_utf8_lossy).collect();
    Ok(Secret::new(groups.join("-")))
}

/// Returns the stored digest of a recovery code, for any way of typing it; `None` if the text
/// cannot be a recovery code.
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
    (letters.len() == RECOVERY_LENGTH).then(|| secrets::digest(&letters))
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
        // The expected codes are the last six digits in the RFC's table.
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
