//! The live stream: one `EventSource` per tab, from `/live?after={seq}`.
//!
//! Each event's `data` is a [`model::Sequenced`] as JSON. The browser reconnects by itself and says
//! where it was (`Last-Event-ID`). When the server refuses (logged out, stopping), or says that too
//! much was missed, everything is loaded again and a new stream starts there.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{LiveEvent, Sequenced};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{EventSource, MessageEvent};

use crate::{ApiError, api};

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

/// Waits between attempts when the server refuses the stream.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(15);

/// Feeds `page` with every event after `seq` for as long as the current owner lives.
/// Call from an effect: there is no stream on the server.
pub(crate) fn follow(page: impl Follows, seq: i64, link: RwSignal<Link>) {
    let follower = Follower { page, link, stream: StoredValue::new_local(None) };
    on_cleanup(move || {
        follower.stream.try_set_value(None);
    });
    follower.listen(seq);
}

/// An open stream and the functions it calls. Closes when dropped.
struct Stream {
    source: EventSource,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_open: Closure<dyn FnMut()>,
    _on_error: Closure<dyn FnMut()>,
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.source.set_onmessage(None);
        self.source.set_onopen(None);
        self.source.set_onerror(None);
        self.source.close();
    }
}

#[derive(Clone, Copy)]
struct Follower<P> {
    page: P,
    link: RwSignal<Link>,
    stream: StoredValue<Option<Stream>, LocalStorage>,
}

impl<P: Follows> Follower<P> {
    fn listen(self, after: i64) {
        let Ok(source) = EventSource::new(&format!("/live?after={after}")) else { return };
        let on_message = Closure::new(move |message: MessageEvent| self.hear(&message));
        let on_open = Closure::new(move || self.link.set(Link::Up));
        let on_error = Closure::new({
            let source = source.clone();
            move || {
                self.link.set(Link::Down);
                // Otherwise the browser is reconnecting by itself.
                if source.ready_state() == EventSource::CLOSED {
                    self.load_again(FIRST_WAIT);
                }
            }
        });
        source.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        source.set_onopen(Some(on_open.as_ref().unchecked_ref()));
        source.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        self.stream.try_set_value(Some(Stream {
            source,
            _on_message: on_message,
            _on_open: on_open,
            _on_error: on_error,
        }));
    }

    fn hear(self, message: &MessageEvent) {
        let Some(data) = message.data().as_string() else { return };
        let applied = match serde_json::from_slice::<Sequenced>(data.as_bytes()) {
            Ok(Sequenced { event, .. }) => self.page.apply(event),
            // A newer server says what this page does not know; a reload of the lists keeps it true.
            Err(_) => Applied::LoadAgain,
        };
        if applied == Applied::LoadAgain {
            self.load_again(Duration::ZERO);
        }
    }

    /// Loads the page's lists again after `wait`, and listens from there.
    fn load_again(self, wait: Duration) {
        // Not at once even without a wait: a stream must not be dropped inside its own function.
        set_timeout(
            move || {
                if self.stream.try_set_value(None).is_some() {
                    return;
                }
                spawn_local(async move {
                    match self.page.reload().await {
                        Ok(seq) => self.listen(seq),
                        Err(ApiError::Unauthenticated) => {
                            window().location().set_href(api::LOGIN).ok();
                        }
                        Err(_) => self.load_again((wait * 2).clamp(FIRST_WAIT, LONGEST_WAIT)),
                    }
                });
            },
            wait,
        );
    }
}
