//! The permissions of every read and every proof, for all kinds of users, in an open and in a
//! private conversation.

use std::{collections::BTreeSet, fs, path::Path};

use chrono::Utc;
use model::content::LinkPreview;
use model::{
    CallPolicy, Change, Chat, ChatChange, ChatFilter, ChatId, ChatTimerChoice, ConnectionId,
    DetailsPart, FailReason, GroupAccess, MessageId, OperationId, Role, Visibility,
};
use store::{
    Access, ChatsPage, Error, Inbound, MediaQuotas, NewLinkPreview, Peer, PictureOf, Replay,
    StickerToSend, Store, Viewer,
};

use crate::support::{
    Desk, complete, incoming, number, on_both, phones_own, photo, picture, receive, sticker, user,
    voice_note, wa,
};

/// The relation of a person to the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Person {
    Owner,
    Admin,
    Granted(Access),
    Revoked,
    Stranger,
    /// The person was granted everything, and then deactivated.
    Deactivated,
}

const EVERYBODY: [Person; 9] = [
    Person::Owner,
    Person::Admin,
    Person::Granted(Access::Read),
    Person::Granted(Access::Write),
    Person::Granted(Access::Manage),
    Person::Granted(Access::WriteAndManage),
    Person::Revoked,
    Person::Stranger,
    Person::Deactivated,
];

/// The people whom a row of the table allows.
#[derive(Debug, Clone, Copy)]
enum Allowed {
    /// All active users.
    Active,
    /// Inactive users too: the result reveals nothing about anybody's data.
    All,
    Readers,
    Writers,
    Managers,
    OwnerAndAdmin,
    Owner,
    Admin,
}

impl Allowed {
    fn includes(self, person: Person) -> bool {
        use Person::{Admin, Deactivated, Granted, Owner};
        match self {
            Self::All => true,
            Self::Active => person != Deactivated,
            Self::Readers => matches!(person, Owner | Admin | Granted(_)),
            Self::Writers => match person {
                Granted(access) => access.writes(),
                other => matches!(other, Owner | Admin),
            },
            Self::Managers => match person {
                Granted(access) => access.manages(),
                other => matches!(other, Owner | Admin),
            },
            Self::OwnerAndAdmin => matches!(person, Owner | Admin),
            Self::Owner => person == Owner,
            Self::Admin => person == Admin,
        }
    }
}

/// The conversation of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum On {
    Open,
    Private,
}

