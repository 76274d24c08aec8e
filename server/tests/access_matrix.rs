//! The access matrix over HTTP: every server function, every page behind the login, the files of
//! messages in both directions and every event of the live stream, for every kind of person, on both
//! databases. A server function without a row fails it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::collections::BTreeSet;

use axum::http::{Method, StatusCode};
use axum_test::TestServer;
use fixtures::postgres;
use model::{
    Access, Change, ChatId, ConnectionId, ContactId, LiveEvent, MessageId, OperationId, Role, User,
};
use store::ChatsPage;
use support::{App, Live, PASSWORD};

/// The relation of a person to the tested number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Person {
    Owner,
    Admin,
    Granted(Access),
    Stranger,
    /// Had every grant and a login, and was deactivated then.
    Deactivated,
    Anonymous,
}

const EVERYBODY: [Person; 9] = [
    Person::Owner,
    Person::Admin,
    Person::Granted(Access::Read),
    Person::Granted(Access::Write),
    Person::Granted(Access::Manage),
    Person::Granted(Access::WriteAndManage),
    Person::Stranger,
    Person::Deactivated,
    Person::Anonymous,
];

/// The people a row admits, and the status for the others.
#[derive(Debug, Clone, Copy)]
enum Allowed {
    /// Everybody, also without a login.
    Everybody,
    LoggedIn,
    /// Readers of the number. It looks missing to everybody else: 404.
    Readers,
    Writers,
    Managers,
    OwnerAndAdmin,
    /// The owner only. Administrators have no special access.
    Owner,
    /// Administrators. Everybody else who is logged in gets 403.
    Admin,
    /// Nobody: every request gets this status.
    Nobody(StatusCode),
}

impl Allowed {
    /// The status of the refusal for `person`; `None` if they are admitted.
    fn refusal(self, person: Person) -> Option<StatusCode> {
        use Person::{Admin, Anonymous, Deactivated, Granted, Owner};
        let outside = matches!(person, Anonymous | Deactivated);
        let lets_in = match self {
            Self::Everybody => return None,
            Self::Nobody(status) => return Some(status),
            _ if outside => return Some(StatusCode::UNAUTHORIZED),
            Self::LoggedIn => true,
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
        };
        match self {
            _ if lets_in => None,
            Self::Admin => Some(StatusCode::FORBIDDEN),
            _ => Some(StatusCode::NOT_FOUND),
        }
    }
}

