//! The context that the server gives to every server function and page.

use std::collections::BTreeMap;

use crate::ApiError;
use leptos::prelude::use_context;

/// The parts of the server that the interface uses. The server provides it as context.
#[derive(Clone)]
pub struct AppState {
    pub services: service::Services,
    pub assets: Assets,
    pub site: crate::Site,
}

/// Addresses of the built site's files. They are empty strings if the site was not built: pages
/// then work without JavaScript and without style.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Deserialize)]
pub struct Assets {
    pub programs: Programs,
    /// The script that the tabs of a browser share: `browser/`.
    pub tab: String,
    pub css: String,
}

/// The programs that the browser runs, one per group of pages.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Deserialize)]
pub struct Programs {
    pub inbox: Program,
    /// The program of all other pages.
    pub pages: Program,
}

/// A wasm file, the JavaScript that starts it, and its parts.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Deserialize)]
pub struct Program {
    pub js: String,
    pub wasm: String,
    /// The script that loads parts, which the program imports.
    pub link: String,
    /// The files of each part.
    pub parts: BTreeMap<String, Vec<String>>,
}

impl AppState {
    /// The state of this request.
    ///
    /// # Errors
    /// [`ApiError::Internal`] when the server did not provide one, which is a bug.
    pub fn of_request() -> Result<Self, ApiError> {
        use_context().ok_or_else(|| ApiError::internal("no AppState in context"))
    }
}
