//! Tests of the phone with the client-side code of `wacore`: an unmodified client's own functions
//! must accept the phone's output.

mod adv;
mod app_state;
mod chats;
mod chatting;
mod companion;
mod groups;
mod pair_code;
mod qr;
mod state_file;

use waproto::whatsapp as wa;

use super::{Enc, Opened, Phone, PhoneError};

fn ana() -> Phone {
    Phone::new("5561999990001", "100000000000001", "Ana")
}

fn bia() -> Phone {
    Phone::new("5561999990002", "100000000000002", "Bia")
}

/// Encrypts for the other phone's device 0, fetching its bundle first if there is no session.
async fn send(from: &mut Phone, to: &mut Phone, message: &wa::Message) -> Enc {
    let bundle = (!from.has_session(&to.lid())).then(|| to.take_bundle());
    from.encrypt(&to.lid(), bundle.as_ref(), message).await.expect("encrypts")
}

async fn receive(to: &mut Phone, from: &Phone, enc: &Enc) -> Result<Opened, PhoneError> {
    to.decrypt(&from.lid(), enc.kind, &enc.bytes).await
}

fn text(text: &str) -> wa::Message {
    wa::Message { conversation: Some(text.to_owned()), ..Default::default() }
}

fn text_of(opened: &Opened) -> &str {
    opened.message.conversation.as_deref().unwrap_or_default()
}