/// Lists every function of a viewer, and the functions of the store that take a right on a number
/// to a conversation.
const TABLE: &[(&str, On, Allowed)] = &[
    ("access_changed_since", On::Open, Allowed::All),
    ("archived", On::Open, Allowed::Readers),
    ("archived", On::Private, Allowed::Owner),
    ("add_connection", On::Open, Allowed::Active),
    ("admin", On::Open, Allowed::Admin),
    ("begin_upload", On::Open, Allowed::Writers),
    ("begin_upload", On::Private, Allowed::Owner),
    ("block_contact", On::Open, Allowed::Writers),
    ("block_contact", On::Private, Allowed::Owner),
    ("call_policy", On::Open, Allowed::OwnerAndAdmin),
    ("cancel_upload", On::Open, Allowed::Writers),
    ("cancel_upload", On::Private, Allowed::Owner),
    ("change_chat", On::Open, Allowed::Writers),
    ("change_chat", On::Private, Allowed::Owner),
    ("chat_options", On::Open, Allowed::Writers),
    ("chat_options", On::Private, Allowed::Owner),
    ("clear_chat", On::Open, Allowed::OwnerAndAdmin),
    ("clear_chat", On::Private, Allowed::Owner),
    ("chat", On::Open, Allowed::Readers),
    ("chat", On::Private, Allowed::Owner),
    ("chat_address", On::Open, Allowed::Writers),
    ("chat_address", On::Private, Allowed::Owner),
    ("chat_files", On::Open, Allowed::Readers),
    ("chat_files", On::Private, Allowed::Owner),
    ("chat_person", On::Open, Allowed::Readers),
    ("chat_person", On::Private, Allowed::Owner),
    ("chat_picture", On::Open, Allowed::Readers),
    ("chat_picture", On::Private, Allowed::Owner),
    ("chats", On::Open, Allowed::Readers),
    ("chats", On::Private, Allowed::Owner),
    ("chats of the number", On::Open, Allowed::Readers),
    ("chats of the number", On::Private, Allowed::Owner),
    ("chat_with", On::Open, Allowed::Writers),
    ("chat_with", On::Private, Allowed::Owner),
    ("common_groups", On::Open, Allowed::Readers),
    ("common_groups", On::Private, Allowed::Owner),
    ("connection", On::Open, Allowed::Readers),
    ("connections", On::Open, Allowed::Readers),
    ("contact_picture", On::Open, Allowed::Readers),
    ("contact_picture", On::Private, Allowed::Owner),
    ("discard_change", On::Open, Allowed::Writers),
    ("discard_change", On::Private, Allowed::Owner),
    // Drafts are the person's own; a person who may not write has none.
    ("drafts", On::Open, Allowed::Writers),
    ("drafts", On::Private, Allowed::Owner),
    ("enqueue_change", On::Open, Allowed::Writers),
    ("enqueue_change", On::Private, Allowed::Owner),
    ("enqueue_content", On::Open, Allowed::Writers),
    ("enqueue_content", On::Private, Allowed::Owner),
    ("enqueue_edit", On::Open, Allowed::Writers),
    ("enqueue_edit", On::Private, Allowed::Owner),
    ("enqueue_leave", On::Open, Allowed::Writers),
    ("enqueue_leave", On::Private, Allowed::Owner),
    ("enqueue_linked_text", On::Open, Allowed::Writers),
    ("enqueue_linked_text", On::Private, Allowed::Owner),
    ("enqueue_vote", On::Open, Allowed::Writers),
    ("enqueue_vote", On::Private, Allowed::Owner),
    ("enqueue_text", On::Open, Allowed::Writers),
    ("enqueue_text", On::Private, Allowed::Owner),
    ("enqueue_text as an answer", On::Open, Allowed::Writers),
    ("enqueue_text as an answer", On::Private, Allowed::Owner),
    ("enqueue_timer", On::Open, Allowed::Writers),
    ("enqueue_timer", On::Private, Allowed::Owner),
    ("filtered_chats", On::Open, Allowed::Readers),
    ("filtered_chats", On::Private, Allowed::Owner),
    ("finish_upload", On::Open, Allowed::Writers),
    ("finish_upload", On::Private, Allowed::Owner),
    ("forward", On::Open, Allowed::Writers),
    ("forward", On::Private, Allowed::Owner),
    ("downtimes", On::Open, Allowed::Readers),
    ("group", On::Open, Allowed::Readers),
    ("group", On::Private, Allowed::Owner),
    ("group_access", On::Open, Allowed::Managers),
    ("group_access", On::Private, Allowed::Owner),
    ("group_members", On::Open, Allowed::Readers),
    ("group_members", On::Private, Allowed::Owner),
    ("grant_manage", On::Open, Allowed::Managers),
    ("grant_remove", On::Open, Allowed::OwnerAndAdmin),
    ("grant_write", On::Open, Allowed::Writers),
    ("keep_sticker", On::Open, Allowed::Writers),
    ("keep_sticker", On::Private, Allowed::Owner),
    ("keeps_sticker", On::Open, Allowed::Readers),
    ("keeps_sticker", On::Private, Allowed::Owner),
    ("last_seq", On::Open, Allowed::All),
    ("mark_played", On::Open, Allowed::Writers),
    ("mark_played", On::Private, Allowed::Owner),
    ("mark_read", On::Open, Allowed::Writers),
    ("mark_read", On::Private, Allowed::Owner),
    ("media", On::Open, Allowed::Readers),
    ("media", On::Private, Allowed::Owner),
    ("message_info", On::Open, Allowed::Readers),
    ("message_info", On::Private, Allowed::Owner),
    ("message_text", On::Open, Allowed::Readers),
    ("message_text", On::Private, Allowed::Owner),
    ("messages", On::Open, Allowed::Readers),
    ("messages", On::Private, Allowed::Owner),
    ("messages_from", On::Open, Allowed::Readers),
    ("messages_from", On::Private, Allowed::Owner),
    ("own_connection", On::Open, Allowed::Active),
    ("people", On::Open, Allowed::Readers),
    ("people", On::Private, Allowed::Owner),
    ("person_of", On::Open, Allowed::Readers),
    ("person_of", On::Private, Allowed::Owner),
    ("poll", On::Open, Allowed::Readers),
    ("poll", On::Private, Allowed::Owner),
    ("privacy_exceptions", On::Private, Allowed::Owner),
    ("readable", On::Open, Allowed::Readers),
    ("readable", On::Private, Allowed::Owner),
    ("replay", On::Open, Allowed::Readers),
    ("replay", On::Private, Allowed::Owner),
    ("remove_in_chat", On::Open, Allowed::OwnerAndAdmin),
    ("remove_in_chat", On::Private, Allowed::Owner),
    ("retry", On::Open, Allowed::Writers),
    ("retry", On::Private, Allowed::Owner),
    ("retry_change", On::Open, Allowed::Writers),
    ("retry_change", On::Private, Allowed::Owner),
    ("save_draft", On::Open, Allowed::Writers),
    ("save_draft", On::Private, Allowed::Owner),
    ("send_sticker", On::Open, Allowed::Writers),
    ("send_sticker", On::Private, Allowed::Owner),
    ("set_chat_private", On::Open, Allowed::Owner),
    ("set_chat_private", On::Private, Allowed::Owner),
    ("set_call_policy", On::Open, Allowed::OwnerAndAdmin),
    ("set_group_access", On::Open, Allowed::Managers),
    ("set_group_access", On::Private, Allowed::Owner),
    ("set_private_by_default", On::Open, Allowed::Owner),
    ("set_visibility", On::Open, Allowed::OwnerAndAdmin),
    ("show_cleared", On::Open, Allowed::OwnerAndAdmin),
    ("show_cleared", On::Private, Allowed::Owner),
    ("star_message", On::Open, Allowed::Writers),
    ("star_message", On::Private, Allowed::Owner),
    ("starred", On::Open, Allowed::Readers),
    ("starred", On::Private, Allowed::Owner),
    ("start_chat", On::Open, Allowed::Writers),
    ("start_chat", On::Private, Allowed::Owner),
    ("stickers", On::Open, Allowed::Readers),
    ("stickers", On::Private, Allowed::Owner),
    ("unread", On::Open, Allowed::Readers),
    ("unread", On::Private, Allowed::Owner),
    // Uploads are the person's own too.
    ("upload", On::Open, Allowed::Writers),
    ("upload", On::Private, Allowed::Owner),
    ("visibility", On::Open, Allowed::OwnerAndAdmin),
    ("visibility_of", On::Open, Allowed::Writers),
    ("versions", On::Open, Allowed::Readers),
    ("versions", On::Private, Allowed::Owner),
    ("write_chat", On::Open, Allowed::Writers),
    ("write_chat", On::Private, Allowed::Owner),
];

