//! Live events as streams send them, serialized once for all streams.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use app::Reader;
use axum::response::sse::Event;
use model::{LiveEvent, Sequenced};
use store::Committed;

/// Most events that are kept for users whose streams have not got them yet.
const RECENT: usize = 64;

/// An event that several streams send. It is serialized once for each language, by the first stream
/// that needs it.
pub(super) struct SharedEvent {
    /// Its number in the stream, if it has one.
    pub(super) seq: Option<i64>,
    event: Arc<LiveEvent>,
    serialized: Mutex<Vec<(Reader, Serialized)>>,
}

/// An event for the browser, and the bytes of its data.
pub(super) type Serialized = (Event, usize);

impl SharedEvent {
    pub(super) fn new(seq: Option<i64>, event: impl Into<Arc<LiveEvent>>) -> Arc<Self> {
        Arc::new(Self { seq, event: event.into(), serialized: Mutex::default() })
    }

    /// Returns the event in the reader's language; `None` if it cannot be serialized.
    pub(super) fn serialized(&self, reader: Reader) -> Option<Serialized> {
        // Other streams wait here meanwhile, instead of doing the same.
        let mut languages = self.serialized.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, serialized)) = languages.iter().find(|(of, _)| *of == reader) {
            return Some(serialized.clone());
        }
        let serialized = self.serialize(reader)?;
        languages.push((reader, serialized.clone()));
        Some(serialized)
    }

    fn serialize(&self, reader: Reader) -> Option<Serialized> {
        let event = reader.name_in(LiveEvent::clone(&self.event));
        let data = serde_json::to_string(&Sequenced { seq: self.seq, event }).ok()?;
        metrics::counter!("inbox_live_serialized").increment(1);
        let bytes = data.len();
        let event = match self.seq {
            Some(seq) => Event::default().id(seq.to_string()).data(data),
            None => Event::default().data(data),
        };
        Some((event, bytes))
    }
}

/// The newest committed events. Users who may read the same chat share them here.
#[derive(Default)]
pub(super) struct RecentEvents(VecDeque<Arc<SharedEvent>>);

impl RecentEvents {
    /// Returns the shared form of a committed event.
    pub(super) fn get(&mut self, committed: &Committed) -> Arc<SharedEvent> {
        let seq = Some(committed.seq);
        if let Some(event) = self.0.iter().rev().find(|event| event.seq == seq) {
            return Arc::clone(event);
        }
        if self.0.len() == RECENT {
            self.0.pop_front();
        }
        let event = SharedEvent::new(seq, Arc::clone(&committed.event));
        self.0.push_back(Arc::clone(&event));
        event
    }
}

#[cfg(test)]
mod tests {
    use axum::http::header::COOKIE;
    use axum::http::{HeaderMap, HeaderValue};
    use model::{ChatId, ConnectionId};

    use super::*;

    fn committed(seq: i64) -> Committed {
        let event = Arc::new(LiveEvent::Resync);
        Committed { seq, connection: ConnectionId(1), chat: ChatId(1), event }
    }

    #[test]
    fn an_event_is_serialized_once_in_each_language() {
        let english = HeaderMap::from_iter([(COOKIE, HeaderValue::from_static("idioma=en"))]);
        let (portuguese, english) = (Reader::of(&HeaderMap::new()), Reader::of(&english));
        let chat = model::Chat { myself: true, ..fixtures::chat(1) };
        let event = SharedEvent::new(Some(7), LiveEvent::Chat { chat });
        let sizes = [portuguese, english, portuguese].map(|reader| {
            let (_, bytes) = event.serialized(reader).expect("an event");
            bytes
        });
        // "Você" has two bytes more than "You".
        assert_eq!([sizes[0], sizes[2]], [sizes[1] + 2; 2]);
        assert_eq!(event.serialized.lock().expect("nobody panicked").len(), 2);
    }

    #[test]
    fn users_share_recent_events_and_few_are_kept() {
        let mut recent = RecentEvents::default();
        let first = recent.get(&committed(1));
        assert!(Arc::ptr_eq(&first, &recent.get(&committed(1))));
        for seq in 2..=2 * RECENT as i64 {
            recent.get(&committed(seq));
        }
        assert_eq!(recent.0.len(), RECENT);
        assert_eq!(Arc::strong_count(&first), 1, "the oldest ones are gone");
    }
}
