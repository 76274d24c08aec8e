//! A person's browser, as far as HTTP shows.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use ureq::{Agent, http::Response};

/// No answer of ours takes this long.
const TIMEOUT: Duration = Duration::from_secs(60);

/// How the cookie of a session begins.
const SESSION: &str = "inbox_session=";

/// One connection that is kept open, and the cookie of a session.
pub(crate) struct Visitor {
    agent: Agent,
    site: String,
    cookie: String,
}

/// A client that hands every answer to its caller, whatever its status.
pub(crate) fn agent() -> Agent {
    Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .timeout_global(Some(TIMEOUT))
        .build()
        .new_agent()
}

impl Visitor {
    /// Somebody who is not logged in.
    pub(crate) fn stranger(site: &str) -> Self {
        Self { agent: agent(), site: site.to_owned(), cookie: String::new() }
    }

    pub(crate) fn log_in(site: &str, email: &str, password: &str) -> Result<Self> {
        let mut visitor = Self::stranger(site);
        let form = [("email", email), ("password", password), ("remember", "false"), ("next", "")];
        let answer = visitor.post("login", &form)?;
        // The language comes as a cookie too.
        let cookies = answer.headers().get_all("set-cookie").into_iter();
        let cookies = cookies.filter_map(|value| value.to_str().ok()?.split(';').next());
        let cookie = cookies.into_iter().find(|cookie| cookie.starts_with(SESSION));
        visitor.cookie = cookie
            .with_context(|| format!("{email} could not log in: {}", answer.status()))?
            .to_owned();
        Ok(visitor)
    }

    /// The same session over another connection.
    pub(crate) fn again(&self) -> Self {
        Self { agent: agent(), site: self.site.clone(), cookie: self.cookie.clone() }
    }

    /// Name and value of the session's cookie.
    pub(crate) fn cookie(&self) -> (&str, &str) {
        self.cookie.split_once('=').unwrap_or_default()
    }

    /// Loads a page to its last byte; its size in bytes.
    pub(crate) fn page(&self, path: &str) -> Result<usize> {
        Ok(self.file(path)?.len())
    }

    /// What is at a path, whole.
    pub(crate) fn file(&self, path: &str) -> Result<Vec<u8>> {
        let request = self.agent.get(format!("{}{path}", self.site)).header("cookie", &self.cookie);
        let mut answer = request.call()?;
        let file = answer.body_mut().read_to_vec()?;
        ensure!(answer.status() == 200, "{path} was answered with {}", answer.status());
        Ok(file)
    }

    /// Calls a server function.
    pub(crate) fn call(&self, function: &str, form: &[(&str, &str)]) -> Result<Value> {
        let mut answer = self.post(function, form)?;
        let text = answer.body_mut().read_to_string()?;
        ensure!(answer.status().is_success(), "{function}: {} {text}", answer.status());
        serde_json::from_str(&text).with_context(|| format!("{function} answered {text:?}"))
    }

    /// State of the one connection this user has.
    pub(crate) fn connection_state(&self) -> Result<Value> {
        Ok(self.call("status", &[])?[0]["state"].take())
    }

    fn post(&self, function: &str, form: &[(&str, &str)]) -> Result<Response<ureq::Body>> {
        let request = self.agent.post(format!("{}/api/{function}", self.site));
        Ok(request.header("cookie", &self.cookie).send_form(form.iter().copied())?)
    }
}
