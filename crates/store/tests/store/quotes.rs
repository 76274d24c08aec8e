//! Answers, with the message that they refer to; and messages that were forwarded.

use fixtures::{customer, person, quote};
use model::{Author, ChatId, Forwarded, Message, MessageKind, Quote, bounds};
use store::{Inbound, InboundQuote, MessageUpdate, Peer, QuotedAuthor, UpdateOf, Viewer};

use crate::support::{
    Desk, column, incoming, on_both, on_both_raw, phones_own, picture, placeholder, wa,
};

const MEGABYTE: usize = 1_000_000;

fn answer(said: Inbound, to: InboundQuote) -> Inbound {
    Inbound { reply_to: Some(to), ..said }
}

/// Returns the quote of a message whose id and text are `name`.
fn of(peer: &Peer, name: &str) -> InboundQuote {
    quote(QuotedAuthor::Contact(peer.clone()), wa(name), name)
}

fn of_ours(name: &str) -> InboundQuote {
    quote(QuotedAuthor::Ourselves, wa(name), name)
}

fn in_group(peer: &Peer, said: Inbound) -> Inbound {
    Inbound { group: Some("120363@g.us".to_owned()), sender: Some(peer.clone()), ..said }
}

fn contact(name: Option<&str>) -> Author {
    Author::Contact { name: name.map(str::to_owned) }
}

/// Returns the message of the first chat with this name.
async fn message(viewer: &Viewer, name: &str) -> Message {
    let messages = viewer.messages(ChatId(1), None, 50).await.unwrap();
    messages.into_iter().find(|message| message.wa_id == wa(name)).unwrap()
}

async fn quote_of(viewer: &Viewer, name: &str) -> Quote {
    message(viewer, name).await.reply_to.unwrap()
}

#[tokio::test]
async fn an_answer_shows_what_it_refers_to_and_who_wrote_that() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        let from_phone = answer(phones_own(&customer(), "tem", 1), of(&customer(), "pergunta"));
        ingest.messages(&[incoming(&customer(), "pergunta", 0), from_phone]).await.unwrap();
        let (grant, _) = desk.owner.write_chat(ChatId(1)).await.unwrap();
        let offer = store.enqueue_text(&grant, ChatId(1), wa("oferta"), "oferta", None).await;
        let offer = offer.unwrap().id;
        let answers = [("um", "oferta"), ("dois", "tem"), ("antigo", "apagada")]
            .map(|(name, quoted)| answer(incoming(&customer(), name, 5), of_ours(quoted)));
        ingest.messages(&answers).await.unwrap();
        let lost = answer(phones_own(&customer(), "perdido", 6), of(&customer(), "antes"));
        ingest.messages(&[lost]).await.unwrap();

        let viewer = &desk.owner;
        let [question, from_phone] =
            [message(viewer, "pergunta").await.id, message(viewer, "tem").await.id];
        let user = Author::User { name: "owner".to_owned() };
        for (name, message, author, excerpt) in [
            ("tem", Some(question), contact(None), "pergunta"),
            ("um", Some(offer), user, "oferta"),
            ("dois", Some(from_phone), Author::Phone, "tem"),
            ("antigo", None, Author::Phone, "apagada"),
            ("perdido", None, contact(None), "antes"),
        ] {
            let (kind, excerpt) = (MessageKind::Text, excerpt.to_owned());
            let expected = Quote { message, author, sender: None, kind, excerpt };
            assert_eq!(quote_of(viewer, name).await, expected, "{name}");
        }
        assert_eq!(message(viewer, "pergunta").await.reply_to, None);
    })
    .await;
}

