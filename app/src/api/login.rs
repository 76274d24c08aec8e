use leptos::prelude::*;

use crate::ApiError;

/// Logs in and goes to `next`, a path of this site, or to the inbox.
#[server(prefix = "/api", endpoint = "login")]
pub async fn login(
    email: String,
    password: String,
    #[server(default)] remember: bool,
    #[server(default)] next: Option<String>,
) -> Result<(), ApiError> {
    use crate::auth::{Credentials, Remember};
    let remember = if remember { Remember::Yes } else { Remember::No };
    crate::auth::log_in(Credentials { email, password }, remember).await?;
    leptos_axum::redirect(next.as_deref().filter(|path| is_local(path)).unwrap_or(super::INBOX));
    Ok(())
}

/// A path of this site. `//host` and, to some browsers, `/\host` are other sites.
#[cfg(feature = "ssr")]
fn is_local(path: &str) -> bool {
    path.starts_with('/')
        && !path.starts_with("//")
        && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::is_local;

    #[test]
    fn login_never_leads_off_the_site() {
        assert!(is_local("/atendente/inbox-pirata/chat/7?x=1"));
        for elsewhere in ["https://evil.example", "//evil.example", "/\\evil.example", "", "a\r\nb"]
        {
            assert!(!is_local(elsewhere), "{elsewhere:?}");
        }
    }
}
