//! The pages that were asked, and the previews that wait for their texts.

use std::sync::Arc;
use std::time::{Duration, Instant};

use gateway::blocking;
use model::content::LinkPreview;
use model::{ChatId, UserId, bounds};
use store::NewLinkPreview;
use text::WebLink;
use url::Url;

use super::expiring::Expiring;
use super::page;
use super::turns::Turns;
use super::web::{PAGE, PICTURE, WITHIN, Web};
use crate::Error;
use crate::refusals::refused;

/// Time for which a page is not asked again, and after a failure.
const KNOWN_FOR: Duration = Duration::from_secs(10 * 60);
const FAILED_FOR: Duration = Duration::from_secs(60);
/// Pages that are remembered.
const KNOWN: usize = 256;
/// Time that a text with a preview may take until it is sent.
const OFFERED_FOR: Duration = Duration::from_secs(30 * 60);
/// Previews that wait for their texts.
const OFFERED: usize = 1024;
/// Seconds after which somebody who has too many turns tries again.
const TRY_AGAIN: u64 = 3;

/// The description that a page gives of itself, within the bounds of a message.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) title: String,
    pub(super) description: String,
    pub(super) picture: Option<Vec<u8>>,
}

/// A preview belongs to the person who saw it, and to one link in one chat, as the text has it.
type OfferKey = (UserId, ChatId, String);

/// The pages that were asked, and the previews that wait for their texts.
#[derive(Debug)]
pub(crate) struct LinkPreviews {
    web: Arc<Web>,
    turns: Arc<Turns>,
    /// By the address of the page; `None` if it has no preview.
    known: Arc<Expiring<String, Option<Arc<Found>>>>,
    offered: Expiring<OfferKey, Arc<Found>>,
}

impl Default for LinkPreviews {
    fn default() -> Self {
        Self {
            web: Arc::new(Web::new(gateway::EMULATOR)),
            turns: Arc::default(),
            known: Arc::new(Expiring::new(KNOWN)),
            offered: Expiring::new(OFFERED),
        }
    }
}

impl LinkPreviews {
    /// Returns the preview that a text is sent with: the one that its author saw of its first link.
    pub(crate) fn of_text(&self, user: UserId, chat: ChatId, text: &str) -> Option<NewLinkPreview> {
        let link = first_link(text)?.written;
        let key = (user, chat, link);
        let found = self.offered.get(&key, Instant::now())?;
        let (.., link) = key;
        let preview = LinkPreview {
            link,
            title: found.title.clone(),
            description: found.description.clone(),
        };
        Some(NewLinkPreview { preview, picture: found.picture.clone() })
    }

    /// Keeps the preview of a link for the text of a user in a chat.
    pub(super) fn offer(&self, user: UserId, chat: ChatId, link: String, found: Arc<Found>) {
        self.offered.put((user, chat, link), found, OFFERED_FOR, Instant::now());
    }

    /// Forgets the preview of a link, with which its text was sent, or that its author dropped.
    pub(crate) fn forget(&self, user: UserId, chat: ChatId, link: String) {
        self.offered.remove(&(user, chat, link));
    }

    /// Returns what the page at an address says of itself.
    pub(super) async fn find(
        &self,
        user: UserId,
        address: &str,
    ) -> Result<Option<Arc<Found>>, Error> {
        let address = address.to_owned();
        if let Some(known) = self.known.get(&address, Instant::now()) {
            return Ok(known);
        }
        let Some(turn) = self.turns.take(user) else {
            refused("preview-turns");
            return Err(Error::TooMany { seconds: TRY_AGAIN });
        };
        let (web, known) = (Arc::clone(&self.web), Arc::clone(&self.known));
        // It goes on if nobody waits for it any more, and holds its turn meanwhile.
        let fetching = blocking(move || {
            let _turn = turn;
            let found = fetch(&web, &address).map(Arc::new);
            let lasts = if found.is_some() { KNOWN_FOR } else { FAILED_FOR };
            known.put(address, found.clone(), lasts, Instant::now());
            Ok(found)
        });
        match fetching.await {
            Ok(found) => Ok(found),
            // The message of a panic may have a part of the page.
            Err(_) => {
                refused("preview-panic");
                tracing::error!("a page could not be read: its parser panicked");
                Ok(None)
            }
        }
    }
}

/// Returns the first link of a text, if it may have a preview.
pub(super) fn first_link(text: &str) -> Option<WebLink> {
    text::first_link(text).filter(|link| link.written.chars().nth(bounds::LINK).is_none())
}

/// Asks a page for its words, and for the picture that it names. It blocks the thread.
fn fetch(web: &Web, address: &str) -> Option<Found> {
    let end = Instant::now() + WITHIN;
    let page = web.get(Url::parse(address).ok()?, &PAGE, end)?;
    let said = page::read(&page.body, page.charset.as_deref());
    let words = |said: Option<String>, longest: usize| {
        let line = text::line(&said.unwrap_or_default());
        if text::has_visible(&line) {
            text::cut(&line, longest).trim_end().to_owned()
        } else {
            String::new()
        }
    };
    let title = words(said.title, bounds::LINK_TITLE);
    let description = words(said.description, bounds::LINK_DESCRIPTION);
    if title.is_empty() && description.is_empty() {
        return None;
    }
    let picture = said.picture.and_then(|place| page.url.join(&place).ok());
    let picture = picture.and_then(|url| web.get(url, &PICTURE, end));
    let picture = picture.and_then(|picture| inspect::preview_of_bytes(&picture.body));
    Some(Found { title, description, picture })
}
