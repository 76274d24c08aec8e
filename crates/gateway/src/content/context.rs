//! The context of a message: the message that it answers, and how often it was forwarded.
//!
//! An answer carries a copy of the message that it quotes. Only the copy itself is read, never the
//! quotes inside of it, so the depth to which a stranger nests them does not matter.

use model::{MessageKind, bounds};
use store::{InboundMentions, InboundQuote, QuotedAuthor};
use whatsapp_rust::prelude::{Jid, wa};

use super::{base::base, read::read};
use crate::origin::{self, OwnPhone};

/// The part of a message's context that is stored.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Context {
    /// The message that it answers.
    pub(crate) reply_to: Option<InboundQuote>,
    /// WhatsApp's `forwarding_score`; 0 for an original.
    pub(crate) forwarded: u32,
    /// The people whom its text mentions.
    pub(crate) mentions: InboundMentions,
}

/// Reads the context of a message of any kind.
pub(crate) fn of(message: &wa::Message, own_phone: &OwnPhone) -> Context {
    let Some(info) = context_info(base(message)) else { return Context::default() };
    // Some clients mark a forwarded message without a score.
    let marked = u32::from(info.is_forwarded == Some(true));
    Context {
        reply_to: quote(info, own_phone),
        forwarded: info.forwarding_score.unwrap_or_default().max(marked),
        mentions: mentions(info, own_phone),
    }
}

/// Reads the people whom the new text of an edit mentions.
pub(crate) fn mentions_of_edit(message: &wa::Message, own_phone: &OwnPhone) -> InboundMentions {
    let edited = &base(message).protocol_message.edited_message;
    let info = edited.as_option().and_then(|edited| context_info(base(edited)));
    info.map(|info| mentions(info, own_phone)).unwrap_or_default()
}

/// Reads the mentioned people, as many as are stored. The text has the digits of each address.
fn mentions(info: &wa::ContextInfo, own_phone: &OwnPhone) -> InboundMentions {
    let jids = info.mentioned_jid.iter().take(bounds::MENTIONS);
    let jids: Vec<Jid> = jids.filter_map(|jid| jid.parse().ok()).collect();
    InboundMentions {
        ourselves: jids.iter().any(|jid| own_phone.is(jid)),
        people: jids.iter().map(|jid| origin::identities([Some(jid)])).collect(),
    }
}

/// Returns true unless people see more of a message's context than [`of`] reads: mentions of groups, an
/// advertisement, a channel, or a quote from elsewhere, as of a story.
pub(super) fn is_stored(base: &wa::Message) -> bool {
    context_info(base).is_none_or(|info| {
        info.group_mentions.is_empty()
            && info.non_jid_mentions.is_none_or(|count| count == 0)
            && info.remote_jid.is_none()
            && info.quoted_ad.is_unset()
            && info.external_ad_reply.is_unset()
            && info.forwarded_newsletter_message_info.is_unset()
            && info.question_reply_quoted_message.is_unset()
            && info.partially_selected_content.is_unset()
    })
}

/// Returns true for an answer to a story.
pub(super) fn is_to_status(base: &wa::Message) -> bool {
    let remote_jid = context_info(base).and_then(|info| info.remote_jid.as_deref());
    remote_jid == Some("status@broadcast")
}

/// Returns the context of a message, which is in the field of its kind.
pub(crate) fn context_info(base: &wa::Message) -> Option<&wa::ContextInfo> {
    let base: &wa::Message = match base.lottie_sticker_message.as_option() {
        Some(wrapper) => &wrapper.message,
        None => base,
    };
    // A message of which no field is set stands in for those that are not there.
    let of_kinds = [
        &base.extended_text_message.context_info,
        &base.image_message.context_info,
        &base.video_message.context_info,
        &base.ptv_message.context_info,
        &base.audio_message.context_info,
        &base.document_message.context_info,
        &base.sticker_message.context_info,
        &base.sticker_pack_message.context_info,
        &base.location_message.context_info,
        &base.live_location_message.context_info,
        &base.contact_message.context_info,
        &base.contacts_array_message.context_info,
        &base.poll_creation_message.context_info,
        &base.poll_creation_message_v2.context_info,
        &base.poll_creation_message_v3.context_info,
        &base.poll_creation_message_v5.context_info,
        &base.poll_creation_message_v6.context_info,
        &base.event_message.context_info,
        &base.group_invite_message.context_info,
        &base.buttons_message.context_info,
        &base.buttons_response_message.context_info,
        &base.list_message.context_info,
        &base.list_response_message.context_info,
        &base.template_message.context_info,
        &base.template_button_reply_message.context_info,
        &base.interactive_message.context_info,
        &base.interactive_response_message.context_info,
        &base.order_message.context_info,
        &base.product_message.context_info,
    ];
    of_kinds.into_iter().find_map(|info| info.as_option())
}

