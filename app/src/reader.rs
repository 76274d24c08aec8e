//! The reader, in whose language chats are named and cards described before they leave the server.
//!
//! The chat of a number with itself is called "Você". The browser receives only this name, not
//! which chat it is. The card of a poll has a line about its votes, and a link to them, beside the numbers
//! of contacts stands that they lead to a conversation, and a document has a count of pages. A change of a group
//! is a sentence. The browser does not know these words either.

use http::HeaderMap;
use model::{Chat, LiveEvent, Message, Piece, PollNote, Style};

use crate::i18n::{Locale, requested, requested_in, t};
use crate::labels;

/// Characters of the last message in a row of the list.
const ROW: usize = 120;

/// Names chats and describes cards in one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reader(Locale);

impl Reader {
    /// The sender of a request with these headers.
    pub fn of(headers: &HeaderMap) -> Self {
        Self(requested_in(headers))
    }

    /// The sentence about a file whose place cannot be reached now.
    pub fn file_out_of_reach(self) -> &'static str {
        t!(self.0, media.out_of_reach)
    }

    /// The sender of the request being answered.
    pub(crate) fn of_request() -> Self {
        Self(requested())
    }

    /// Gives a chat its name, and its last message the words of a change of the group.
    pub(crate) fn name(self, mut chat: Chat) -> Chat {
        if chat.myself {
            chat.name = t!(self.0, chats.myself).to_owned();
        }
        if let Some(preview) = &mut chat.preview
            && let Some(change) = preview.change.take()
        {
            let words = words_of(&labels::group_change(self.0, &change));
            preview.text = words.chars().take(ROW).collect();
            preview.by = None;
        }
        chat
    }

    /// Gives the card of a poll or of contacts, the pages of a document and the change of a group their
    /// words.
    pub(crate) fn describe(self, mut message: Message) -> Message {
        if let Some(change) = message.change.take() {
            message.rich = labels::group_change(self.0, &change);
            message.text = words_of(&message.rich);
        }
        message.rich = self.describe_pieces(message.rich);
        if let Some(media) = &mut message.media {
            media.pages = labels::pages(self.0, &media.pages);
        }
        message
    }

    /// Gives the cards of polls and contacts and the pages of documents their words.
    pub(crate) fn describe_all(self, messages: Vec<Message>) -> Vec<Message> {
        messages.into_iter().map(|message| self.describe(message)).collect()
    }

    /// Gives the card of a poll, of contacts or of an advertisement its words; other pieces stay as they are.
    pub(crate) fn describe_pieces(self, mut pieces: Vec<Piece>) -> Vec<Piece> {
        for card in &mut pieces {
            match card.style {
                Style::Poll => self.describe_poll(&mut card.within),
                Style::Contacts => self.name_chats(&mut card.within),
                Style::Preview => self.name_origin(card.within.first_mut()),
                _ => {}
            }
        }
        pieces
    }

    /// Names what a text answers: an advertisement, or a status.
    fn name_origin(self, label: Option<&mut Piece>) {
        let Some(label) = label.filter(|label| label.style == Style::Italic) else { return };
        let words = match &*label.text {
            "ad" => t!(self.0, chat.from_ad),
            _ => t!(self.0, chat.to_status),
        };
        label.within = vec![Piece::words(words)];
        label.text.clear();
    }

    /// Adds to the numbers of contacts that they lead to a conversation.
    fn name_chats(self, lines: &mut [Piece]) {
        for link in lines.iter_mut().filter(|line| line.style == Style::Link) {
            let words = Piece::words(&format!(" {}", t!(self.0, new_chat.chat)));
            link.within.push(Piece::styled(Style::Italic, vec![words]));
        }
    }

    fn describe_poll(self, poll: &mut Vec<Piece>) {
        let mut own_vote = None;
        for (piece, nth) in poll.iter_mut().zip(1..) {
            match piece.style {
                Style::Count => {
                    // The note is for this function only.
                    let note = std::mem::take(&mut piece.text);
                    if let Ok(note) = serde_json::from_str::<PollNote>(&note) {
                        let (words, about) = labels::poll_note(self.0, note);
                        piece.within = vec![Piece::words(&words)];
                        own_vote = about.map(|about| (nth, about));
                    }
                }
                Style::Link => piece.within = vec![Piece::words(t!(self.0, poll.see_votes))],
                Style::Bullets => self.name_chosen(&mut piece.within),
                _ => {}
            }
        }
        if let Some((nth, about)) = own_vote {
            poll.insert(nth, Piece::styled(Style::Italic, vec![Piece::words(about)]));
        }
    }

    /// Adds to the options that the number chose that it did. The style sheet shows that by a mark, and the
    /// words are for those who do not see it.
    fn name_chosen(self, options: &mut [Piece]) {
        for link in options.iter_mut().filter_map(|option| option.within.first_mut()) {
            let is_chosen = link.within.first().is_some_and(|words| words.style == Style::Bold);
            if link.style == Style::Link && is_chosen {
                let words = Piece::words(&format!(", {}", t!(self.0, poll.yours)));
                link.within.push(Piece::styled(Style::Large, vec![words]));
            }
        }
    }

    /// Gives the chat of an event its name, and its message the words of a poll.
    pub fn name_in(self, event: LiveEvent) -> LiveEvent {
        match event {
            LiveEvent::Message { chat, message } => {
                LiveEvent::Message { chat: self.name(chat), message: self.describe(message) }
            }
            LiveEvent::Chat { chat } => LiveEvent::Chat { chat: self.name(chat) },
            event => event,
        }
    }
}

