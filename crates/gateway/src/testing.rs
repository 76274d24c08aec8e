//! Helpers of the unit tests.

use model::MessageKind;
use store::{Store, Viewer};
use whatsapp_rust::prelude::{MessageExt as _, MessageField, wa};

use crate::content;
use crate::origin::OwnPhone;

/// Creates a store, a user with access to it, and its folder.
pub(crate) async fn store() -> (Store, Viewer, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("inbox.db").display());
    let store = Store::open(&url).await.unwrap();
    let user = store.operator().create(fixtures::new_user("Ana")).await.unwrap();
    let viewer = store.viewer(user.id).await.unwrap();
    (store, viewer, folder)
}

/// Returns the addresses of a number, of its third device.
pub(crate) fn own_phone() -> OwnPhone {
    OwnPhone {
        pn: "5561990000000:3@s.whatsapp.net".parse().ok(),
        lid: "900000000000001:3@lid".parse().ok(),
    }
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

/// Returns a message in this context.
pub(crate) fn with_context(mut message: wa::Message, info: wa::ContextInfo) -> wa::Message {
    assert!(message.set_context_info(info));
    message
}

/// Returns the kind and the text of a message that is shown.
pub(crate) fn read(message: &wa::Message) -> (MessageKind, String) {
    let content = content::of(message).expect("something to show");
    (content.content.kind(), content.text)
}

/// Returns the source folder of the library, as cargo knows it.
pub(crate) fn library(package: &str) -> std::path::PathBuf {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let metadata = std::process::Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--offline"])
        // Crates for other platforms are not downloaded.
        .args(["--filter-platform", &format!("{}-unknown-linux-gnu", std::env::consts::ARCH)])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(metadata.status.success(), "{}", String::from_utf8_lossy(&metadata.stderr));
    let metadata = String::from_utf8(metadata.stdout).unwrap();
    let needle = format!("/{package}-");
    let paths = metadata.split('"').filter(|part| part.ends_with("/Cargo.toml"));
    let path = paths.into_iter().find(|path| {
        let rest = path.split(&needle).nth(1);
        rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    });
    std::path::Path::new(path.unwrap()).parent().unwrap().join("src")
}
