//! Finds the conversation of a stanza by its addresses.
//!
//! A message of a person is a row in the chat with that person, under whatever address WhatsApp
//! names them. Stanzas without a person yield no row. `docs/inbound.md` lists every kind of
//! address, and a test compares it with [`AddressKind::of`].

use store::Peer;
use whatsapp_rust::prelude::{Client, Jid, MessageInfo};
use whatsapp_rust::types::message::MessageSource;
use whatsapp_rust::wacore_binary::{JidExt as _, Server};

/// The kind of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AddressKind {
    /// A person: a one-to-one chat.
    Person,
    Group,
    /// A list that one person writes to and many receive, each in the chat with that person.
    BroadcastList,
    /// Stories, channels, assistants and call signalling, which are no conversations.
    Ignored,
}

impl AddressKind {
    pub(crate) fn of(jid: &Jid) -> Self {
        if jid.is_status_broadcast() || jid.is_bot() {
            return Self::Ignored;
        }
        match jid.server {
            Server::Pn
            | Server::Lid
            | Server::Hosted
            | Server::HostedLid
            | Server::Legacy
            | Server::Messenger
            | Server::Interop => Self::Person,
            Server::Group => Self::Group,
            Server::Broadcast => Self::BroadcastList,
            Server::Newsletter | Server::Bot | Server::Call => Self::Ignored,
        }
    }
}

/// The own addresses of a number.
#[derive(Debug, Clone, Default)]
pub(crate) struct OwnPhone {
    pub(crate) pn: Option<Jid>,
    pub(crate) lid: Option<Jid>,
}

impl OwnPhone {
    pub(crate) fn of(client: &Client) -> Self {
        Self { pn: client.pn(), lid: client.lid() }
    }

    /// Returns true if an address, of any device, is the own one of the number.
    pub(crate) fn is(&self, jid: &Jid) -> bool {
        let is = |own: &Option<Jid>| own.as_ref().is_some_and(|own| own.user == jid.user);
        (is_pn(jid) && is(&self.pn)) || (jid.server.is_lid_family() && is(&self.lid))
    }

    /// Returns the number itself as the peer of its chat with itself, under both of its addresses.
    fn peer(&self) -> Peer {
        identities([self.pn.as_ref(), self.lid.as_ref()])
    }

    /// Returns the person behind these addresses: the number itself if one of them is its own.
    pub(crate) fn person<'a>(
        &self,
        jids: impl IntoIterator<Item = Option<&'a Jid>, IntoIter: Clone>,
    ) -> Peer {
        let jids = jids.into_iter();
        match jids.clone().flatten().any(|jid| self.is(jid)) {
            true => self.peer(),
            false => identities(jids),
        }
    }
}

/// A conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Chat {
    With(Peer),
    /// The address of the group.
    Group(String),
}

/// Returns the conversations that a message is part of: one or none, or one per member for a
/// message that the own phone sent to a broadcast list.
pub(crate) fn chats(info: &MessageInfo, own_phone: &OwnPhone) -> Vec<Chat> {
    let source = &info.source;
    match AddressKind::of(&source.chat) {
        AddressKind::Ignored => Vec::new(),
        AddressKind::Group => vec![Chat::Group(source.chat.to_non_ad_string())],
        AddressKind::Person if source.is_from_me => {
            // The library stores the other address of the recipient here.
            let pn = info.peer_recipient_pn.as_ref();
            let peer = own_phone.person([Some(&source.chat), source.recipient_alt.as_ref(), pn]);
            vec![Chat::With(peer)]
        }
        AddressKind::Person => vec![Chat::With(peer(source, own_phone))],
        AddressKind::BroadcastList if source.is_from_me => {
            let members = members(info, own_phone);
            members.map(|member| Chat::With(identities([Some(member)]))).collect()
        }
        AddressKind::BroadcastList => vec![Chat::With(author(source))],
    }
}

