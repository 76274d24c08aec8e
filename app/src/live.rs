//! The live stream: everything that changes after the page was rendered.
//!
//! One stream serves all tabs of a browser. It is held by `browser/hub.js`, in a worker that the tabs
//! share, because a browser opens only six connections to a server without TLS. A tab says at which
//! number its page was rendered and is given every event after it. When the stream is refused, or more
//! was missed than is kept, the page loads everything again and goes on from there.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{LiveEvent, Sequenced};
use wasm_bindgen::prelude::*;

use crate::ApiError;

#[wasm_bindgen]
extern "C" {
    /// Calls `hear` with the JSON of every [`Sequenced`] after the number `after`, with a boolean when
    /// the stream comes or goes, and with nothing when all has to be loaded again. The last call
    /// counts.
    #[wasm_bindgen(js_namespace = inbox, js_name = follow)]
    fn listen(after: f64, hear: &JsValue);
    /// Goes to the login, and from there back to this page.
    #[wasm_bindgen(js_namespace = inbox)]
    fn leave();
}

/// Whether the page hears of changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Link {
    Up,
    Down,
}

/// What is left to do after an event was applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Applied {
    Done,
    /// Too much was missed; only loading again helps.
    LoadAgain,
}

/// The state of a page that is kept true by the stream.
pub(crate) trait Follows: Copy + 'static {
    fn apply(self, event: LiveEvent) -> Applied;

    /// Loads everything again. Answers the place in the stream to go on from.
    async fn reload(self) -> Result<i64, ApiError>;
}

/// Waits between attempts when the server refuses.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(15);

/// Feeds `page` with every event after `seq` for as long as the document lives.
/// Call from an effect: there is no stream on the server.
pub(crate) fn follow(page: impl Follows, seq: i64, link: RwSignal<Link>) {
    let hear = StoredValue::new_local(JsValue::NULL);
    let follower = Follower { page, link, hear };
    hear.set_value(
        Closure::<dyn FnMut(JsValue)>::new(move |said| follower.hear(&said)).into_js_value(),
    );
    follower.listen(seq);
}

#[derive(Clone, Copy)]
struct Follower<P> {
    page: P,
    link: RwSignal<Link>,
    hear: StoredValue<JsValue, LocalStorage>,
}

impl<P: Follows> Follower<P> {
    fn listen(self, after: i64) {
        // Numbers of events are far below 2^53.
        self.hear.with_value(|hear| listen(after as f64, hear));
    }

    fn hear(self, said: &JsValue) {
        if let Some(up) = said.as_bool() {
            self.link.set(if up { Link::Up } else { Link::Down });
            return;
        }
        let applied = match said.as_string().as_deref().map(|data| data.as_bytes()) {
            Some(data) => match serde_json::from_slice::<Sequenced>(data) {
                Ok(Sequenced { event, .. }) => self.page.apply(event),
                // A newer server says what this page does not know; a reload of the lists keeps it
                // true.
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