/// Every server function with a valid body. `{number}`, `{chat}`, `{message}`, the own message
/// `{own}`, the group `{group}` with the own message `{sent}`, the failed changes `{failed}` and `{abandoned}`, and `{spare}`, another user, are filled
/// in. The order matters: functions that remove something come last.
const FUNCTIONS: &[(&str, &str, Allowed)] = &[
    ("first_run", "", Allowed::Everybody),
    (
        "create_first_admin",
        "name=Eva&email=eva@mal.example&password=uma+senha+comprida",
        Allowed::Nobody(StatusCode::FORBIDDEN),
    ),
    ("login", "email=eva@mal.example&password=x&next=", Allowed::Nobody(StatusCode::UNAUTHORIZED)),
    ("set_language", "language=en", Allowed::Everybody),
    ("me", "", Allowed::LoggedIn),
    ("status", "", Allowed::LoggedIn),
    ("inbox", "", Allowed::LoggedIn),
    ("unread", "", Allowed::LoggedIn),
    ("chats", "", Allowed::LoggedIn),
    ("chats", "connection={number}", Allowed::Readers),
    ("messages", "chat={chat}", Allowed::Readers),
    ("messages_from", "message={message}&before=9000000000000000000", Allowed::Readers),
    ("message_text", "message={message}", Allowed::Readers),
    ("message_versions", "message={message}", Allowed::Readers),
    ("poll", "message={poll}", Allowed::Readers),
    ("details", "chat={chat}&part=media", Allowed::Readers),
    ("chats", "connection={number}&filter=groups", Allowed::Readers),
    ("chats", "connection={number}&filter=archived", Allowed::Readers),
    ("group", "chat={group}", Allowed::Readers),
    ("group_members", "chat={group}&search=bia", Allowed::Readers),
    ("message_info", "message={sent}", Allowed::Readers),
    ("set_group_access", "chat={group}&restricted=false", Allowed::Managers),
    ("mark_read", "chat={chat}", Allowed::Writers),
    ("mark_played", "message={file}", Allowed::Writers),
    ("stickers", "chat={chat}", Allowed::Readers),
    ("keeps_sticker", "message={sticker}", Allowed::Readers),
    ("keep_sticker", "message={sticker}&keep=true", Allowed::Writers),
    ("send_sticker", "chat={chat}&message={sticker}&reply_to={message}", Allowed::Writers),
    ("save_draft", "chat={chat}&text=oi&at=1", Allowed::Writers),
    ("typing", "chat={chat}&state=recording", Allowed::Writers),
    // This is the phone of the customer of `{chat}`.
    ("start_chat", "connection={number}&phone=61998124471", Allowed::Writers),
    ("preview_link", "chat={chat}&text=oi", Allowed::Writers),
    ("drop_preview", "chat={chat}&link=https%3A%2F%2Floja.example", Allowed::Writers),
    ("send_text", "chat={chat}&text=oi", Allowed::Writers),
    ("send_text", "chat={group}&text=oi&mentions=[]", Allowed::Writers),
    ("react", "chat={group}&message={sent}&emoji=%F0%9F%91%8D", Allowed::Writers),
    ("leave_group", "chat={group}", Allowed::Writers),
    ("chat_timer", "chat={chat}", Allowed::Writers),
    ("set_timer", "chat={chat}&timer=day", Allowed::Writers),
    ("chat_options", "chat={chat}", Allowed::Writers),
    ("change_chat", "chat={chat}&change=mute_week", Allowed::Writers),
    ("change_chat", "chat={chat}&change=unmute", Allowed::Writers),
    ("block_contact", "chat={chat}&blocked=false", Allowed::Writers),
    ("star_message", "chat={chat}&message={message}&starred=true", Allowed::Writers),
    ("starred", "chat={chat}", Allowed::Readers),
    ("show_cleared", "chat={chat}", Allowed::OwnerAndAdmin),
    ("send_text", "chat={chat}&text=oi&reply_to={message}", Allowed::Writers),
    // It does not ring, so nothing has to be done.
    ("reject_call", "chat={chat}&message={message}", Allowed::Writers),
    ("send_place", "chat={chat}&latitude=-15.79&longitude=-47.88", Allowed::Writers),
    ("people", "chat={chat}&search=oi", Allowed::Writers),
    (
        "send_contacts",
        "chat={chat}&contacts[0][name]=Rui&contacts[0][phone]=%2B5561999990000",
        Allowed::Writers,
    ),
    ("send_contacts", "chat={chat}&contacts[0][chat]={chat}", Allowed::Writers),
    (
        "send_poll",
        "chat={chat}&question=Que+dia%3F&options[]=Segunda&options[]=Ter%C3%A7a",
        Allowed::Writers,
    ),
    ("vote", "message={poll}&choices[]=0", Allowed::Writers),
    ("retry", "chat={chat}&message={message}", Allowed::Writers),
    ("retry_change", "chat={chat}&operation={failed}", Allowed::Writers),
    ("discard_change", "chat={chat}&operation={abandoned}", Allowed::Writers),
    ("react", "chat={chat}&message={message}&emoji=%F0%9F%91%8D", Allowed::Writers),
    ("forward", "message={message}&chat={chat}", Allowed::Writers),
    ("edit_message", "chat={chat}&message={own}&text=boa+noite", Allowed::Writers),
    ("revoke_message", "chat={chat}&message={own}", Allowed::Writers),
    ("number", "connection={number}", Allowed::Managers),
    ("edit_number", "connection={number}&label=Loja&color=green", Allowed::Managers),
    ("connect", "connection={number}", Allowed::Managers),
    ("connect_with_code", "connection={number}&phone=61998124471", Allowed::Managers),
    ("disconnect", "connection={number}", Allowed::Managers),
    ("change_phone", "connection={number}", Allowed::Managers),
    ("add_number", "label=Outro&color=blue&phone=", Allowed::LoggedIn),
    ("add_number", "label=Outro&color=blue&phone=&owner={spare}", Allowed::Admin),
    ("list_users", "", Allowed::Admin),
    ("users", "", Allowed::Admin),
    ("invite", "name=Eva&email=eva2@mal.example&role=atendente", Allowed::Admin),
    ("make_link", "user={spare}", Allowed::Admin),
    ("set_role", "user={spare}&role=atendente", Allowed::Admin),
    ("set_active", "user={spare}&active=true", Allowed::Admin),
    ("end_sessions", "user={spare}", Allowed::Admin),
    ("link", "token=nenhum", Allowed::Nobody(StatusCode::NOT_FOUND)),
    (
        "use_link",
        "token=nenhum&password=uma+senha+comprida",
        Allowed::Nobody(StatusCode::NOT_FOUND),
    ),
    ("asked", "", Allowed::Nobody(StatusCode::UNAUTHORIZED)),
    ("finish_login", "code=000000", Allowed::Nobody(StatusCode::UNAUTHORIZED)),
    ("require_second_factor", "role=admin&required=false", Allowed::Admin),
    ("reset_second_factor", "user={spare}", Allowed::Admin),
    ("profile", "", Allowed::LoggedIn),
    ("account_notice", "", Allowed::LoggedIn),
    ("dismiss_account_notice", "", Allowed::LoggedIn),
    ("rename", "name=Outro+Nome", Allowed::LoggedIn),
    ("set_theme", "theme=dark", Allowed::LoggedIn),
    ("set_enter_key", "enter_key=breaks", Allowed::LoggedIn),
    ("second_factor", "", Allowed::LoggedIn),
    ("begin_second_factor", "", Allowed::LoggedIn),
    ("remove_second_factor", "password=uma+senha+comprida", Allowed::LoggedIn),
    // A logged-in user gets an error about the code or the session.
    ("confirm_second_factor", "code=000000", Allowed::LoggedIn),
    ("end_session", "session=nenhuma", Allowed::LoggedIn),
    ("end_other_sessions", "", Allowed::LoggedIn),
    ("change_password", "old=uma+senha+comprida&password=outra+senha+comprida", Allowed::LoggedIn),
    ("connections", "", Allowed::Admin),
    ("audit", "", Allowed::Admin),
    ("person", "user={spare}", Allowed::Admin),
    ("set_access", "connections[]={number}&user={spare}&access=read", Allowed::Admin),
    ("set_granted_groups", "user={spare}&connection={number}&groups=chosen", Allowed::Admin),
    ("set_private", "chat={chat}&private=true", Allowed::Owner),
    ("set_private_by_default", "connection={number}&private=true", Allowed::Owner),
    ("set_call_policy", "connection={number}&reject=true&answer=Escreva", Allowed::OwnerAndAdmin),
    (
        "set_visibility",
        "connection={number}&hides_reading=true&hides_online=true",
        Allowed::OwnerAndAdmin,
    ),
    ("clear_chat", "chat={chat}&whole=true", Allowed::OwnerAndAdmin),
    ("remove_number", "connection={number}&confirmation=Loja", Allowed::OwnerAndAdmin),
    ("logout", "", Allowed::Everybody),
];