#[tokio::test]
async fn everybody_sees_and_does_what_the_table_says() {
    on_both(|store| async move {
        let scene = Scene::set(store).await;
        for (number, person) in EVERYBODY.into_iter().enumerate() {
            let viewer = scene.arrive(person, number).await;
            for &(what, on, allowed) in TABLE {
                let may = match scene.attempt(&viewer, what, on).await {
                    Ok(may) => may,
                    Err(Error::NotFound | Error::Forbidden) => false,
                    Err(error) => panic!("{person:?} {what} {on:?}: {error}"),
                };
                assert_eq!(may, allowed.includes(person), "{person:?} {what} {on:?}");
            }
            scene.check_row(&viewer, person).await;
        }
    })
    .await;
}

/// A number with a conversation of each kind.
struct Scene {
    store: Store,
    desk: Desk,
    open: Corner,
    private: Corner,
}

struct Corner {
    peer: Peer,
    chat: ChatId,
    /// An outgoing message that failed.
    failed: MessageId,
    /// A message with a file.
    picture: MessageId,
    poll: MessageId,
    group: ChatId,
    /// A message of the number in the group.
    own: MessageId,
}

impl Scene {
    async fn set(store: Store) -> Self {
        let desk = Desk::open(&store).await;
        let (open, private) = (Peer::pn("5561998124471"), Peer::pn("5561998124472"));
        let [first, second] = [incoming(&open, "open", 0), incoming(&private, "private", 1)];
        let in_open = receive(&store, &desk.owner, desk.number, first).await.id;
        let in_private = receive(&store, &desk.owner, desk.number, second).await.id;
        let open = Corner::set(&store, &desk, open, in_open).await;
        let private = Corner::set(&store, &desk, private, in_private).await;
        for chat in [private.chat, private.group] {
            desk.owner.set_chat_private(chat, true).await.unwrap();
        }
        Self { store, desk, open, private }
    }

