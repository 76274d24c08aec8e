//! Routes of both ports: control API, `/ws/chat`, and the media servers.
//!
//! | beside the basic routes | |
//! | --- | --- |
//! | `POST /phones/{n}/messages` with `"broadcast": "1700000000"`, `"hosted": true` or `"number_withheld": true` | a text or `content` that WhatsApp presents in that way ([`Presentation`](crate::Presentation)) |
//! | the same with `"content"` | any `Message`, in protobuf and base64 |
//! | the same with `"sticker"` `{"base64", "mime"?, "animated"?}` | a sticker |
//! | the same with `"live_location"` `{"latitude", "longitude", "sequence"?, "elapsed"?, "ended"?}` | a live location, its updates as further messages, and its end |
//! | the same with `"contacts"` `[{"name", "number"}]` | several contacts in one message |
//! | the same with `"poll"` `{"name", "options", "multiple"?}` | a poll with any number of options |
//! | the same with `"vote"` `{"id", "options"}` | an encrypted vote in the poll `id` |
//! | the same with `"button_reply"`, `"list_reply"`, `"template_reply"`, `"order"`, `"product"`, `"template"` | what businesses and their customers send ([`Card`](crate::Card)) |
//! | the same with `"disappearing_timer"` (seconds) | the timer of the chat; `GET /phones/{n}` has it as `chats[].expiration` |
//! | `"media"` with `"waveform"` (64 bytes in base64), `"gif_playback"`, `"animated"` or `"page_count"` | a voice message with its volume, a GIF, a moving sticker, a document with its pages |
//! | `"media"` with `"album"` | a picture or a video of the album that the message with this id announces; `GET /phones/{n}/messages` has it as `album`, and an announcement as `announces` `[images, videos]` |
//! | `"view_once"` beside an image, video, audio or voice message | it may be opened once |
//! | `"reply_to"`, `"reply_to_status"` `{"id", "text"}`, `"mentions"`, `"expiration"`, `"external_ad_reply"` beside a text, file or card | its context ([`MessageContext`](crate::MessageContext)) |
//! | `"link_preview"` `{"url", "title"?, "description"?, "thumbnail_base64"?}` beside a text | what the phone says about a link in it; `GET /phones/{n}/messages` has it too |
//! | `"kind"` | the name of the content, checked against it; also the kind of its file, or the one that lists of messages give |
//! | `POST /phones/{n}/read` with `"type"` | `read`, `read-self`, `played` or `played-self` ([`ReceiptType`](crate::ReceiptType)); the last two also name the voice notes that were read before, and those that were played have `"status": "played"` in lists of messages, on both phones |
//! | `POST /admin/mock-phone/scan-qr` | a phone made by it sends no delivery receipts while no client of it is connected; a push name beginning `restricted:` restricts it. A client whose push name is `scenario:flag,flag:…` gets the experiment switches of these names |
//! | `POST /phones` with `"restricted": true` | others need a privacy token to write to it; without one they get error 463 |
//! | `POST /phones/{n}/network` `{"online"}` | the phone loses its network: it gets nothing and sends no receipts until it is back |
//! | `POST /phones/{n}/call` `{"with", "video"?, "ring"?}` | an unanswered call, or with `ring` one that goes on ringing; `GET /phones/{n}` has it in `calls`, with its `state`, which is `rejected_by_device` once a client has rejected it |
//! | `POST /phones/{n}/call/end` `{"id", "how"?}` | the end of a call that rings: `given_up`, or `answered` or `rejected` by the phone that was called |
//! | `POST /phones/{n}/contacts` `{"number", "name"}` | a name in the address book, which linked devices learn |
//! | `GET /phones/{n}/messages` | a message with a file has `sha256` (hex), `size`, `mime`, `name` and `caption` once the phone has decrypted it, or `error` |
//! | the same | `expires_in`: the seconds after which a message disappears |
//! | the same | a place has `location` `{"latitude", "longitude", "name"?, "address"?}`; contacts have `contacts` `[{"name", "numbers", "whatsapp"?, "vcard"}]`, where `whatsapp` has the numbers to chat with |
//! | `POST /groups` `{"owner", "subject", "members", "description"?, "announce"?, "locked"?, "ephemeral"?, "join_approval"?, "addressing"?}` | a group ([`GroupInfo`](crate::GroupInfo), as all of these answer); `addressing` is `lid` or `pn`, that of the owner's phone if left out |
//! | `GET /groups`, `GET /groups/{jid}` | groups with their members, `role` `owner`, `admin` or `member` |
//! | `POST /groups/{jid}/members` `{"add"?, "remove"?, "promote"?, "demote"?, "by"?}` | numbers; `by` is an admin if left out, here and below |
//! | `POST /groups/{jid}` `{"by"?, "subject"?, "description"?, "announce"?, "locked"?, "ephemeral"?, "join_approval"?, "admins_add"?}` | settings |
//! | `POST /groups/{jid}/picture` `{"base64", "by"?}` or `{"remove": true, "by"?}` | the picture, of which the members are notified; the group has its id as `picture` |
//! | `DELETE /groups/{jid}/members/{number}` | the phone leaves |
//! | `POST /phones/{n}/groups` `{"code"}` | the phone joins by the code that a group has as `invite`, or waits for an admin |
//! | `POST /groups/{jid}/requests` `{"approve"?, "reject"?, "by"?}`, `POST /groups/{jid}/invite` `{"by"?}` | answers to those who wait (`requests`), and a new invite link |
//! | `"to"`, `"with"` of all chatting | also the JID of a group; an own message there has `receipts`, the status of each member by number, and as `status` what all have reached. An admin may `revoke` messages of others. Contents that go with people only are refused |
//! | `POST /phones` with `"business"` `{"verified_name"?, "description"?, "email"?, "address"?, "websites"?, "categories"?, "timezone"?, "hours"?}` | a business, with [`hours`](crate::OpeningHours) `[{"day", "open"?, "close"?}]` in minutes |
//! | `POST /phones/{n}/presence` `{"available", "last_seen"?}` | the app is opened or left; `last_seen` (seconds since 1970) is when it was left |
//! | `POST /phones/{n}/chat` `{"with", "archive"?, "pin"?, "mute"?, "unread"?, "star"?, "label"?, "delete_message"?, "clear"?, "delete"?, "share_number"?}` | changes of a conversation, also of a group, which linked devices learn through the synced settings: switches are `true` and `false`, `mute` is also a time in seconds, `star` is `{"id", "on"?}`, `label` `{"id", "on"?, "name"?, "color"?}`, `delete_message` an id. `GET /phones/{n}` has them in `chats`, also when a client made them |
//! | `POST /phones/{n}/labels` `{"id", "name", "color"?}` or `{"id", "deleted": true}` | a label of WhatsApp Business |
//! | `POST /phones/{n}/block` `{"with", "blocked"?}` | blocks a person, or lifts that with `false`: what they send is accepted and not delivered |
//! | `POST /phones/{n}/picture` `{"base64"}` or `{"remove": true}` | the picture of the user, of which everybody who knows the phone is notified |
//! | `POST /phones/{n}/about` `{"text"}` | the text under the name |
//! | `POST /phones/{n}/privacy` `{"picture"?, "about"?, "last"?, "online"?}` | who may see it: `all`, `contacts` (the address book) or `none` |
//! | `POST /phones/{n}/history` `{"chats", "messages_per_chat", "days"?, "archived"?, "pinned"?, "muted"?, "unread"?, "contacts"?, "kinds"?}` | a made-up history ([`NewHistory`](crate::NewHistory)), which is synced to devices that are linked later, after the chats that the phone really has |
//! | `GET /phones/{n}` | `devices[].available`: the device reported its user as present |
//!
//! Handlers of the control API are thin: they read the request, call [`Control`](crate::Control),
//! and write its result as JSON. [`strict`] refuses bodies with unknown fields and names the field;
//! `null` is the same as no field. [`error`] maps failures to statuses.