/// Every page and file behind the login. Without a login they redirect to it instead of 401.
const PAGES: &[(&str, Allowed)] = &[
    ("/atendente/inbox-pirata", Allowed::LoggedIn),
    ("/atendente/inbox-pirata/chat/{chat}", Allowed::Readers),
    ("/atendente/inbox-pirata/chat/{chat}/temporarias", Allowed::Writers),
    ("/atendente/inbox-pirata/chat/{group}/grupo", Allowed::Readers),
    ("/atendente/inbox-pirata/grupos", Allowed::LoggedIn),
    ("/recibos/{sent}", Allowed::Readers),
    ("/atendente/inbox-pirata/chat/{chat}/opcoes", Allowed::Writers),
    ("/atendente/inbox-pirata/chat/{chat}/opcoes/confirmar", Allowed::Writers),
    ("/atendente/inbox-pirata/chat/{chat}/dados", Allowed::Readers),
    ("/mensagem/{message}", Allowed::Readers),
    ("/atendente/inbox-pirata/emojis", Allowed::LoggedIn),
    ("/atendente/inbox-pirata/anexar", Allowed::LoggedIn),
    ("/atendente/inbox-pirata/anexos", Allowed::LoggedIn),
    ("/nova-conversa", Allowed::LoggedIn),
    ("/atendente/inbox-pirata/audio", Allowed::LoggedIn),
    ("/atendente/inbox-pirata/figurinhas", Allowed::LoggedIn),
    ("/atendente/inbox-pirata/chamadas", Allowed::LoggedIn),
    ("/atendente/inbox-pirata/previas", Allowed::LoggedIn),
    ("/atendente/inbox-pirata/enquete", Allowed::LoggedIn),
    ("/enquete/{poll}", Allowed::Readers),
    ("/numeros/novo", Allowed::LoggedIn),
    ("/numeros/{number}", Allowed::Managers),
    ("/perfil", Allowed::LoggedIn),
    ("/perfil/duas-etapas", Allowed::LoggedIn),
    ("/admin/conexoes", Allowed::Admin),
    ("/admin/atendentes", Allowed::Admin),
    ("/admin/atendentes/{spare}", Allowed::Admin),
    ("/admin/auditoria", Allowed::Admin),
    ("/admin/auditoria.csv", Allowed::Admin),
];

