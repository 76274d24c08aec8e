//! Linking with the eight characters a client shows (`link_code_companion_reg`).
//!
//! The client's hello and finish arrive as IQs; the phone's hello between them is sent as a
//! notification. The server relays them and never learns the code.

use wacore_binary::builder::NodeBuilder;
use wacore_binary::{Node, SERVER_JID};

use super::stanzas::{self, bytes_of};
use super::{Registration, Signed, Stage, refuse, report};
use crate::iq::{Iq, Reply};
use crate::notify;
use crate::phone::{CompanionFinish, CompanionHello, PrimaryHello};
use crate::world::pairing::ShownCode;

impl Registration<'_> {
    /// Returns the answer. If the phone has signed, `<pair-success>` has to follow it.
    pub(super) async fn pair_code(&mut self, iq: &Iq<'_>, signed: &mut Option<Signed>) -> Reply {
        let Some(child) = iq.child else {
            return Reply::bad_request();
        };
        let stage = child.attrs().optional_string("stage");
        match stage.as_deref() {
            Some("companion_hello") => self.companion_hello(child),
            Some("companion_finish") => self.companion_finish(child, signed).await,
            _ => Reply::bad_request(),
        }
    }

    fn companion_hello(&mut self, child: &Node) -> Reply {
        let number = child.attrs().optional_jid("jid").map(|jid| jid.user);
        let wrapped = bytes_of(child, "link_code_pairing_wrapped_companion_ephemeral_pub");
        let noise = bytes_of(child, "companion_server_auth_key_pub")
            .and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        let (Some(number), Some(wrapped), Some(noise_pub)) = (number, wrapped, noise) else {
            return Reply::bad_request();
        };
        let pairing_ref = stanzas::pairing_ref().into_bytes();
        let platform_id = bytes_of(child, "companion_platform_id")
            .and_then(|bytes| bytes.first().copied())
            .map(char::from);
        let code = ShownCode {
            hello: CompanionHello {
                pairing_ref: pairing_ref.clone(),
                wrapped_ephemeral: wrapped.to_vec(),
                noise_pub,
                platform_id,
            },
            candidate: self.candidate.clone(),
        };
        self.connection.world.pairings.show_code(&number, code);
        self.connection.world.changed();
        Reply::result([NodeBuilder::new("link_code_companion_reg")
            .attr("stage", "companion_hello")
            .children([NodeBuilder::new("link_code_pairing_ref").bytes(pairing_ref).build()])
            .build()])
    }

    async fn companion_finish(&mut self, child: &Node, signed: &mut Option<Signed>) -> Reply {
        let finish = (|| {
            Some(CompanionFinish {
                pairing_ref: bytes_of(child, "link_code_pairing_ref")?.to_vec(),
                wrapped_key_bundle: bytes_of(child, "link_code_pairing_wrapped_key_bundle")?
                    .to_vec(),
                identity: bytes_of(child, "companion_identity_public")?.try_into().ok()?,
            })
        })();
        let Some(finish) = finish else {
            return Reply::bad_request();
        };
        let stage = std::mem::replace(&mut self.stage, Stage::Offered);
        let Stage::CodeEntered { account, done } = stage else {
            self.stage = stage;
            return Reply::bad_request();
        };
        self.connection.world.pairings.hide_code(&finish.pairing_ref);
        let linked = account.phone.lock().await.pair_code_finish(finish);
        match linked {
            Ok(linked) if !self.is_ours(&linked) => {
                refuse(&account, &linked, done, "the code is not this connection's").await;
            }
            Ok(linked) => *signed = Some(Signed { account, linked, done }),
            // As on the real server the client gets no further stanza; the phone shows the error.
            Err(error) => report(done, Err(error.to_string())),
        }
        Reply::empty()
    }

    /// Handles a code typed by the phone's user.
    pub(super) fn primary_hello(&self, hello: PrimaryHello) {
        let registration = NodeBuilder::new("link_code_companion_reg")
            .attr("stage", "primary_hello")
            .children([
                NodeBuilder::new("link_code_pairing_wrapped_primary_ephemeral_pub")
                    .bytes(hello.wrapped_ephemeral)
                    .build(),
                NodeBuilder::new("primary_identity_pub").bytes(hello.identity).build(),
                NodeBuilder::new("link_code_pairing_ref").bytes(hello.pairing_ref).build(),
            ])
            .build();
        self.connection.link.send(notify::notification(
            &self.connection.world,
            "link_code_companion_reg",
            SERVER_JID,
            [registration],
        ));
    }
}
