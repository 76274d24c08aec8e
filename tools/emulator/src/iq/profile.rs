//! Pictures, the text under the name, business profiles.

use wacore_binary::builder::NodeBuilder;

use super::{Iq, Reply};
use crate::client::session::Session;
use crate::notify;

/// No account has a picture.
pub(super) fn picture(iq: &Iq<'_>) -> Reply {
    match iq.kind.as_ref() {
        "get" => Reply::not_found(),
        _ => Reply::not_served(),
    }
}

/// Sets the account's own "recado", of which its contacts are notified.
pub(super) async fn about(session: &Session<'_>, iq: &Iq<'_>) -> Reply {
    let text = iq
        .child
        .filter(|child| iq.kind == "set" && child.tag == "status")
        .and_then(|status| status.content_as_string());
    match text {
        Some(text) => {
            let account = &session.me.account;
            account.directory().about = text.to_string();
            notify::about_changed(&session.connection.world, account, &text).await;
            Reply::empty()
        }
        None => Reply::bad_request(),
    }
}

/// No simulated phone runs WhatsApp Business.
pub(super) fn business(iq: &Iq<'_>) -> Reply {
    match iq.tag() {
        "business_profile" => Reply::result([NodeBuilder::new("business_profile").build()]),
        _ => Reply::not_served(),
    }
}