/// The pages before the login, which have no row.
const BEFORE_THE_LOGIN: [&str; 4] =
    ["/entrar", "/entrar/codigo", "/convite/{token}", "/configurar"];

/// The files of messages, and pictures of people. `{file}` is a message that has one. Without a login they answer 401.
const FILES: &[(&str, Allowed)] = &[
    ("/midia/{file}", Allowed::Readers),
    ("/midia/{file}/previa", Allowed::Readers),
    ("/foto/{chat}", Allowed::Readers),
    ("/foto/{chat}/grande", Allowed::Readers),
    ("/foto/pessoa/{contact}", Allowed::Readers),
];

/// The files that browsers send: method, address, body. `{upload}` is one that the owner began, and is
/// its author's alone; whoever may write there can remove it. Without a login they answer 401. The order
/// matters: the last removes it.
const UPLOADS: &[(&str, &str, &str, Allowed)] = &[
    (
        "POST",
        "/envios",
        "{\"chat\":{chat},\"kind\":\"image\",\"mime\":\"image/png\",\"size\":9}",
        Allowed::Writers,
    ),
    ("HEAD", "/envios/{upload}", "", Allowed::Owner),
    ("PATCH", "/envios/{upload}", "half", Allowed::Owner),
    ("DELETE", "/envios/{upload}", "", Allowed::Writers),
];

/// The events of the stream about a number, each with the action of its owner or of a customer that
/// causes it. The order matters: actions that remove something come last.
const EVENTS: &[(&str, Act, Allowed)] = &[
    ("message", Act::CustomerWrites("Tem alguém aí?"), Allowed::Readers),
    ("chat", Act::Owner("mark_read", "chat={chat}"), Allowed::Readers),
    // Drafts are visible to their author only.
    ("drafts", Act::Owner("save_draft", "chat={chat}&text=oi&at=1"), Allowed::Owner),
    (
        "connection",
        Act::Owner("edit_number", "connection={number}&label=Casa&color=pink"),
        Allowed::Readers,
    ),
    // Others lose a conversation without learning which: their page reloads.
    ("resync", Act::Owner("set_private", "chat={chat}&private=true"), Allowed::Readers),
    ("message", Act::CustomerWrites("Isto é só para a dona"), Allowed::Owner),
    (
        "connection_gone",
        Act::Owner("remove_number", "connection={number}&confirmation=Casa"),
        Allowed::Readers,
    ),
];

