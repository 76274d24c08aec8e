//! `w:mex`: GraphQL. The emulator has none of the data these queries are about (newsletters, user
//! names, communities), so every query gets an empty answer.

use wacore_binary::builder::NodeBuilder;

use super::{Iq, Reply};
use crate::client::session::Session;

pub(super) fn reply(_session: &Session<'_>, iq: &Iq<'_>) -> Reply {
    if iq.tag() != "query" {
        return Reply::bad_request();
    }
    Reply::result([NodeBuilder::new("result").bytes(br#"{"data":{}}"#).build()])
}
