use model::ConnectionId;
use serde::{Deserialize, Serialize};

use crate::ApiError;
use crate::auth::flash;

/// The longest phone that the form takes, in characters: a link may be longer than a number.
const LONGEST_PHONE: usize = 300;

/// The fields of a form for a new conversation that led to an error. The next page shows them beside its
/// sentence. They are not in the address of that page, since addresses are logged by proxies.
#[derive(Serialize, Deserialize)]
pub struct TypedChat {
    pub connection: ConnectionId,
    pub phone: String,
}

impl TypedChat {
    /// The key in the session of the browser.
    const KEY: &str = "typed-chat";

    pub(super) fn new(connection: ConnectionId, phone: &str) -> Self {
        Self { connection, phone: phone.chars().take(LONGEST_PHONE).collect() }
    }

    /// Stores the fields for the next page of the form.
    pub(super) async fn show_next(self) -> Result<(), ApiError> {
        flash::put(Self::KEY, self).await
    }

    /// Returns the fields once.
    ///
    /// # Errors
    /// [`ApiError::Internal`].
    pub async fn take() -> Result<Option<Self>, ApiError> {
        flash::take(Self::KEY).await
    }
}