/// Returns true if [`chats`] returns any, without building them.
pub(crate) fn has_chat(info: &MessageInfo, own_phone: &OwnPhone) -> bool {
    match AddressKind::of(&info.source.chat) {
        AddressKind::Ignored => false,
        AddressKind::BroadcastList if info.source.is_from_me => {
            members(info, own_phone).next().is_some()
        }
        AddressKind::Group | AddressKind::Person | AddressKind::BroadcastList => true,
    }
}

/// Returns the other members of a broadcast list of the own phone.
fn members<'a>(info: &'a MessageInfo, own_phone: &'a OwnPhone) -> impl Iterator<Item = &'a Jid> {
    info.bcl_participants.iter().filter(move |member| !own_phone.is(member))
}

/// Returns the author of a message.
pub(crate) fn author(source: &MessageSource) -> Peer {
    identities([Some(&source.sender), source.sender_alt.as_ref()])
}

/// Returns the other side of a 1:1 chat, with every address that the stanza has.
///
/// WhatsApp addresses a person by LID or by phone number and adds the other one:
/// `sender_lid`/`sender_pn` on messages of that person.
pub(crate) fn peer(source: &MessageSource, own_phone: &OwnPhone) -> Peer {
    let other =
        if source.is_from_me { source.recipient_alt.as_ref() } else { source.sender_alt.as_ref() };
    own_phone.person([Some(&source.chat), other])
}

/// Sorts the addresses of one person into LID, phone number and others. Groups and lists are
/// skipped.
pub(crate) fn identities<'a>(jids: impl IntoIterator<Item = Option<&'a Jid>>) -> Peer {
    let mut peer = Peer::default();
    let people =
        jids.into_iter().flatten().filter(|jid| AddressKind::of(jid) == AddressKind::Person);
    for jid in people {
        if jid.server.is_lid_family() {
            peer.lid = Some(Jid::lid(jid.user_base()).to_string());
        } else if is_pn(jid) {
            peer.pn = Some(Jid::pn(jid.user_base()).to_string());
        } else {
            // `to_non_ad_string` is not used: it leaves out the part that identifies a person of
            // another messenger.
            peer.other = Some(jid.to_non_ad().to_string());
        }
    }
    peer
}