#[derive(Debug, Clone, Copy)]
enum Act {
    CustomerWrites(&'static str),
    /// The owner calls a server function with this body.
    Owner(&'static str, &'static str),
}

#[test]
fn every_server_function_has_a_row() {
    // The functions are registered when the server routes them.
    let registered: BTreeSet<String> = leptos::server_fn::axum::server_fn_paths()
        .filter_map(|(path, _)| Some(path.strip_prefix("/api/")?.to_owned()))
        .collect();
    let rows: BTreeSet<String> = FUNCTIONS.iter().map(|(name, ..)| (*name).to_owned()).collect();
    assert_eq!(registered, rows);
    let documented = include_str!("../../docs/access.md");
    for name in rows {
        assert!(documented.contains(&format!("`{name}`")), "{name} is not in docs/access.md");
    }
}

#[tokio::test]
async fn every_page_has_a_row() {
    // The names of parameters differ.
    let shape = |path: &str| {
        let parts = path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part });
        parts.collect::<Vec<_>>().join("/")
    };
    let rows = PAGES.iter().map(|(path, _)| *path).chain(BEFORE_THE_LOGIN);
    let rows: BTreeSet<String> = rows.map(shape).collect();
    let pages = leptos_axum::generate_route_list(app::App);
    assert!(pages.len() > 10, "the pages are listed");
    for page in pages {
        assert!(rows.contains(&shape(page.path())), "{} has no row", page.path());
    }
}

/// Runs a test for every kind of person, on each database.
async fn with_everybody(test: impl AsyncFn(Scene, Person)) {
    for person in EVERYBODY {
        test(Scene::set(person, App::new().await).await, person).await;
        let database = postgres::Database::migrated().await;
        test(Scene::set(person, App::on(&database.url).await).await, person).await;
        database.remove().await;
    }
}

#[tokio::test]
async fn everybody_may_ask_what_the_table_says() {
    with_everybody(async |scene, person| {
        for (path, allowed) in PAGES {
            let answer = scene.browser.get(&scene.fill(path)).await.status_code();
            match allowed.refusal(person) {
                None => assert_eq!(answer, StatusCode::OK, "{person:?} {path}"),
                Some(StatusCode::UNAUTHORIZED) => {
                    assert_eq!(answer, StatusCode::SEE_OTHER, "{person:?} {path}");
                }
                Some(status) => assert_eq!(answer, status, "{person:?} {path}"),
            }
        }
        for (path, allowed) in FILES {
            let answer = scene.browser.get(&scene.fill(path)).await.status_code();
            let expected = allowed.refusal(person).unwrap_or(StatusCode::OK);
            assert_eq!(answer, expected, "{person:?} {path}");
        }
        for (method, path, body, allowed) in UPLOADS {
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            let answer = scene
                .browser
                .method(method.clone(), &scene.fill(path))
                .text(scene.fill(body))
                .content_type("application/offset+octet-stream")
                .add_header("upload-offset", "0")
                .await;
            let status = answer.status_code();
            match allowed.refusal(person) {
                None => assert!(status.is_success(), "{person:?} {method} {path}: {status}"),
                Some(refused) => assert_eq!(status, refused, "{person:?} {method} {path}"),
            }
        }
        for (name, body, allowed) in FUNCTIONS {
            let answer = scene
                .browser
                .post(&format!("/api/{name}"))
                .text(scene.fill(body))
                .content_type("application/x-www-form-urlencoded")
                .await;
            let status = answer.status_code();
            match allowed.refusal(person) {
                None if *name == "end_session" => assert_eq!(status, StatusCode::NOT_FOUND),
                None => {
                    assert!(status.is_success(), "{person:?} {name}: {status} {}", answer.text())
                }
                Some(refused) => assert_eq!(status, refused, "{person:?} {name} {body}"),
            }
        }
    })
    .await;
}

#[tokio::test]
async fn everybody_is_told_what_the_table_says() {
    with_everybody(async |scene, person| {
        if Allowed::LoggedIn.refusal(person).is_some() {
            scene.browser.get("/live").await.assert_status_unauthorized();
            return;
        }
        let mine = scene.number_of_ones_own().await;
        let begin = scene.app.store.viewer(scene.owner.id).await.expect("the owner");
        let begin = begin.last_seq().await.expect("a place");
        let mut live = scene.app.live(&scene.cookie, begin).await;
        for (name, act, allowed) in EVENTS {
            scene.bring_about(*act).await;
            let received = scene.receives(mine, name, &mut live).await;
            assert_eq!(received, allowed.refusal(person).is_none(), "{person:?} {name} {act:?}");
        }
    })
    .await;
}

