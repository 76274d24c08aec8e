//! The live stream of everything that changes after the page was rendered.
//!
//! One stream serves all tabs of a browser. `browser/hub.js` holds it, in a worker that the tabs
//! share, because a browser opens only six connections to a server without TLS. A tab reports the
//! number at which its page was rendered and receives every event after it. When the stream is
//! refused, or more events were missed than are kept, the page loads everything again and continues
//! from there.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::Sequenced;
use serde::de::DeserializeOwned;
use wasm_bindgen::prelude::*;

use crate::ApiError;

#[wasm_bindgen]
extern "C" {
    /// Calls `callback` with the JSON of every [`Sequenced`] after the number `after`, with a
    /// boolean when the stream connects or disconnects, and with nothing when everything has to be
    /// loaded again. Only the last call counts.
    #[wasm_bindgen(js_namespace = inbox, js_name = follow)]
    fn listen(after: f64, callback: &JsValue);
    /// Goes to the login, and from there back to this page.
    #[wasm_bindgen(js_namespace = inbox)]
    fn leave();
}

/// The state of the connection to the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Link {
    Up,
    Down,
}

/// The step that remains after an event was applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Applied {
    Done,
    /// Too many events were missed; the page has to load everything again.
    LoadAgain,
}

/// The state of a page that the stream keeps up to date.
pub(crate) trait LivePage: Copy + 'static {
    /// `model::LiveEvent`, or those of its variants that the page shows.
    type Event: DeserializeOwned;

    fn apply(self, event: Self::Event) -> Applied;

    /// Loads everything again. Returns the place in the stream to continue from.
    async fn reload(self) -> Result<i64, ApiError>;
}

/// Waits between attempts when the server refuses.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(15);

/// Passes every event after `seq` to `page` for as long as the document exists. Call this from an
/// effect: there is no stream on the server.
pub(crate) fn follow(page: impl LivePage, seq: i64, link: RwSignal<Link>) {
    let callback = StoredValue::new_local(JsValue::NULL);
    let follower = Follower { page, link, callback };
    callback.set_value(
        Closure::<dyn FnMut(JsValue)>::new(move |payload| follower.on_event(&payload))
            .into_js_value(),
    );
    follower.listen(seq);
}

#[derive(Clone, Copy)]
struct Follower<P> {
    page: P,
    link: RwSignal<Link>,
    callback: StoredValue<JsValue, LocalStorage>,
}

impl<P: LivePage> Follower<P> {
    fn listen(self, after: i64) {
        // Numbers of events are far below 2^53.
        self.callback.with_value(|callback| listen(after as f64, callback));
    }

    fn on_event(self, payload: &JsValue) {
        if let Some(up) = payload.as_bool() {
            self.link.set(if up { Link::Up } else { Link::Down });
            return;
        }
        let applied = match payload.as_string().as_deref().map(|data| data.as_bytes()) {
            Some(data) => match serde_json::from_slice::<Sequenced<P::Event>>(data) {
                Ok(Sequenced { event, .. }) => self.page.apply(event),
                // A newer server sent an event that this page does not know; reloading the lists
                // keeps it up to date.
                Err(_) => Applied::LoadAgain,
            },
            None => Applied::LoadAgain,
        };
        if applied == Applied::LoadAgain {
            self.load_again(Duration::ZERO);
        }
    }

    /// Loads the page's lists again after `wait`, and listens from there.
    fn load_again(self, wait: Duration) {
        set_timeout(
            move || {
                spawn_local(async move {
                    match self.page.reload().await {
                        Ok(seq) => self.listen(seq),
                        Err(ApiError::Unauthenticated) => leave(),
                        Err(_) => self.load_again((wait * 2).clamp(FIRST_WAIT, LONGEST_WAIT)),
                    }
                });
            },
            wait,
        );
    }
}