/// Reads the quoted message; `None` if it has no id. Its kind is unsupported if the answer carries
/// no copy.
fn quote(info: &wa::ContextInfo, own_phone: &OwnPhone) -> Option<InboundQuote> {
    let wa_id = info.stanza_id.clone().filter(|id| !id.is_empty())?;
    let copy = info.quoted_message.as_option().and_then(|copy| read(base(copy)));
    let copy = copy.map(|(content, text, _)| (content.kind(), text));
    let (kind, text) = copy.unwrap_or((MessageKind::Unsupported, String::new()));
    Some(InboundQuote { wa_id, author: author(info, own_phone), kind, text })
}

/// Returns the author of the quoted message. Without an address of a person it is a contact without
/// addresses.
fn author(info: &wa::ContextInfo, own_phone: &OwnPhone) -> QuotedAuthor {
    let participant = info.participant.as_deref().and_then(|jid| jid.parse::<Jid>().ok());
    // The address of a server is one too.
    let participant = participant.filter(|jid| !jid.user.is_empty());
    match participant {
        Some(jid) if own_phone.is(&jid) => QuotedAuthor::Ourselves,
        participant => QuotedAuthor::Contact(origin::identities([participant.as_ref()])),
    }
}

#[cfg(test)]
mod tests {
    use model::MessageContent;
    use store::Peer;
    use whatsapp_rust::prelude::MessageField;
    use whatsapp_rust::waproto::codec::message_decode;
    use whatsapp_rust::waproto::whatsapp::message::{
        AudioMessage, ExtendedTextMessage, FutureProofMessage, PollCreationMessage, StickerMessage,
    };

    use super::*;
    use crate::testing::{image, own_phone, text, with_context};

    /// Returns the context of an answer to a message of this author.
    fn answering(participant: &str, quoted: wa::Message) -> wa::ContextInfo {
        wa::ContextInfo {
            stanza_id: Some("3EB0".into()),
            participant: Some(participant.into()),
            quoted_message: MessageField::some(quoted),
            ..Default::default()
        }
    }

    fn quote_of(message: &wa::Message) -> InboundQuote {
        of(message, &own_phone()).reply_to.expect("a quote")
    }

    #[test]
    fn an_answer_has_the_message_that_it_quotes() {
        let answer = with_context(text("esse"), answering("100000000000001@lid", image("azul")));
        let expected = InboundQuote {
            wa_id: "3EB0".into(),
            author: QuotedAuthor::Contact(Peer::lid("100000000000001@lid")),
            kind: MessageKind::Image,
            text: "azul".into(),
        };
        assert_eq!(quote_of(&answer), expected);
    }

    #[test]
    fn the_own_addresses_are_ourselves_in_any_form() {
        let author = |participant: &str| {
            quote_of(&with_context(text("sim"), answering(participant, text("quer?")))).author
        };
        for own in ["5561990000000@s.whatsapp.net", "900000000000001@lid", "900000000000001:9@lid"]
        {
            assert_eq!(author(own), QuotedAuthor::Ourselves, "{own}");
        }
        let other = Peer::pn("5561998124471@s.whatsapp.net");
        assert_eq!(author("5561998124471:2@s.whatsapp.net"), QuotedAuthor::Contact(other));
        for nobody in ["", "@", "@lid", "s.whatsapp.net", "120363@g.us", "status@broadcast"] {
            assert_eq!(author(nobody), QuotedAuthor::Contact(Peer::default()), "{nobody}");
        }
    }

    #[test]
    fn answers_of_every_kind_have_their_quote() {
        let audio = MessageField::some(AudioMessage::default());
        let audio = wa::Message { audio_message: audio, ..Default::default() };
        let poll = MessageField::some(PollCreationMessage::default());
        let poll = wa::Message { poll_creation_message: poll, ..Default::default() };
        for kind in [image("olha"), audio, poll] {
            assert_eq!(quote_of(&with_context(kind, answering("7@lid", text("oi")))).text, "oi");
        }
        // Those that the library does not know the context of.
        let info = MessageField::some(answering("7@lid", text("oi")));
        let poll = PollCreationMessage { context_info: info.clone(), ..Default::default() };
        let poll = wa::Message {
            poll_creation_message_v6: MessageField::some(poll),
            ..Default::default()
        };
        let sticker = StickerMessage { context_info: info, ..Default::default() };
        let sticker =
            wa::Message { sticker_message: MessageField::some(sticker), ..Default::default() };
        let moving = FutureProofMessage { message: MessageField::some(sticker) };
        let moving = wa::Message {
            lottie_sticker_message: MessageField::some(moving),
            ..Default::default()
        };
        for message in [poll, moving] {
            assert_eq!(quote_of(&message).text, "oi");
        }
    }

    #[test]
    fn a_quote_needs_an_id_and_not_its_copy() {
        let nameless =
            wa::ContextInfo { stanza_id: None, ..answering("100000000000001@lid", text("oi")) };
        assert_eq!(of(&with_context(text("sim"), nameless), &own_phone()), Context::default());
        let bare = wa::ContextInfo { stanza_id: Some("3EB0".into()), ..Default::default() };
        let quote = quote_of(&with_context(text("sim"), bare));
        assert_eq!((quote.kind, quote.text.as_str()), (MessageKind::Unsupported, ""));
    }

