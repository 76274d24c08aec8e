//! What a page needs before it can be shown, and the place where it then appears.

use std::future::Future;
use std::pin::Pin;

use leptos::prelude::*;
use leptos::server::codee::{Decoder, Encoder};
use serde::{Serialize, de::DeserializeOwned};

/// Fetches a page's data on the server, before the first byte goes out, or in the browser when one
/// moves to the page there. Fetches again when `key` changes.
pub(crate) fn loaded<K, T, F>(
    key: impl Fn() -> K + Send + Sync + 'static,
    fetch: impl Fn(K) -> F + Send + Sync + 'static,
) -> Resource<T, Json>
where
    K: Clone + PartialEq + Send + Sync + 'static,
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
    F: Future<Output = T> + Send + 'static,
{
    Resource::new_with_options(key, fetch, true)
}

/// A view that waits for data. One type for all pages, for the reason given in
/// [`crate::components::part`].
type Pending = Pin<Box<dyn Future<Output = AnyView> + Send>>;

/// Shows what `view` makes once its data is there; what was shown stays while it loads again.
pub(crate) fn awaiting<F>(view: impl Fn() -> F + Send + Sync + 'static) -> AnyView
where
    F: Future<Output = AnyView> + Send + 'static,
{
    boxed(Box::new(move || Box::pin(view()) as Pending))
}

fn boxed(view: Box<dyn Fn() -> Pending + Send + Sync>) -> AnyView {
    view! { <Transition>{move || Suspend::new(view())}</Transition> }.into_any()
}

/// JSON, read from bytes like the answers of server functions, so that the program holds one reader
/// of each type and not two.
pub(crate) struct Json;

impl<T: Serialize> Encoder<T> for Json {
    type Error = serde_json::Error;
    type Encoded = String;

    fn encode(value: &T) -> Result<String, serde_json::Error> {
        serde_json::to_string(value)
    }
}

impl<T: DeserializeOwned> Decoder<T> for Json {
    type Error = serde_json::Error;
    type Encoded = str;

    fn decode(text: &str) -> Result<T, serde_json::Error> {
        serde_json::from_slice(text.as_bytes())
    }
}