    async fn arrive(&self, person: Person, number: usize) -> Viewer {
        let (store, desk) = (&self.store, &self.desk);
        let admin = desk.proof().await;
        let all = Access::WriteAndManage;
        match person {
            Person::Owner => return desk.owner.clone(),
            Person::Admin => return desk.admin.clone(),
            _ => {}
        }
        let viewer = user(store, &format!("agent{number}"), Role::Atendente).await;
        let id = viewer.user().id;
        match person {
            Person::Granted(access) => {
                store.grant_access(&admin, id, desk.number, access).await.unwrap();
            }
            Person::Revoked => {
                store.grant_access(&admin, id, desk.number, all).await.unwrap();
                store.revoke_access(&admin, id, desk.number).await.unwrap();
            }
            Person::Deactivated => {
                store.grant_access(&admin, id, desk.number, all).await.unwrap();
                store.accounts().set_active(&admin, id, false).await.unwrap();
                // The viewer that was made before still exists, and must not give access.
                assert!(matches!(store.viewer(id).await, Err(Error::NotFound)));
            }
            Person::Owner | Person::Admin | Person::Stranger => {}
        }
        viewer
    }

    /// Returns true if access was given. It leaves everything as it was.
    async fn attempt(&self, viewer: &Viewer, what: &str, on: On) -> Result<bool, Error> {
        let (store, own) = (&self.store, self.desk.number);
        let corner = if on == On::Open { &self.open } else { &self.private };
        let chat = corner.chat;
        let page = ChatsPage { connection: None, before: None, limit: 100 };
        let listed = |rows: Vec<Chat>| rows.iter().any(|row| row.id == chat);
        Ok(match what {
            "access_changed_since" => !viewer.access_changed_since(i64::MAX).await?,
            "add_connection" => viewer.add_connection(number("Vendas")).await.is_ok(),
            "admin" => viewer.admin().await.is_ok(),
            "begin_upload" | "cancel_upload" | "finish_upload" | "upload" => {
                let grant = viewer.grant_write(own).await?;
                let id = wa(&format!("{what}-{}-{on:?}", viewer.user().id));
                let message = store.begin_upload(&grant, chat, id, photo("foto")).await?.id;
                match what {
                    "cancel_upload" => {
                        store.cancel_upload(&grant, message, FailReason::Cancelled).await?;
                    }
                    "finish_upload" => {
                        store.finish_upload(&grant, message, complete(1)).await?;
                    }
                    _ => assert_eq!(viewer.upload(message).await?.chat, chat),
                }
                true
            }
            "chat" => viewer.chat(chat).await?.id == chat,
            "chats" => listed(viewer.chats(page).await?),
            "chats of the number" => {
                listed(viewer.chats(ChatsPage { connection: Some(own), ..page }).await?)
            }
            "chat_with" => {
                let grant = viewer.grant_write(own).await?;
                let person = model::PhoneNumber::written(corner.peer.pn.clone().unwrap());
                store.chat_with(&grant, &person).await? == Some(chat)
            }
            "chat_files" => {
                let files = viewer.chat_files(chat, DetailsPart::Media, None).await?;
                !files.messages.is_empty()
            }
            "chat_person" => viewer.chat_person(chat).await?.connection() == own,
            "chat_picture" => viewer.chat_picture(chat).await?.connection() == own,
            "common_groups" => {
                let person = viewer.chat_person(chat).await?;
                viewer.common_groups(&person).await?.is_empty()
            }
            "contact_picture" => {
                let of = self.desk.owner.chat_picture(chat).await?.of();
                let PictureOf::Person(contact) = of else { panic!("{of:?}") };
                viewer.contact_picture(contact).await?.of() == of
            }
            "connection" => viewer.connection(own).await?.id == own,
            "connections" => viewer.connections().await?.iter().any(|row| row.id == own),
            "discard_change" => {
                let id = format!("discarded-{}-{on:?}", viewer.user().id);
                let failed = failed_reaction(store, &self.desk, chat, corner.picture, &id).await;
                let grant = viewer.grant_write(own).await?;
                store.discard_change(&grant, failed).await?.id == corner.picture
            }
            "drafts" => {
                let grant = viewer.grant_write(own).await?;
                store.save_draft(&grant, chat, "d", i64::MAX).await?;
                viewer.drafts().await?.iter().any(|draft| draft.chat == chat)
            }
            "enqueue_change" => {
                let grant = viewer.grant_write(own).await?;
                let id = wa(&format!("reacts-{on:?}"));
                let change = Change::React { emoji: "👍".to_owned() };
                let changed = store.enqueue_change(&grant, corner.picture, id, change).await?;
                changed.id == corner.picture
            }
            "enqueue_vote" => {
                let grant = viewer.grant_write(own).await?;
                let id = wa(&format!("votes-{on:?}"));
                store.enqueue_vote(&grant, corner.poll, id, &[0]).await?.id == corner.poll
            }
            "enqueue_edit" => {
                let id = format!("edits-{}-{on:?}", viewer.user().id);
                let text = sent_text(store, &self.desk, chat, &id).await;
                let grant = viewer.grant_write(own).await?;
                let id = wa(&format!("edit-{id}"));
                store.enqueue_edit(&grant, text, id, "b".to_owned(), Some(0)).await?.id == text
            }
            "enqueue_content" => {
                let grant = viewer.grant_write(own).await?;
                let id = wa(&format!("place-{on:?}"));
                store.enqueue_content(&grant, chat, id, fixtures::place(), None).await.is_ok()
            }
            "enqueue_leave" => {
                let grant = viewer.grant_write(own).await?;
                let id = wa(&format!("leave-{on:?}"));
                store.enqueue_leave(&grant, corner.group, id).await?.chat == corner.group
            }
            "filtered_chats" => {
                let groups = viewer.filtered_chats(page, ChatFilter::Groups).await?;
                assert!(groups.iter().all(|row| row.group));
                groups.iter().any(|row| row.id == corner.group)
            }
            "group" => viewer.group(corner.group).await?.chat == corner.group,
            "group_access" => {
                let grant = viewer.grant_manage(own).await?;
                store.group_access(&grant, corner.group).await?.chat == corner.group
            }
            "group_members" => viewer.group_members(corner.group, "").await?.is_empty(),
            "message_info" => viewer.message_info(corner.own).await?.read.is_empty(),
            "set_group_access" => {
                let grant = viewer.grant_manage(own).await?;
                store.set_group_access(&grant, corner.group, &GroupAccess::default()).await?;
                true
            }
            "enqueue_linked_text" => {
                let grant = viewer.grant_write(own).await?;
                let id = wa(&format!("linked-{on:?}"));
                let link = "https://loja.example".to_owned();
                let preview = LinkPreview { link: link.clone(), ..LinkPreview::default() };
                let new = NewLinkPreview { preview, picture: None };
                let sent = store.enqueue_linked_text(&grant, chat, id, &link, None, new);
                sent.await?.text == link
            }
            "enqueue_text as an answer" => {
                let grant = viewer.grant_write(own).await?;
                let id = wa(&format!("answer-{on:?}"));
                let reply_to = Some(corner.picture);
                store.enqueue_text(&grant, chat, id, "a", reply_to).await?.reply_to.is_some()
            }
            "forward" => {
                let grant = viewer.grant_write(own).await?;
                let id = wa(&format!("forwarded-{on:?}"));
                let sent = store.forward(viewer, &grant, chat, id, corner.failed).await?;
                sent.text == "hi"
            }
            "enqueue_text" => {
                let grant = viewer.grant_write(own).await?;
                // The message is the same every time: a message that was sent once is returned, to
                // those who may send.
                store
                    .enqueue_text(&grant, chat, wa(&format!("again-{on:?}")), "a", None)
                    .await
                    .is_ok()
            }
            "enqueue_timer" => {
                let grant = viewer.grant_write(own).await?;
                let id = wa(&format!("timer-{on:?}"));
                store.enqueue_timer(&grant, chat, id, ChatTimerChoice::Off).await.is_ok()
            }
            "archived" => {
                self.archive(chat, ChatChange::Archive).await;
                let counted = viewer.archived().await.map(|counts| !counts.is_empty());
                let shown = viewer.filtered_chats(page, ChatFilter::Archived).await.map(listed);
                self.archive(chat, ChatChange::Unarchive).await;
                let counted = counted?;
                assert_eq!(shown?, counted);
                counted
            }
            "block_contact" => {
                let grant = viewer.grant_write(own).await?;
                store.block_contact(&grant, chat, false).await.is_ok()
            }
            "change_chat" => {
                let grant = viewer.grant_write(own).await?;
                store.change_chat(&grant, chat, ChatChange::Unmute).await.is_ok()
            }
            "chat_options" => viewer.chat_options(chat).await?.chat.id == chat,
            "remove_in_chat" => viewer.remove_in_chat(chat).await?.1.id == chat,
            // Chats of their own, since their messages go.
            "clear_chat" | "show_cleared" => {
                let peer = Peer::pn(format!("55619971{:05}", viewer.user().id.0));
                let id = format!("{what}-{}-{on:?}", viewer.user().id);
                // It is the newest, as `receive` expects.
                let said = Inbound { timestamp: Utc::now(), ..incoming(&peer, &id, 0) };
                let chat = receive(store, &self.desk.owner, own, said).await.id;
                if on == On::Private {
                    self.desk.owner.set_chat_private(chat, true).await?;
                }
                let done = async {
                    let grant = viewer.grant_remove(own).await?;
                    match what {
                        "clear_chat" => store.clear_chat(&grant, chat, true).await,
                        _ => store.show_cleared(&grant, chat).await,
                    }
                };
                let done = done.await;
                self.desk.mark_read(store, chat).await?;
                self.desk.owner.set_chat_private(chat, false).await?;
                done.is_ok()
            }
            "star_message" => {
                let grant = viewer.grant_write(own).await?;
                store.star_message(&grant, corner.picture, true).await?.starred
            }
            "starred" => viewer.starred(chat, None, 10).await.is_ok(),
            "set_visibility" => viewer.set_visibility(own, Visibility::default()).await.is_ok(),
            "visibility" => viewer.visibility(own).await? == Visibility::default(),
            "visibility_of" => {
                let grant = viewer.grant_write(own).await?;
                store.visibility_of(&grant).await? == Visibility::default()
            }
            "call_policy" => viewer.call_policy(own).await? == CallPolicy::default(),
            "chat_address" => {
                let grant = viewer.grant_write(own).await?;
                store.chat_address(&grant, chat).await?.ends_with("@s.whatsapp.net")
            }
            "downtimes" => viewer.downtimes(own, 10).await.is_ok(),
            "grant_manage" => viewer.grant_manage(own).await?.connection() == own,
            "grant_remove" => viewer.grant_remove(own).await?.connection() == own,
            "grant_write" => viewer.grant_write(own).await?.connection() == own,
            "last_seq" => viewer.last_seq().await? > 0,
            "keep_sticker" | "keeps_sticker" | "send_sticker" => {
                let id = format!("{what}-{}-{on:?}", viewer.user().id);
                store.ingest(own).messages(&[sticker(&corner.peer, &id, 1, 7)]).await?;
                let there = self.desk.owner.messages(chat, None, 1_000).await?;
                let source = there.iter().find(|message| message.wa_id == wa(&id)).unwrap().id;
                let quotas = MediaQuotas::default();
                store.media(own).stored_within(source, 9, quotas).await?;
                if what == "keeps_sticker" {
                    return Ok(!viewer.keeps_sticker(source).await?);
                }
                let grant = viewer.grant_write(own).await?;
                if what == "keep_sticker" {
                    store.keep_sticker(&grant, source, true).await?
                        && store.keep_sticker(&grant, source, false).await?
                } else {
                    let id = wa(&format!("sent-{id}"));
                    let sticker = StickerToSend { source, reply_to: None };
                    let sent = store.send_sticker(viewer, &grant, chat, id, sticker).await?;
                    sent.chat == chat
                }
            }
            "mark_played" => {
                let id = format!("note-{}-{on:?}", viewer.user().id);
                let note = voice_note(&corner.peer, &id, 1);
                store.ingest(own).messages(&[note]).await?;
                let there = self.desk.owner.messages(chat, None, 1_000).await?;
                let note = there.iter().find(|message| message.wa_id == wa(&id)).unwrap().id;
                let grant = viewer.grant_write(own).await?;
                store.mark_played(&grant, note).await?
            }
            "mark_read" => {
                let id = format!("unread-{}-{on:?}", viewer.user().id);
                let unread = incoming(&corner.peer, &id, 1);
                store.ingest(own).messages(&[unread]).await?;
                let read = async {
                    let grant = viewer.grant_write(own).await?;
                    store.mark_read(&grant, chat).await
                };
                let read = read.await;
                let was_left = self.desk.mark_read(store, chat).await?;
                assert_eq!(was_left, read.is_err(), "it stays unread for those who may write");
                read?
            }
            "media" => viewer.media(corner.picture).await?.message == corner.picture,
            "message_text" => !viewer.message_text(corner.picture).await?.text.is_empty(),
            "messages" => !viewer.messages(chat, None, 10).await?.is_empty(),
            "people" => viewer.people(chat, "").await?.iter().any(|one| one.chat == chat),
            "person_of" => viewer.person_of(chat, chat).await?.1.chat == chat,
            "messages_from" => {
                let shown = viewer.messages_from(corner.picture, i64::MAX, 10).await?;
                shown.first().is_some_and(|message| message.id == corner.picture)
            }
            "own_connection" => viewer.own_connection().await.is_ok(),
            "poll" => viewer.poll(corner.poll).await?.chat == chat,
            "privacy_exceptions" => listed(viewer.privacy_exceptions(own).await?),
            "readable" => viewer.readable(&[chat]).await?.contains(&chat),
            "replay" => match viewer.replay(0, 1000).await? {
                Replay::Events(events) => events.iter().any(|event| tells_of(&event.event, chat)),
                Replay::TooOld => panic!("too old"),
            },
            "retry" => {
                let grant = viewer.grant_write(own).await?;
                store.retry(&grant, corner.failed).await?.id == corner.failed
            }
            "retry_change" => {
                let id = format!("retried-{}-{on:?}", viewer.user().id);
                let failed = failed_reaction(store, &self.desk, chat, corner.picture, &id).await;
                let retried = async {
                    let grant = viewer.grant_write(own).await?;
                    store.retry_change(&grant, failed).await
                };
                let retried = retried.await;
                // A message has few changes that are not confirmed.
                store.outbox(own).confirmed(&wa(&id), None).await?;
                retried?.id == corner.picture
            }
            "save_draft" => {
                let grant = viewer.grant_write(own).await?;
                store.save_draft(&grant, chat, "a", i64::MAX).await?.text == "a"
            }
            "set_chat_private" => viewer.set_chat_private(chat, on == On::Private).await.is_ok(),
            "set_call_policy" => viewer.set_call_policy(own, &CallPolicy::default()).await.is_ok(),
            "set_private_by_default" => viewer.set_private_by_default(own, false).await.is_ok(),
            "start_chat" => {
                let grant = viewer.grant_write(own).await?;
                let address = format!("{}@s.whatsapp.net", corner.peer.pn.as_deref().unwrap());
                store.start_chat(&grant, &address).await? == chat
            }
            "stickers" => viewer.stickers(chat).await?.favourites.is_empty(),
            "unread" => {
                let before = viewer.unread().await?;
                let id = format!("counted-{}-{on:?}", viewer.user().id);
                let unread = incoming(&corner.peer, &id, 1);
                store.ingest(own).messages(&[unread]).await?;
                let counted = viewer.unread().await? != before;
                self.desk.mark_read(store, chat).await?;
                counted
            }
            "versions" => viewer.versions(corner.picture).await?.len() == 1,
            "write_chat" => viewer.write_chat(chat).await?.1.id == chat,
            other => panic!("nothing here tries {other}"),
        })
    }