#[tokio::test]
async fn in_a_group_the_author_decides_which_message_is_meant() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        let [ana, bia, caio] = ["5561998124471", "5561998124472", "5561998124473"].map(person);
        // Two phones may use one id.
        let twins = [&ana, &bia].map(|peer| in_group(peer, incoming(peer, "mesma", 0)));
        ingest.messages(&twins).await.unwrap();
        ingest.address_book(&[(bia.clone(), Some("Bia".to_owned()))]).await.unwrap();
        let says = |name: &str, to| in_group(&ana, answer(incoming(&ana, name, 1), to));
        let answers = [
            says("a-bia", of(&bia, "mesma")),
            says("ao-passado", of(&bia, "outra")),
            says("ao-silencioso", of(&caio, "dele")),
        ];
        ingest.messages(&answers).await.unwrap();

        let messages = desk.owner.messages(ChatId(1), None, 10).await.unwrap();
        let hers = messages.iter().find(|one| one.author == contact(Some("Bia"))).unwrap().id;
        for (name, message, author) in [
            ("a-bia", Some(hers), contact(Some("Bia"))),
            ("ao-passado", None, contact(Some("Bia"))),
            ("ao-silencioso", None, contact(None)),
        ] {
            let quote = quote_of(&desk.owner, name).await;
            assert_eq!((quote.message, quote.author), (message, author), "{name}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_message_of_another_chat_is_not_found() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        let other = person("5561998124472");
        let batch = [
            incoming(&customer(), "oi", 0),
            incoming(&other, "alheia", 0),
            answer(incoming(&customer(), "curiosa", 1), of(&other, "alheia")),
        ];
        ingest.messages(&batch).await.unwrap();
        assert_eq!(quote_of(&desk.owner, "curiosa").await.message, None);
    })
    .await;
}

#[tokio::test]
async fn an_impossible_id_drops_the_quote_and_a_long_text_is_cut() {
    on_both_raw(|store, raw| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        let quoting = |name: &str, wa_id: &str, text: &str| {
            let to = quote(QuotedAuthor::Ourselves, wa_id, text);
            answer(incoming(&customer(), name, 0), to)
        };
        let long = "9".repeat(MEGABYTE);
        let impossible = ["", "curto", "3EB0\0AAAA", "3EB00000' OR 1=1 --", &*long];
        let batch: Vec<_> = impossible
            .iter()
            .zip(0..)
            .map(|(wa_id, nth)| quoting(&format!("n{nth}"), wa_id, "x"))
            .collect();
        assert_eq!(ingest.messages(&batch).await.unwrap().stored, impossible.len());
        for nth in 0..impossible.len() {
            assert_eq!(message(&desk.owner, &format!("n{nth}")).await.reply_to, None);
        }

        let id = String::from(wa("alvo"));
        let zalgo = format!("a{}", "\u{301}".repeat(MEGABYTE));
        let texts =
            [("longa", "👨‍👩‍👧‍👦".repeat(MEGABYTE / 25)), ("nula", "\0oi".into()), ("zalgo", zalgo)];
        let batch = texts.map(|(name, text)| quoting(name, &id, &text));
        ingest.messages(&batch).await.unwrap();
        let stored = "SELECT quoted_text FROM message WHERE quoted_text IS NOT NULL";
        for text in column(&raw, stored).await {
            assert!(text.chars().count() <= bounds::EXCERPT && !text.contains('\0'));
        }
        assert!(quote_of(&desk.owner, "longa").await.excerpt.ends_with('👦'));
        assert_eq!(quote_of(&desk.owner, "nula").await.excerpt, "oi");
        assert!(quote_of(&desk.owner, "zalgo").await.excerpt.chars().count() < 10);

        // An author without an address that could be one is nobody who is known.
        let nobody = answer(incoming(&customer(), "de-ninguem", 1), of(&Peer::pn(&*long), "alvo"));
        let unnamed = answer(incoming(&customer(), "sem-nome", 1), of(&Peer::default(), "alvo"));
        ingest.messages(&[nobody, unnamed]).await.unwrap();
        for name in ["de-ninguem", "sem-nome"] {
            assert_eq!(quote_of(&desk.owner, name).await.author, contact(None));
        }
        assert_eq!(column(&raw, "SELECT phone FROM contact").await, ["5561998124471"]);
    })
    .await;
}

