//! The forms of messages: texts, files, and the cards of places, contacts and polls.

use super::card::Card;

/// Each person's new messages have these forms in turn, unless they are replies or forwards.
const CYCLE: usize = 14;

/// The form of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Form {
    Text,
    File(FileForm),
    Card(Card),
    /// An answer to the message with this WhatsApp id.
    Reply(String),
    Forward,
}

/// The form of a file. All but stickers have a caption.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileForm {
    Picture,
    /// A picture that is sent as a document.
    Document,
    /// A picture that its recipient may open once.
    ViewOnce,
    Sticker,
}

impl Form {
    /// Returns the form of a new message at this place of its author's messages. `text` makes it
    /// different from all others.
    pub(super) fn at(place: usize, text: &str) -> Self {
        match place % CYCLE {
            3 => Self::Card(Card::place(place, text)),
            5 => Self::File(FileForm::Sticker),
            7 => Self::File(FileForm::Picture),
            9 => Self::Card(Card::contacts(place, text)),
            11 => Self::File(FileForm::ViewOnce),
            13 => Self::Card(Card::poll(text)),
            _ => Self::Text,
        }
    }

    /// Returns the kind of the message, as both sides name it.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Text | Self::Reply(_) | Self::Forward => "text",
            Self::File(FileForm::Picture | FileForm::ViewOnce) => "image",
            Self::File(FileForm::Document) => "document",
            Self::File(FileForm::Sticker) => "sticker",
            Self::Card(card) => card.kind(),
        }
    }

    pub(super) fn is_file(&self) -> bool {
        matches!(self, Self::File(_))
    }

    pub(super) fn is_view_once(&self) -> bool {
        *self == Self::File(FileForm::ViewOnce)
    }

    /// Returns true if a person typed all of it, so that it can be edited.
    pub(super) fn is_text(&self) -> bool {
        self.kind() == "text"
    }

    /// Returns the fields of a card; none of another form.
    pub(super) fn fields(&self) -> Vec<String> {
        match self {
            Self::Card(card) => card.fields(),
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_messages_of_a_person_have_every_kind() {
        let forms: Vec<_> = (1..=CYCLE).map(|place| Form::at(place, "ana")).collect();
        for kind in ["text", "image", "sticker", "location", "contact", "poll"] {
            assert!(forms.iter().any(|form| form.kind() == kind), "{kind}");
        }
        assert!(forms.iter().any(Form::is_view_once));
        let texts = forms.iter().filter(|form| form.is_text()).count();
        assert!(texts > CYCLE / 2, "most are texts");
    }
}