    #[test]
    fn a_forwarded_message_has_its_score() {
        let score = |forwarding_score, is_forwarded| {
            let info = wa::ContextInfo { forwarding_score, is_forwarded, ..Default::default() };
            of(&with_context(text("corrente"), info), &own_phone()).forwarded
        };
        assert_eq!(score(Some(3), Some(true)), 3);
        assert_eq!(score(Some(u32::MAX), Some(true)), u32::MAX);
        assert_eq!([score(None, Some(true)), score(Some(0), Some(true))], [1, 1]);
        assert_eq!([score(None, None), score(None, Some(false))], [0, 0]);
    }

    #[test]
    fn a_text_says_whom_it_mentions() {
        let mentioned_jid = ["900000000000001@lid", "5561998124471:2@s.whatsapp.net", "@", "x"];
        let mentioned_jid: Vec<String> = mentioned_jid.map(str::to_owned).to_vec();
        let info = wa::ContextInfo { mentioned_jid, ..Default::default() };
        let mentions = of(&with_context(text("@900000000000001"), info.clone()), &own_phone());
        assert!(mentions.mentions.ourselves);
        let people = mentions.mentions.people;
        assert_eq!(
            people[..2],
            [Peer::lid("900000000000001@lid"), Peer::pn("5561998124471@s.whatsapp.net")]
        );
        let protocol = whatsapp_rust::waproto::whatsapp::message::ProtocolMessage {
            edited_message: MessageField::some(with_context(text("oi"), info)),
            ..Default::default()
        };
        let protocol_message = MessageField::some(protocol);
        let edit = wa::Message { protocol_message, ..Default::default() };
        assert!(mentions_of_edit(&edit, &own_phone()).ourselves);
        assert_eq!(mentions_of_edit(&text("oi"), &own_phone()), InboundMentions::default());
    }

    #[test]
    fn an_answer_to_a_story_says_so() {
        let answer = |remote_jid: Option<&str>| {
            let remote_jid = remote_jid.map(str::to_owned);
            let info = wa::ContextInfo { remote_jid, ..answering("7@lid", text("Promoção")) };
            let content = crate::content::of(&with_context(text("quero!"), info)).unwrap();
            (content.content, content.raw_message.is_some())
        };
        assert_eq!(answer(Some("status@broadcast")), (MessageContent::ToStatus, true));
        assert_eq!(answer(None), (MessageContent::Text, false));
    }

    #[test]
    fn the_quotes_of_a_quote_are_ignored() {
        let inner = with_context(text("dois"), answering("7@lid", text("um")));
        let inner = with_context(
            inner,
            wa::ContextInfo {
                is_forwarded: Some(true),
                forwarding_score: Some(127),
                ..answering("7@lid", text("um"))
            },
        );
        let context = of(&with_context(text("três"), answering("8@lid", inner)), &own_phone());
        assert_eq!((context.reply_to.unwrap().text.as_str(), context.forwarded), ("dois", 0));
    }

    /// Encodes a field that has a length.
    fn field(number: u32, content: &[u8]) -> Vec<u8> {
        let mut bytes = varint(u64::from((number << 3) | 2));
        bytes.extend(varint(content.len() as u64));
        bytes.extend(content);
        bytes
    }

    fn varint(mut value: u64) -> Vec<u8> {
        let mut bytes = Vec::new();
        while value > 0x7f {
            bytes.push((value & 0x7f) as u8 | 0x80);
            value >>= 7;
        }
        bytes.push(value as u8);
        bytes
    }

    /// Encodes answers that quote each other, this many deep.
    fn nested(depth: u32) -> Vec<u8> {
        (0..depth).fold(field(1, b"fundo"), |quoted, _| {
            let info = [field(1, b"3EB0"), field(2, b"7@lid"), field(3, &quoted)].concat();
            field(6, &[field(1, b"resposta"), field(17, &info)].concat())
        })
    }

    #[test]
    fn deeply_nested_quotes_are_read_to_the_first_or_not_at_all() {
        let read = || {
            let answer = message_decode(&nested(30)).unwrap();
            assert_eq!(quote_of(&answer).text, "resposta");
            assert!(is_stored(base(&answer)));
            // The decoder refuses what is nested deeper than a hundred messages.
            assert!(message_decode(&nested(1000)).is_err());
        };
        // Its frames are large without optimisation.
        std::thread::Builder::new().stack_size(64 << 20).spawn(read).unwrap().join().unwrap();
    }

    #[test]
    fn a_copy_without_content_is_of_an_unsupported_kind() {
        let silent = MessageField::some(ExtendedTextMessage::default());
        let silent = wa::Message { extended_text_message: silent, ..Default::default() };
        for empty in [wa::Message::default(), silent] {
            let quote = quote_of(&with_context(text("?"), answering("7@lid", empty)));
            assert_eq!((quote.kind, quote.text.as_str()), (MessageKind::Unsupported, ""));
        }
    }
}