#[tokio::test]
async fn the_content_of_a_placeholder_brings_its_quote() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        let waiting = placeholder(&customer(), "resposta", fixtures::at(1));
        ingest.messages(&[incoming(&customer(), "pergunta", 0), waiting]).await.unwrap();
        assert_eq!(message(&desk.owner, "resposta").await.reply_to, None);
        let content = answer(incoming(&customer(), "resposta", 1), of(&customer(), "pergunta"));
        ingest.messages(&[Inbound { forwarded: 1, ..content }]).await.unwrap();
        let answered = message(&desk.owner, "resposta").await;
        assert_eq!(answered.forwarded, Forwarded::Forwarded);
        let question = message(&desk.owner, "pergunta").await.id;
        assert_eq!(answered.reply_to.unwrap().message, Some(question));
    })
    .await;
}

#[tokio::test]
async fn a_deleted_answer_shows_no_quote_and_an_answer_to_a_deleted_message_shows_it() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        let revokes = |name: &str| Inbound {
            amends: Some(UpdateOf { target: wa(name).into(), what: MessageUpdate::Revoked }),
            ..incoming(&customer(), "revoke", 9)
        };
        let shown = picture(&customer(), "foto", 0);
        let to_picture = InboundQuote { kind: MessageKind::Image, ..of(&customer(), "foto") };
        let said = answer(incoming(&customer(), "esta", 1), to_picture);
        let gone = answer(incoming(&customer(), "nada", 2), of(&customer(), "foto"));
        let gone = Inbound { forwarded: 3, ..gone };
        // Whoever answers a message that is deleted already sends nothing of it.
        let empty = |name: &str, to: InboundQuote| {
            let nothing =
                InboundQuote { kind: MessageKind::Unsupported, text: String::new(), ..to };
            answer(incoming(&customer(), name, 10), nothing)
        };
        let late = [
            empty("tarde", of(&customer(), "foto")),
            empty("desconhecida", of(&customer(), "outra")),
        ];
        ingest.messages(&[shown, said, gone, revokes("nada"), revokes("foto")]).await.unwrap();
        ingest.messages(&late).await.unwrap();
        let deleted = message(&desk.owner, "nada").await;
        assert_eq!((deleted.reply_to, deleted.forwarded), (None, Forwarded::Original));
        let quote = quote_of(&desk.owner, "esta").await;
        assert_eq!((quote.kind, &*quote.excerpt), (MessageKind::Image, "foto"));
        assert_eq!(quote.message, Some(message(&desk.owner, "foto").await.id));
        assert_eq!(quote_of(&desk.owner, "tarde").await.kind, MessageKind::Revoked);
        assert_eq!(quote_of(&desk.owner, "desconhecida").await.kind, MessageKind::Unsupported);
    })
    .await;
}

#[tokio::test]
async fn a_quote_goes_with_its_author_when_two_contacts_become_one() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        let (lid, pn) = ("77@lid", "5561998124471@s.whatsapp.net");
        let hidden = Peer::lid(lid);
        let batch = [
            incoming(&Peer::pn(pn), "outra", 0),
            incoming(&hidden, "pergunta", 1),
            answer(phones_own(&hidden, "resposta", 2), of(&hidden, "pergunta")),
        ];
        ingest.messages(&batch).await.unwrap();
        ingest.link_identity(lid, pn).await.unwrap();
        let question = message(&desk.owner, "pergunta").await.id;
        assert_eq!(quote_of(&desk.owner, "resposta").await.message, Some(question));
    })
    .await;
}

#[tokio::test]
async fn a_forwarded_message_says_so() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let scores = [
            (0, Forwarded::Original),
            (1, Forwarded::Forwarded),
            (4, Forwarded::Forwarded),
            (5, Forwarded::ManyTimes),
            (127, Forwarded::ManyTimes),
            (u32::MAX, Forwarded::ManyTimes),
        ];
        for (forwarded, expected) in scores {
            let name = format!("f{forwarded}");
            let said = Inbound { forwarded, ..incoming(&customer(), &name, 0) };
            store.ingest(desk.number).messages(&[said]).await.unwrap();
            assert_eq!(message(&desk.owner, &name).await.forwarded, expected, "{forwarded}");
        }
    })
    .await;
}