fn is_pn(jid: &Jid) -> bool {
    jid.server.is_pn_family() || jid.server == Server::Legacy
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{library, own_phone};

    fn jid(text: &str) -> Jid {
        text.parse().unwrap()
    }

    fn from(chat: &str, sender: &str) -> MessageInfo {
        let source =
            MessageSource { chat: jid(chat), sender: jid(sender), ..MessageSource::default() };
        MessageInfo { source, id: "3EB0".into(), ..MessageInfo::default() }
    }

    #[test]
    fn a_person_is_known_by_both_names() {
        let mut info = from("100000000000001@lid", "100000000000001:7@lid");
        info.source.sender_alt = Some(jid("5561998124471@s.whatsapp.net"));
        let both = Peer {
            lid: Some("100000000000001@lid".into()),
            pn: Some("5561998124471@s.whatsapp.net".into()),
            other: None,
        };
        assert_eq!(chats(&info, &own_phone()), [Chat::With(both)]);
    }

    #[test]
    fn a_message_of_the_own_phone_belongs_to_the_recipients_chat() {
        let mut info = from("100000000000001@lid", "5561990000000@s.whatsapp.net");
        info.source.is_from_me = true;
        info.source.sender_alt = Some(jid("900000000000001@lid"));
        info.peer_recipient_pn = Some(jid("5561998124471@s.whatsapp.net"));
        let recipient = Peer {
            lid: Some("100000000000001@lid".into()),
            pn: Some("5561998124471@s.whatsapp.net".into()),
            other: None,
        };
        assert_eq!(chats(&info, &own_phone()), [Chat::With(recipient)]);
    }

    #[test]
    fn hosted_and_old_addresses_are_the_same_person() {
        let pn = [Chat::With(Peer::pn("5561998124471@s.whatsapp.net"))];
        for address in ["5561998124471:99@hosted", "5561998124471@hosted", "5561998124471@c.us"] {
            assert_eq!(chats(&from(address, address), &own_phone()), pn, "{address}");
        }
        let lid = [Chat::With(Peer::lid("100000000000001@lid"))];
        for address in ["100000000000001:99@hosted.lid", "100000000000001@lid"] {
            assert_eq!(chats(&from(address, address), &own_phone()), lid, "{address}");
        }
    }

    #[test]
    fn people_of_other_messengers_have_a_chat_under_the_address_they_have() {
        for address in ["1-77@interop", "100077@msgr"] {
            let address = jid(address).to_non_ad().to_string();
            let other = Peer { other: Some(address.clone()), ..Peer::default() };
            assert_eq!(chats(&from(&address, &address), &own_phone()), [Chat::With(other)]);
        }
    }

    #[test]
    fn a_broadcast_is_read_in_the_chat_with_whoever_sent_it() {
        let list = "1700000000@broadcast";
        let info = from(list, "5561998124471:4@s.whatsapp.net");
        let sender = Peer::pn("5561998124471@s.whatsapp.net");
        assert_eq!(chats(&info, &own_phone()), [Chat::With(sender.clone())]);

        let mut ours = from(list, "5561990000000@s.whatsapp.net");
        ours.source.is_from_me = true;
        let members = ["5561998124471@s.whatsapp.net", "5561990000000@s.whatsapp.net", "7@lid"];
        ours.bcl_participants = members.map(jid).to_vec();
        assert_eq!(
            chats(&ours, &own_phone()),
            [Chat::With(sender), Chat::With(Peer::lid("7@lid"))]
        );
    }

    #[test]
    fn the_chat_with_oneself_is_one_under_either_address() {
        let both = Peer {
            lid: Some("900000000000001@lid".into()),
            pn: Some("5561990000000@s.whatsapp.net".into()),
            other: None,
        };
        for address in ["900000000000001@lid", "5561990000000@s.whatsapp.net"] {
            let mut info = from(address, address);
            info.source.is_from_me = true;
            assert_eq!(chats(&info, &own_phone()), [Chat::With(both.clone())], "{address}");
        }
        assert!(
            !own_phone().is(&jid("5561990000000@lid")),
            "the digits of a LID are no phone number"
        );
    }

    #[test]
    fn stories_channels_assistants_and_calls_are_no_conversations() {
        let none = [
            "status@broadcast",
            "120363@newsletter",
            "867051314767696@bot",
            "13135550002@s.whatsapp.net",
            "1@call",
        ];
        for address in none {
            assert_eq!(
                chats(&from(address, "5561998124471@s.whatsapp.net"), &own_phone()),
                [],
                "{address}"
            );
        }
        assert_eq!(
            chats(&from("120363@g.us", "7@lid"), &own_phone()),
            [Chat::Group("120363@g.us".into())]
        );
    }

    #[test]
    fn a_message_has_a_chat_if_any_is_found() {
        // One address of each kind.
        let addresses =
            ["100000000000001@lid", "120363@g.us", "1700000000@broadcast", "status@broadcast"];
        let (own, other) = (jid("5561990000000@s.whatsapp.net"), jid("5561998124471@c.us"));
        let members = [vec![], vec![own.clone()], vec![other.clone()], vec![own, other]];
        let mut found = Vec::new();
        for address in addresses {
            for is_from_me in [false, true] {
                for members in &members {
                    let mut info = from(address, "5561998124471@s.whatsapp.net");
                    info.source.is_from_me = is_from_me;
                    info.bcl_participants = members.clone();
                    let has_chat = has_chat(&info, &own_phone());
                    assert_eq!(has_chat, !chats(&info, &own_phone()).is_empty(), "{info:?}");
                    found.push(has_chat);
                }
            }
        }
        // All of a person and a group, none of a story. Of a list: all that are received, and those
        // that are sent to anybody else.
        let of_list = [true, true, true, true, false, false, true, true];
        assert_eq!(found, [[true; 8], [true; 8], of_list, [false; 8]].concat());
    }

    const DOCS: &str = include_str!("../../../docs/inbound.md");

    /// Returns the rows of the table under a heading, split into cells.
    fn table(heading: &str) -> Vec<Vec<&'static str>> {
        let part = DOCS.split("\n## ").find(|part| part.starts_with(heading)).unwrap();
        let rows = part.lines().filter(|line| line.starts_with("| `"));
        rows.map(|row| row.trim_matches('|').split(" | ").map(str::trim).collect()).collect()
    }

    /// Returns all kinds of servers. A new one does not compile before it is added here.
    fn servers() -> Vec<Server> {
        let next = |server| match server {
            Server::Pn => Some(Server::Lid),
            Server::Lid => Some(Server::Hosted),
            Server::Hosted => Some(Server::HostedLid),
            Server::HostedLid => Some(Server::Legacy),
            Server::Legacy => Some(Server::Interop),
            Server::Interop => Some(Server::Messenger),
            Server::Messenger => Some(Server::Group),
            Server::Group => Some(Server::Broadcast),
            Server::Broadcast => Some(Server::Newsletter),
            Server::Newsletter => Some(Server::Bot),
            Server::Bot => Some(Server::Call),
            Server::Call => None,
        };
        std::iter::successors(Some(Server::Pn), |server| next(*server)).collect()
    }

    #[test]
    fn the_table_of_addresses_has_every_server_and_what_becomes_of_it() {
        let documented = |server| match AddressKind::of(&Jid::new("1700000000", server)) {
            AddressKind::Person => "their chat",
            AddressKind::Group => "the group's chat",
            AddressKind::BroadcastList => "the sender's own chat",
            AddressKind::Ignored => "nothing",
        };
        let expected: Vec<_> = servers()
            .into_iter()
            .map(|it| (format!("`@{it}`"), documented(it).to_owned()))
            .collect();
        let rows = table("Addresses");
        let rows: Vec<_> = rows.iter().map(|row| (row[0].to_owned(), row[3].to_owned())).collect();
        assert_eq!(rows, expected);
        for row in table("Addresses") {
            let example = jid(row[1].trim_matches('`'));
            assert_eq!(format!("`@{}`", example.server), row[0]);
        }
    }

    fn first_cells(heading: &str) -> std::collections::BTreeSet<String> {
        let rows = table(heading);
        rows.iter().map(|row| row[0].trim_matches('`').to_owned()).collect()
    }

    #[test]
    fn the_tables_of_stanzas_and_notifications_have_all_that_the_library_handles() {
        let handlers = library("whatsapp-rust").join("handlers");
        let files = ["ib", "iq", "message", "basic", "notification/mod", "call", "chatstate"];
        let mut tags = std::collections::BTreeSet::new();
        for file in files.into_iter().chain(["receipt", "presence"]) {
            let source = std::fs::read_to_string(handlers.join(format!("{file}.rs"))).unwrap();
            for tag in source.split("fn tag(&self) -> &'static str {").skip(1) {
                tags.insert(tag.split('"').nth(1).unwrap().to_owned());
            }
        }
        let router = library("whatsapp-rust").join("client/accessors.rs");
        let router = std::fs::read_to_string(router).unwrap();
        assert_eq!(router.matches("router.register(").count(), tags.len(), "a handler elsewhere");
        assert_eq!(first_cells("Stanzas"), tags);

        let source = std::fs::read_to_string(handlers.join("notification/mod.rs")).unwrap();
        let arms = source.split("match notification_type").nth(1).unwrap();
        let arms = arms.split("other =>").next().unwrap();
        let flow = library("whatsapp-rust").join("passkey/flow.rs");
        let flow = std::fs::read_to_string(flow).unwrap();
        let named = |constant: &str| {
            let value = flow.split(&format!("{constant}: &str = ")).nth(1).unwrap();
            value.split('"').nth(1).unwrap().to_owned()
        };
        let kinds = arms.lines().filter_map(|line| {
            let (arm, _) = line.trim().split_once(" => ")?;
            let constant = arm.rsplit("::").next()?;
            match arm.strip_prefix('"') {
                Some(kind) => Some(kind.trim_end_matches('"').to_owned()),
                None => Some(named(constant)),
            }
        });
        assert_eq!(first_cells("Notifications"), kinds.collect());
    }
}