/// A person with a browser, and a number with a conversation.
struct Scene {
    owner: User,
    browser: TestServer,
    /// The browser's cookies.
    cookie: String,
    number: ConnectionId,
    chat: ChatId,
    message: MessageId,
    /// A message of the owner, who edited it; WhatsApp refused the edit `failed`.
    own: MessageId,
    failed: OperationId,
    /// A reaction to `message` that WhatsApp refused.
    abandoned: OperationId,
    /// A message with a file.
    file: MessageId,
    sticker: MessageId,
    /// A poll of the customer.
    poll: MessageId,
    /// A message with a file that the owner is sending.
    upload: MessageId,
    /// A group, and a message that the owner wrote there.
    group: ChatId,
    sent: MessageId,
    /// The customer of `chat`, who has a picture.
    contact: ContactId,
    spare: User,
    app: App,
}

impl Scene {
    async fn set(person: Person, app: App) -> Self {
        let admin = app.user("adm", Role::Admin).await;
        let owner = app.user("dona", Role::Atendente).await;
        let spare = app.user("outra", Role::Atendente).await;
        let number = app.own_connection(&owner).await;
        app.customer_writes(number, "oi").await;
        let viewer = app.store.viewer(owner.id).await.expect("the owner");
        let page = ChatsPage { connection: None, before: None, limit: 1 };
        let chat = viewer.chats(page).await.expect("chats")[0].id;
        let message = viewer.messages(chat, None, 1).await.expect("messages")[0].id;

        let own = app.user_writes(&owner, chat, "bom dia").await;
        let edit = Change::Edit { text: "boa tarde".to_owned() };
        let failed = app.refused_change(&owner, chat, own, edit).await;
        let reaction = Change::React { emoji: "❤️".to_owned() };
        let abandoned = app.refused_change(&owner, chat, message, reaction).await;

        let file = app.customer_sends_file(number, "image/jpeg", b"foto").await;
        let sticker = app.customer_sends_file(number, "image/webp", b"webp").await;
        let poll = app.customer_asks(&owner, number).await;
        let upload = app.user_begins_a_file(&owner, chat).await;
        let contact = app.customer_has_a_picture(&owner, chat, b"foto").await;

        let group = app.group(&owner, number).await;
        let sent = app.user_writes(&owner, group, "oi, grupo").await;

        let browser = app.browser();
        let enter = async |user: &User| {
            let answer = support::log_in(&browser, &user.email, PASSWORD).await;
            answer.assert_status_ok();
            let cookies = answer.iter_cookies().map(|cookie| cookie.stripped().to_string());
            cookies.collect::<Vec<_>>().join("; ")
        };
        let powers = app.store.viewer(admin.id).await.expect("the admin");
        let powers = powers.admin().await.expect("an admin");
        let cookie = match person {
            Person::Anonymous => String::new(),
            Person::Owner => enter(&owner).await,
            Person::Admin => enter(&admin).await,
            Person::Stranger => enter(&app.user("eva", Role::Atendente).await).await,
            Person::Granted(access) => {
                let agent = app.user("ana", Role::Atendente).await;
                app.store.grant_access(&powers, agent.id, number, access).await.expect("granted");
                enter(&agent).await
            }
            Person::Deactivated => {
                let agent = app.user("ana", Role::Atendente).await;
                let everything = Access::WriteAndManage;
                let granted = app.store.grant_access(&powers, agent.id, number, everything).await;
                granted.expect("granted");
                let cookie = enter(&agent).await;
                let accounts = app.store.accounts();
                accounts.set_active(&powers, agent.id, false).await.expect("deactivated");
                cookie
            }
        };
        Self {
            browser,
            cookie,
            number,
            chat,
            message,
            own,
            failed,
            abandoned,
            file,
            sticker,
            poll,
            upload,
            group,
            sent,
            contact,
            spare,
            owner,
            app,
        }
    }

