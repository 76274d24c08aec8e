//! Helpers of the unit tests.

use model::MessageKind;
use store::{Store, Viewer};
use whatsapp_rust::prelude::{MessageField, wa};

use crate::content;

/// Creates a store, a user with access to it, and its folder.
pub(crate) async fn store() -> (Store, Viewer, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("inbox.db").display());
    let store = Store::open(&url).await.unwrap();
    let user = store.operator().create(fixtures::new_user("Ana")).await.unwrap();
    let viewer = store.viewer(user.id).await.unwrap();
    (store, viewer, folder)
}

/// Creates a text message as WhatsApp delivers it.
pub(crate) fn text(body: &str) -> wa::Message {
    wa::Message { conversation: Some(body.into()), ..Default::default() }
}

/// Creates a picture with a caption.
pub(crate) fn image(caption: &str) -> wa::Message {
    let image = wa::message::ImageMessage { caption: Some(caption.into()), ..Default::default() };
    wa::Message { image_message: MessageField::some(image), ..Default::default() }
}

/// Returns the kind and the text of a message that is shown.
pub(crate) fn read(message: &wa::Message) -> (MessageKind, String) {
    let content = content::of(message).expect("something to show");
    (content.kind, content.text)
}