    /// Archives a conversation as its owner, or ends that.
    async fn archive(&self, chat: ChatId, change: ChatChange) {
        let (grant, _) = self.desk.owner.write_chat(chat).await.unwrap();
        self.store.change_chat(&grant, chat, change).await.unwrap();
    }

    /// The rights in the row are the same as those of the proofs.
    async fn check_row(&self, viewer: &Viewer, person: Person) {
        let Ok(row) = viewer.connection(self.desk.number).await else { return };
        let (writes, manages) = (Allowed::Writers, Allowed::Managers);
        let expected = (writes.includes(person), manages.includes(person));
        assert_eq!((row.can_write, row.can_manage), expected, "{person:?}");
    }
}

impl Corner {
    async fn set(store: &Store, desk: &Desk, peer: Peer, chat: ChatId) -> Self {
        let (grant, _) = desk.owner.write_chat(chat).await.unwrap();
        let id = wa(&format!("failed-{chat}"));
        let failed = store.enqueue_text(&grant, chat, id.clone(), "hi", None).await.unwrap().id;
        let reason = FailReason::Refused;
        store.outbox(desk.number).failed(&id, reason).await.unwrap();
        let picture = picture(&peer, &format!("picture-{chat}"), 2);
        let poll = incoming(&peer, &format!("poll-{chat}"), 1);
        let poll = fixtures::with_content(poll, fixtures::poll());
        store.ingest(desk.number).messages(&[picture, poll]).await.unwrap();
        let messages = desk.owner.messages(chat, None, 10).await.unwrap();
        let is_poll = |message: &&model::Message| message.kind == model::MessageKind::Poll;
        let poll = messages.iter().find(is_poll).unwrap().id;
        let due = store.media(desk.number).due(10).await.unwrap();
        let picture = due.iter().map(|file| file.message).max().unwrap();
        let in_group = |said: Inbound| Inbound {
            group: Some(format!("12036304{chat}@g.us")),
            sender: Some(peer.clone()),
            ..said
        };
        let said = in_group(incoming(&peer, &format!("member-{chat}"), 3));
        let ours = in_group(phones_own(&peer, &format!("ours-{chat}"), 4));
        store.ingest(desk.number).messages(&[said, ours]).await.unwrap();
        let page = ChatsPage { connection: None, before: None, limit: 100 };
        let groups = desk.owner.filtered_chats(page, ChatFilter::Groups).await.unwrap();
        let group = groups.iter().map(|chat| chat.id).max().unwrap();
        desk.mark_read(store, group).await.unwrap();
        let messages = desk.owner.messages(group, None, 10).await.unwrap();
        let own = messages.iter().find(|message| message.is_outgoing()).unwrap().id;
        Self { peer, chat, failed, picture, poll, group, own }
    }
}