mod admin;
mod byte_range;
mod calls;
mod chats;
mod error;
mod groups;
mod listed;
mod media;
mod messages;
mod new_message;
mod phones;
mod profile;
mod strict;

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRef, State, WebSocketUpgrade};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{delete, get, post};

use crate::connection;
use crate::control::Control;
use crate::page;
use crate::world::World;

/// The state shared by all handlers.
#[derive(Clone)]
struct Shared {
    control: Control,
    world: Arc<World>,
}

impl FromRef<Shared> for Control {
    fn from_ref(shared: &Shared) -> Self {
        shared.control.clone()
    }
}

impl FromRef<Shared> for Arc<World> {
    fn from_ref(shared: &Shared) -> Self {
        shared.world.clone()
    }
}

pub(crate) fn router(world: Arc<World>) -> Router {
    Router::new()
        .route("/ws/chat", get(chat))
        .route("/health", get(admin::health))
        .route("/stats", get(admin::stats))
        .route("/faults", post(admin::faults))
        .route("/load", post(admin::load))
        .route("/admin/mock-phone/scan-qr", post(admin::scan_qr))
        .route("/phones", get(phones::list).post(phones::make))
        .route("/phones/{number}", get(phones::show))
        .route("/phones/{number}/scan", post(phones::scan))
        .route("/phones/{number}/pair-code", post(phones::pair_code))
        .route("/phones/{number}/name", post(phones::name))
        .route("/phones/{number}/presence", post(phones::presence))
        .route("/phones/{number}/network", post(phones::network))
        .route("/phones/{number}/devices/{device}", delete(phones::unlink))
        .route(
            "/phones/{number}/messages",
            get(messages::list)
                .post(messages::send)
                .layer(DefaultBodyLimit::max(new_message::LARGEST_MIB * 1024 * 1024)),
        )
        .route("/phones/{number}/read", post(messages::read))
        .route("/phones/{number}/call", post(calls::call))
        .route("/phones/{number}/call/end", post(calls::end_call))
        .route("/phones/{number}/contacts", post(phones::save_contact))
        .route("/phones/{number}/typing", post(messages::typing))
        .route("/phones/{number}/chat", post(chats::change))
        .route("/phones/{number}/labels", post(chats::label))
        .route("/phones/{number}/block", post(chats::block))
        .route("/phones/{number}/picture", post(profile::picture))
        .route("/phones/{number}/about", post(profile::about))
        .route("/phones/{number}/privacy", post(profile::privacy))
        .route("/phones/{number}/history", post(profile::history))
        .route("/phones/{number}/groups", post(groups::join))
        .route("/groups", get(groups::list).post(groups::make))
        .route("/groups/{jid}", get(groups::show).post(groups::change))
        .route("/groups/{jid}/picture", post(groups::picture))
        .route("/groups/{jid}/members", post(groups::members))
        .route("/groups/{jid}/members/{number}", delete(groups::leave))
        .route("/groups/{jid}/requests", post(groups::requests))
        .route("/groups/{jid}/invite", post(groups::reset_invite))
        .route("/mms/{family}/{token}", post(media::upload))
        .route("/v/{bucket}/{file}", get(media::download))
        .with_state(Shared { control: Control::new(world.clone()), world })
        .merge(page::routes())
}

async fn chat(State(world): State<Arc<World>>, upgrade: WebSocketUpgrade) -> Response {
    let Some(ended) = world.uptime.admit() else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let connections = world.connections.clone();
    upgrade
        .on_upgrade(move |socket| connections.track_future(connection::serve(world, socket, ended)))
}
