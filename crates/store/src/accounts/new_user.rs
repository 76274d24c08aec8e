//! Input for a new user, and its validation.

use model::Role;

use super::Email;
use crate::{Error, Field};

const MAX_NAME: usize = 80;
const MIN_PASSWORD: usize = 10;
/// Long enough for any passphrase, and short enough not to slow hashing down.
const MAX_PASSWORD: usize = 200;

/// A user to be added. The password is in clear, so this is neither logged nor stored.
#[derive(Clone)]
pub struct NewUser {
    pub name: String,
    pub email: String,
    pub password: String,
    pub role: Role,
}

impl NewUser {
    /// Validates every field and normalizes name and address as they are stored.
    pub(super) fn checked(self) -> Result<Self, Error> {
        let name = checked_name(&self.name)?;
        let email = Email::read(&self.email)?.into();
        check_password(&self.password)?;
        Ok(Self { name, email, password: self.password, role: self.role })
    }
}

impl std::fmt::Debug for NewUser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewUser")
            .field("name", &self.name)
            .field("email", &self.email)
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

/// Returns a name in the form in which it is stored.
pub(super) fn checked_name(name: &str) -> Result<String, Error> {
    let name = name.trim();
    if !text::has_visible(name)
        || name.chars().count() > MAX_NAME
        || name.contains(char::is_control)
    {
        return Err(Error::Invalid(Field::Name));
    }
    Ok(text::line(name))
}

pub(super) fn check_password(password: &str) -> Result<(), Error> {
    match password.chars().count() {
        ..MIN_PASSWORD => Err(Error::Invalid(Field::PasswordTooShort)),
        MIN_PASSWORD..=MAX_PASSWORD => Ok(()),
        _ => Err(Error::Invalid(Field::PasswordTooLong)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(name: &str, email: &str, password: &str) -> NewUser {
        NewUser {
            name: name.into(),
            email: email.into(),
            password: password.into(),
            role: Role::Atendente,
        }
    }

    fn refused(new: NewUser) -> Field {
        match new.checked() {
            Err(Error::Invalid(field)) => field,
            other => panic!("accepted, or another error: {other:?}"),
        }
    }

    #[test]
    fn each_field_is_refused_by_name() {
        let good = "correct horse";
        assert_eq!(refused(user("  ", "a@b.c", good)), Field::Name);
        assert_eq!(refused(user("\u{3164}", "a@b.c", good)), Field::Name);
        assert_eq!(refused(user(&"x".repeat(81), "a@b.c", good)), Field::Name);
        for email in ["", "ana", "@b.c", "ana@", "a@b@c", "a b@c.d", "a@.c", "a@c."] {
            assert_eq!(refused(user("Ana", email, good)), Field::Email, "{email:?}");
        }
        assert_eq!(refused(user("Ana", "a@b.c", "123456789")), Field::PasswordTooShort);
        assert_eq!(refused(user("Ana", "a@b.c", &"x".repeat(201))), Field::PasswordTooLong);
    }

    #[test]
    fn length_is_counted_in_characters() {
        assert!(user("Ana", "a@b.c", "çãõéíóúâêô").checked().is_ok());
    }

    #[test]
    fn an_address_is_kept_in_lower_case() {
        let new = user(" Ana ", " Ana.Souza@Example.COM ", "correct horse").checked().unwrap();
        assert_eq!((&*new.name, &*new.email), ("Ana", "ana.souza@example.com"));
    }

    #[test]
    fn a_password_is_not_printed() {
        assert!(!format!("{:?}", user("Ana", "a@b.c", "correct horse")).contains("horse"));
    }
}