/// The words of pieces, without their styles.
fn words_of(pieces: &[Piece]) -> String {
    let mut words = String::new();
    pieces.iter().for_each(|piece| piece.read(&mut words));
    words
}

#[cfg(test)]
mod tests {
    use http::{HeaderValue, header::COOKIE};

    use super::*;

    #[test]
    fn notes_to_oneself_are_called_as_on_the_phone() {
        let chat = |myself| Chat { name: "Loja".into(), myself, ..fixtures::chat(1) };
        let english = [(COOKIE, HeaderValue::from_static("tema=dark; idioma=en"))];
        let (portuguese, english) = (HeaderMap::new(), HeaderMap::from_iter(english));
        assert_eq!(Reader::of(&portuguese).name(chat(true)).name, "Você");
        assert_eq!(Reader::of(&english).name(chat(true)).name, "You");
        assert_eq!(Reader::of(&english).name(chat(false)).name, "Loja");
    }

    #[test]
    fn a_change_of_a_group_is_a_sentence_in_the_list_and_in_the_conversation() {
        use model::content::{GroupChange, GroupEvent, GroupNotice};

        let change: GroupNotice = GroupChange { by: None, what: GroupEvent::Ended };
        let preview = model::Preview {
            kind: model::MessageKind::System,
            text: String::new(),
            notice: None,
            by: Some("Bia".to_owned()),
            change: Some(change.clone()),
            delivery: None,
        };
        let reader = Reader::of(&HeaderMap::new());
        let named = reader.name(Chat { preview: Some(preview), ..fixtures::chat(1) });
        let preview = named.preview.expect("a last message");
        assert_eq!((preview.text.as_str(), preview.by), ("O grupo foi encerrado.", None));
        let message = Message { change: Some(change), ..fixtures::message(1) };
        let described = reader.describe(message);
        assert_eq!(described.text, "O grupo foi encerrado.");
        assert_eq!(described.rich, [Piece::words("O grupo foi encerrado.")]);
    }

    #[test]
    fn the_pages_of_a_document_get_their_words() {
        let words = |pages: &str| {
            let mut message = fixtures::message(1);
            message.media = Some(model::Media {
                name: Some("contrato.pdf".into()),
                view: model::MediaView::File,
                size: 9,
                shape: None,
                preview: false,
                seconds: None,
                pages: pages.to_owned(),
                voice: None,
                unplayed: false,
                album: None,
                state: model::MediaState::Stored,
            });
            Reader::of(&HeaderMap::new()).describe(message).media.map(|media| media.pages)
        };
        assert_eq!(words("12").as_deref(), Some("12 páginas · "));
        assert_eq!(words("1").as_deref(), Some("1 página · "));
        assert_eq!(words("").as_deref(), Some(""));
    }

    #[test]
    fn the_numbers_of_contacts_say_that_they_lead_to_a_conversation() {
        let phone = Piece::link("/nova-conversa?telefone=%2B55".to_owned(), "+55 61 99999-0000");
        let lines = vec![Piece::words("Rui Sá"), Piece::words("\n"), phone];
        let card = vec![Piece::styled(Style::Contacts, lines)];
        let words = |headers: &HeaderMap| {
            let mut words = String::new();
            Reader::of(headers).describe_pieces(card.clone())[0].read(&mut words);
            words
        };
        assert_eq!(words(&HeaderMap::new()), "Rui Sá\n+55 61 99999-0000 Conversar");
        let english = HeaderMap::from_iter([(COOKIE, HeaderValue::from_static("idioma=en"))]);
        assert_eq!(words(&english), "Rui Sá\n+55 61 99999-0000 Chat");
    }

    #[test]
    fn the_card_of_a_poll_gets_its_words() {
        let note = r#"{"single":true,"voters":2,"vote":"failed"}"#;
        let piece = |style, text: &str| Piece { style, text: text.to_owned(), within: vec![] };
        let chosen = Piece::styled(Style::Bold, vec![Piece::words("Segunda")]);
        let option = |words| {
            let link = Piece { within: vec![words], ..piece(Style::Link, "/enquete/7?opcao=0#p0") };
            Piece::styled(Style::Item, vec![link])
        };
        let options = vec![option(chosen), option(Piece::words("Terça"))];
        let within = vec![
            piece(Style::Count, note),
            Piece::styled(Style::Bullets, options),
            piece(Style::Link, "/enquete/7"),
        ];
        let card = vec![Piece::styled(Style::Poll, within)];
        let card = Reader::of(&HeaderMap::new()).describe_pieces(card);
        let [line, own, options, votes] = &card[0].within[..] else { panic!("{card:?}") };
        let words = |piece: &Piece| {
            let mut words = String::new();
            piece.read(&mut words);
            words
        };
        assert_eq!(
            (words(line).as_str(), line.style),
            ("Uma resposta · 2 pessoas votaram", Style::Count)
        );
        let about = "Seu voto não foi enviado: vote de novo.";
        assert_eq!((words(own).as_str(), own.style), (about, Style::Italic));
        assert_eq!((words(votes).as_str(), votes.text.as_str()), ("Ver votos", "/enquete/7"));
        assert_eq!(line.text, "");
        assert_eq!(words(options), "Segunda, sua respostaTerça");
        let ad = vec![Piece::styled(Style::Preview, vec![piece(Style::Italic, "ad")])];
        let ad = Reader::of(&HeaderMap::new()).describe_pieces(ad);
        assert_eq!((words(&ad[0]).as_str(), &*ad[0].within[0].text), ("Veio de um anúncio", ""));
        let text = vec![piece(Style::Italic, "")];
        assert_eq!(Reader::of(&HeaderMap::new()).describe_pieces(text.clone()), text);
    }
}
