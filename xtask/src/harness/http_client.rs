//! An HTTP client that acts as a user's browser.

use std::{
    io::{self, BufRead as _, BufReader},
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use ureq::{Agent, Body, http::Response};

/// Longer than any response of the server takes.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Prefix of the session cookie.
const SESSION: &str = "inbox_session=";

/// A keep-alive connection and a session cookie.
pub(crate) struct HttpClient {
    agent: Agent,
    site: String,
    cookie: String,
}

/// Returns an agent that reports no status as an error and follows no redirect.
pub(crate) fn agent() -> Agent {
    Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .timeout_global(Some(TIMEOUT))
        .build()
        .new_agent()
}

impl HttpClient {
    /// Returns a client that is not logged in.
    pub(crate) fn anonymous(site: &str) -> Self {
        Self { agent: agent(), site: site.to_owned(), cookie: String::new() }
    }

    pub(crate) fn log_in(site: &str, email: &str, password: &str) -> Result<Self> {
        let mut client = Self::anonymous(site);
        let form = [("email", email), ("password", password), ("remember", "false"), ("next", "")];
        let answer = client.post("login", &form)?;
        // The response also sets a cookie for the language.
        let cookies = answer.headers().get_all("set-cookie").into_iter();
        let cookies = cookies.filter_map(|value| value.to_str().ok()?.split(';').next());
        let cookie = cookies.into_iter().find(|cookie| cookie.starts_with(SESSION));
        client.cookie = cookie
            .with_context(|| format!("{email} could not log in: {}", answer.status()))?
            .to_owned();
        Ok(client)
    }

    /// Opens another connection for the same session.
    pub(crate) fn new_connection(&self) -> Self {
        Self { agent: agent(), site: self.site.clone(), cookie: self.cookie.clone() }
    }

    /// Returns name and value of the session cookie.
    pub(crate) fn cookie(&self) -> (&str, &str) {
        self.cookie.split_once('=').unwrap_or_default()
    }

    /// Loads a page to its last byte and returns its size in bytes.
    pub(crate) fn page(&self, path: &str) -> Result<usize> {
        Ok(self.get(path)?.body_mut().read_to_vec()?.len())
    }

    /// Loads the content of a path of any length and returns its SHA-256 in hex.
    pub(crate) fn sha256(&self, path: &str) -> Result<String> {
        let mut answer = self.get(path)?;
        let mut hash = Sha256::new();
        io::copy(&mut answer.body_mut().as_reader(), &mut hash)?;
        Ok(hex::encode(hash.finalize()))
    }

    fn get(&self, path: &str) -> Result<Response<Body>> {
        let request = self.agent.get(format!("{}{path}", self.site)).header("cookie", &self.cookie);
        let answer = request.call()?;
        ensure!(answer.status() == 200, "{path} was answered with {}", answer.status());
        Ok(answer)
    }

    /// Loads a path whose response goes on until it is dropped, line by line.
    pub(crate) fn lines(&self, path: &str) -> Result<impl Iterator<Item = io::Result<String>>> {
        // Unlike that of other requests, its time has no limit.
        let agent = Agent::config_builder().build().new_agent();
        let request = agent.get(format!("{}{path}", self.site)).header("cookie", &self.cookie);
        let answer = request.call().with_context(|| format!("{path} was refused"))?;
        Ok(BufReader::new(answer.into_body().into_reader()).lines())
    }

    /// Calls a server function.
    pub(crate) fn call(&self, function: &str, form: &[(&str, &str)]) -> Result<Value> {
        let mut answer = self.post(function, form)?;
        let text = answer.body_mut().read_to_string()?;
        ensure!(answer.status().is_success(), "{function}: {} {text}", answer.status());
        serde_json::from_str(&text).with_context(|| format!("{function} answered {text:?}"))
    }

    /// Returns the state of the only connection of this user.
    pub(crate) fn connection_state(&self) -> Result<Value> {
        Ok(self.call("status", &[])?[0]["state"].take())
    }

    /// Posts JSON to a path.
    pub(super) fn post_json(&self, path: &str, body: &Value) -> Result<Response<Body>> {
        let request = self.agent.post(format!("{}{path}", self.site));
        Ok(request.header("cookie", &self.cookie).send_json(body)?)
    }

    /// Sends bytes of a file from `offset` on, in the protocol tus.
    pub(super) fn patch(&self, path: &str, offset: usize, bytes: &[u8]) -> Result<Response<Body>> {
        let request = self.agent.patch(format!("{}{path}", self.site));
        let request = request
            .header("cookie", &self.cookie)
            .header("tus-resumable", "1.0.0")
            .header("upload-offset", offset.to_string())
            .content_type("application/offset+octet-stream");
        Ok(request.send(bytes)?)
    }

    fn post(&self, function: &str, form: &[(&str, &str)]) -> Result<Response<Body>> {
        let request = self.agent.post(format!("{}/api/{function}", self.site));
        Ok(request.header("cookie", &self.cookie).send_form(form.iter().copied())?)
    }
}