/// Returns a reaction of the owner that failed.
async fn failed_reaction(
    store: &Store,
    desk: &Desk,
    chat: ChatId,
    message: MessageId,
    id: &str,
) -> OperationId {
    let (grant, _) = desk.owner.write_chat(chat).await.unwrap();
    let change = Change::React { emoji: "🙏".to_owned() };
    let reacted = store.enqueue_change(&grant, message, wa(id), change).await.unwrap();
    store.outbox(desk.number).failed(&wa(id), FailReason::Refused).await.unwrap();
    reacted.pending.last().unwrap().id
}

/// Returns a text of the owner that WhatsApp has confirmed.
async fn sent_text(store: &Store, desk: &Desk, chat: ChatId, id: &str) -> MessageId {
    let (grant, _) = desk.owner.write_chat(chat).await.unwrap();
    let sent = store.enqueue_text(&grant, chat, wa(id), "a", None).await.unwrap();
    store.outbox(desk.number).confirmed(&wa(id), None).await.unwrap();
    sent.id
}

fn tells_of(event: &model::LiveEvent, id: ChatId) -> bool {
    use model::LiveEvent::{Chat, Message};
    matches!(event, Chat { chat } | Message { chat, .. } if chat.id == id)
}

/// Returns the public functions of a type and their parameters, read from the source. Functions
/// about people and their logins are left out, because they involve no number.
fn functions_of(of: &str) -> Vec<(String, String)> {
    let mut functions = Vec::new();
    let beginning = format!("\nimpl {of} {{\n");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![source];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                if !path.ends_with("accounts") && !path.ends_with("web_sessions") {
                    folders.push(path);
                }
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            let blocks = text.split(&*beginning).skip(1);
            for block in blocks.map(|rest| rest.split("\n}\n").next().unwrap_or(rest)) {
                for function in block.split("\n    pub async fn ").skip(1) {
                    let (name, rest) = function.split_once('(').unwrap();
                    let parameters = rest.split_once(") ->").unwrap().0;
                    functions.push((name.to_owned(), parameters.to_owned()));
                }
            }
        }
    }
    functions
}