    /// Adds a number that only this person sees: an event of it marks the end of the wait.
    async fn number_of_ones_own(&self) -> ConnectionId {
        let form = [("label", "Meu"), ("color", "blue"), ("phone", "")];
        self.browser.post("/api/add_number").form(&form).await.assert_status_success();
        let me: User = self.browser.post("/api/me").await.json();
        let numbers = self.app.store.viewer(me.id).await.expect("me").connections().await;
        let numbers = numbers.expect("numbers");
        numbers.iter().find(|one| one.label == "Meu").expect("the new one").id
    }

    async fn bring_about(&self, act: Act) {
        match act {
            Act::CustomerWrites(text) => self.app.customer_writes(self.number, text).await,
            Act::Owner(name, body) => {
                let owner = self.app.browser();
                support::log_in(&owner, &self.owner.email, PASSWORD).await.assert_status_ok();
                let form = owner.post(&format!("/api/{name}")).text(self.fill(body));
                form.content_type("application/x-www-form-urlencoded")
                    .await
                    .assert_status_success();
            }
        }
    }

    /// Returns true if an event of this name about the number, or about no number at all, arrives
    /// before new events of the person's own number. Changes of access, of chats and of drafts have
    /// no order between them, so one of each is awaited.
    async fn receives(&self, mine: ConnectionId, name: &str, live: &mut Live) -> bool {
        let mut end = self.app.customer_writes_once(mine).await;
        let label = format!("Meu {end}");
        let form = [("connection", &*mine.to_string()), ("label", &label), ("color", "blue")];
        self.browser.post("/api/edit_number").form(&form).await.assert_status_success();
        let form = [("connection", mine.to_string())];
        let chats: Vec<model::Chat> = self.browser.post("/api/chats").form(&form).await.json();
        let at = chrono::Utc::now().timestamp_micros().to_string();
        let form = [("chat", &*chats[0].id.to_string()), ("text", &label), ("at", &at)];
        self.browser.post("/api/save_draft").form(&form).await.assert_status_ok();
        let (mut written, mut renamed, mut typed, mut received) = (false, false, false, false);
        while !(written && renamed && typed) {
            let event = live.next().await;
            let about = match &event {
                LiveEvent::Message { message, chat } if chat.connection == mine => {
                    written |= message.text == end;
                    continue;
                }
                LiveEvent::Connection { connection } if connection.id == mine => {
                    renamed |= connection.label == label;
                    continue;
                }
                LiveEvent::Message { .. } => "message",
                LiveEvent::Chat { .. } => "chat",
                LiveEvent::Gone(_) => "gone",
                LiveEvent::Connection { .. } => "connection",
                LiveEvent::ConnectionGone { .. } => "connection_gone",
                LiveEvent::Typing { .. } => "typing",
                // Every stream begins with the user's own drafts, of which there are none.
                LiveEvent::Drafts { drafts, .. } if drafts.is_empty() => continue,
                LiveEvent::Drafts { drafts, .. } if drafts.iter().any(|one| one.text == label) => {
                    typed = true;
                    continue;
                }
                LiveEvent::Drafts { .. } => "drafts",
                LiveEvent::Unread { .. } => "unread",
                LiveEvent::Resync => {
                    // A page that reloads from here has the message already.
                    end = self.app.customer_writes_once(mine).await;
                    "resync"
                }
            };
            received |= about == name;
        }
        received
    }

    fn fill(&self, text: &str) -> String {
        text.replace("{number}", &self.number.to_string())
            .replace("{chat}", &self.chat.to_string())
            .replace("{message}", &self.message.to_string())
            .replace("{own}", &self.own.to_string())
            .replace("{sticker}", &self.sticker.to_string())
            .replace("{failed}", &self.failed.to_string())
            .replace("{abandoned}", &self.abandoned.to_string())
            .replace("{file}", &self.file.to_string())
            .replace("{poll}", &self.poll.to_string())
            .replace("{group}", &self.group.to_string())
            .replace("{sent}", &self.sent.to_string())
            .replace("{upload}", &self.upload.to_string())
            .replace("{contact}", &self.contact.to_string())
            .replace("{spare}", &self.spare.id.to_string())
    }
}