#[test]
fn no_function_of_a_viewer_is_missing_from_the_table() {
    let rows: BTreeSet<&str> = TABLE.iter().map(|(what, ..)| *what).collect();
    let functions = functions_of("Viewer");
    assert!(functions.len() > 10, "the source was read");
    for (name, _) in functions {
        assert!(rows.contains(&*name), "Viewer::{name} has no row in the table");
    }
}

/// Functions that the program itself calls, without a user's request.
const OF_THE_PROGRAM: &[&str] = &[
    "audit",
    "copy_lost",
    "copy_made",
    "due_messages",
    "end_mutes",
    "end_ringing_calls",
    "evict_media",
    "evicting_media",
    "expire_queued",
    "expire_uploads",
    "fail_unwritable_uploads",
    "has_encrypted",
    "installation",
    "is_copied_from",
    "linked_connections",
    "media_evicted",
    "media_measured",
    "open",
    "pending_copies",
    "ping",
    "probe",
    "prune",
    "remove_due",
    "still_up",
    "unmeasured_media",
    "upload_touched",
    "viewer",
    "with_secrets",
];

#[test]
fn what_is_no_viewers_takes_a_proof() {
    let functions = functions_of("Store");
    assert!(functions.len() > 10, "the source was read");
    for (name, parameters) in functions {
        let proven = parameters.contains(": &Admin") || parameters.contains(": &Grant<");
        assert!(proven || OF_THE_PROGRAM.contains(&&*name), "Store::{name} asks for no proof");
    }
}

#[tokio::test]
async fn what_is_denied_looks_like_what_is_missing() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let hers =
            receive(&store, &desk.owner, desk.number, incoming(&Peer::pn("1"), "x", 0)).await;
        desk.owner.set_chat_private(hers.id, true).await.unwrap();
        let stranger = user(&store, "stranger", Role::Atendente).await;
        for chat in [hers.id, ChatId(999_999)] {
            for viewer in [&stranger, &desk.admin] {
                let error = viewer.chat(chat).await.unwrap_err();
                assert_eq!(error.to_string(), Error::NotFound.to_string());
            }
        }
        assert!(matches!(stranger.grant_write(ConnectionId(999_999)).await, Err(Error::NotFound)));
        assert!(matches!(store.viewer(model::UserId(999_999)).await, Err(Error::NotFound)));
    })
    .await;
}
