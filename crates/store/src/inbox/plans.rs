//! Tests that the databases answer the queries of a viewer from indexes, for an agent with 200
//! grants among 10,000 numbers. The tests are in this crate because they use its statements.

use fixtures::postgres;
use model::{ChatId, ConnectionId, ContactId, DetailsPart, MessageId, Role, User, UserId};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, DatabaseBackend, EntityTrait as _, QueryFilter as _,
    QueryTrait as _, Statement, TransactionTrait as _,
};

use super::{
    ChatsPage, chats, chats::List, drafts, history, messages, people, stars, stickers, unread,
    whole,
};
use crate::{
    Store,
    access::{Right, Scope},
    chats::load as chat_rows,
    codec,
    entity::{chat, connection, live_event},
    media,
    messages::{load as message_rows, long_text::READ_IN_BUBBLE},
    numbers::connections,
    people::{details as people_details, files as people_files, pictures},
    testing, uploads,
};

/// The large tables, whose rows every statement must find by an index. The other tables are small.
const LARGE: [&str; 7] = ["connection", "chat", "message", "media", "live_event", "gap", "draft"];
const AGENT: i64 = 1;
/// A chat of one of the numbers that the agent was granted.
const CHAT: i64 = 251;

/// 100 owners, 10,000 numbers, 50,000 conversations, 100,000 messages, a third of them with files,
/// and as many events. The agent owns two numbers and was granted every 50th.
const WORLD: [&str; 17] = [
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100) \
     INSERT INTO \"user\" (id, name, email, password_hash, role, active, created_at) \
     SELECT i, 'u', 'u' || i, '', CASE WHEN i = 2 THEN 'admin' ELSE 'atendente' END, true, 0 FROM n",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000) \
     INSERT INTO connection \
     (id, owner_id, label, linked, phone, jid, lid, push_name, private_by_default, created_at) \
     SELECT i, CASE WHEN i <= 2 THEN 1 ELSE 3 + i % 98 END, 'Atendimento ' || i, true, \
     5561900000000 + i, (5561900000000 + i) || ':12@s.whatsapp.net', \
     (168302940000000 + i) || ':12@lid', 'Loja do Bairro ' || i, i % 7 = 0, 0 FROM n",
    "INSERT INTO number_access \
     (user_id, connection_id, can_read, can_write, can_manage, granted_by, created_at) \
     SELECT 1, id, true, id % 100 = 0, false, 2, 0 FROM connection WHERE id % 50 = 0",
    "INSERT INTO number_access \
     (user_id, connection_id, can_read, can_write, can_manage, granted_by, created_at) \
     SELECT 3 + id % 90, id, true, true, false, 2, 0 FROM connection",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50000) \
     INSERT INTO chat (id, connection_id, jid, address, last_message_id, last_at, private) \
     SELECT i, 1 + i % 10000, 'j' || i, 'j', 2 * i, (i * 7919) % 1000003, \
     CASE WHEN i % 11 = 0 THEN true END FROM n",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) \
     INSERT INTO message \
     (id, connection_id, chat_id, sender_id, wa_id, kind, text, sent_at, position, unread) \
     SELECT i, 1 + ((i + 1) / 2) % 10000, (i + 1) / 2, 0, 'w' || i, 'text', 'hello there', i, i, \
     i % 10 = 0 FROM n",
    "INSERT INTO live_event (seq, connection_id, chat_id, message_id, kind, created_at) \
     SELECT id, connection_id, chat_id, id, 'message', 0 FROM message",
    "UPDATE message SET kind = 'undecryptable' WHERE id % 500 = 0",
    "INSERT INTO media (message_id, connection_id, mime, size, direct_path, media_key, file_hash, \
     sealed_hash, state, tries, next_at) \
     SELECT id, connection_id, 'image/jpeg', 9, '/v/x', '01', '02', '03', \
     CASE WHEN id % 300 = 0 THEN 'awaited' ELSE 'stored' END, id % 2, 0 FROM message \
     WHERE id % 3 = 0",
    "INSERT INTO gap (connection_id, from_at, to_at, recovered, recovered_private) \
     SELECT 1 + id % 10000, 0, 0, 1, 0 FROM message",
    "UPDATE chat SET connection_id = 250 WHERE id = 251",
    "UPDATE chat SET archived = true WHERE id % 20 = 0",
    "UPDATE chat SET pinned_at = id WHERE id % 50 = 1",
    "UPDATE message SET starred = true WHERE id % 100 = 0",
    "INSERT INTO draft (user_id, chat_id, text, updated_at) SELECT 3, id, 'd', id FROM chat",
    "INSERT INTO draft (user_id, chat_id, text, updated_at) VALUES (1, 251, 'd', 0)",
    "ANALYZE",
];

fn viewer(id: i64, role: Role) -> Scope {
    Scope::of(&User { id: UserId(id), name: String::new(), email: String::new(), role })
}

fn page(connection: Option<i64>, before: bool) -> ChatsPage {
    ChatsPage {
        connection: connection.map(model::ConnectionId),
        before: before.then(|| (codec::time(500_000), ChatId(9))),
        limit: 50,
    }
}

/// The statements of a viewer, by name.
fn statements(scope: Scope, backend: DatabaseBackend) -> Vec<(&'static str, Statement)> {
    let list_of =
        |page, list| chat_rows::complete(chats::of_page(scope, page, list)).build(backend);
    let chats_of = |page| list_of(page, List::Others);
    let messages_of =
        |before| message_rows::complete(messages::of_page(scope, ChatId(CHAT), before, 50));
    let one_chat = chat_rows::complete(scope.chats().filter(chat::Column::Id.eq(CHAT)));
    let number = connection::Column::Id;
    let may_write = connection::Entity::find_by_id(250).filter(scope.allows(Right::Write, number));
    let replay = live_event::Entity::find()
        .filter(live_event::Column::Seq.gt(99_900))
        .filter(scope.sees_chat(live_event::Column::ChatId));
    let one_message =
        |characters| history::of_message(scope, MessageId(300), characters).build(backend);
    let from = message_rows::complete(history::of_part(scope, ChatId(CHAT), 300, 400, 50));
    let starred = message_rows::complete(stars::of_chat(scope, ChatId(CHAT), Some(400), 50));
    let links =
        people_files::of_part(scope, ChatId(CHAT), DetailsPart::Links, Some(400), Some(300));
    vec![
        ("numbers", connections::complete(scope, scope.connections()).build(backend)),
        ("a right", may_write.build(backend)),
        ("chats of all numbers", chats_of(page(None, false))),
        ("older chats of all numbers", chats_of(page(None, true))),
        ("chats of one number", chats_of(page(Some(250), false))),
        ("pinned chats", list_of(page(None, false), List::Pinned)),
        ("more pinned chats", list_of(page(None, true), List::Pinned)),
        ("pinned chats of one number", list_of(page(Some(250), false), List::Pinned)),
        ("archived chats", list_of(page(None, false), List::Archived)),
        ("archived chats of one number", list_of(page(Some(250), true), List::Archived)),
        ("counts of archived chats", chats::archived_of_numbers(scope).build(backend)),
        ("starred messages", starred.build(backend)),
        ("one chat", one_chat.build(backend)),
        ("messages", messages_of(None).build(backend)),
        ("a text", one_message(whole::READ)),
        ("a file", media::of_message(scope, MessageId(300)).build(backend)),
        (
            "an upload",
            uploads::read::of_author(scope, UserId(AGENT), MessageId(300)).build(backend),
        ),
        ("older messages", messages_of(Some(400)).build(backend)),
        ("messages from one on", from.build(backend)),
        ("an edited message", one_message(READ_IN_BUBBLE)),
        ("replay", replay.build(backend)),
        ("unread totals", unread::of_numbers(scope).build(backend)),
        ("recent stickers", stickers::recent(scope, ConnectionId(250)).build(backend)),
        (
            "favourite stickers",
            stickers::of_user(scope, UserId(AGENT), ConnectionId(250)).build(backend),
        ),
        ("people of a number", people::newest(scope, ConnectionId(250)).build(backend)),
        ("the picture of a chat", pictures::of_chat(scope, ChatId(CHAT)).build(backend)),
        ("the picture of a person", pictures::of_contact(scope, ContactId(7)).build(backend)),
        (
            "common groups",
            chat_rows::complete(people_details::in_groups(scope, ConnectionId(250), 7))
                .build(backend),
        ),
        ("the links of a chat", message_rows::complete(links).build(backend)),
        (
            "the end of a search",
            people_files::end_of_search(scope, ChatId(CHAT), Some(400)).build(backend),
        ),
        ("drafts", drafts::of_user(scope, UserId(AGENT)).build(backend)),
    ]
}

async fn fill(store: &Store) {
    for statement in WORLD {
        store.db().execute_unprepared(statement).await.unwrap();
    }
}

#[tokio::test]
async fn sqlite_walks_indexes() {
    let (store, _folder) = testing::store().await;
    fill(&store).await;
    for (what, statement) in statements(viewer(AGENT, Role::Atendente), DatabaseBackend::Sqlite) {
        let plan = testing::plan(&store, &statement).await;
        assert!(plan.iter().any(|step| step.starts_with("SEARCH")), "{what}: {plan:#?}");
        assert!(!plan.iter().any(|step| step.starts_with("SCAN")), "{what}: {plan:#?}");
    }
}

#[tokio::test]
async fn postgres_walks_indexes() {
    let database = postgres::Database::migrated().await;
    let store = Store::open(&database.url).await.unwrap();
    fill(&store).await;
    let mut plans = Vec::new();
    for (what, statement) in statements(viewer(AGENT, Role::Atendente), DatabaseBackend::Postgres) {
        let tx = store.db().begin().await.unwrap();
        // By default PostgreSQL assumes spinning disks, on which it rightly prefers 10,000 adjacent
        // rows to 200 scattered ones.
        tx.execute_unprepared("SET LOCAL random_page_cost = 1.1").await.unwrap();
        let explain = format!("EXPLAIN (FORMAT JSON) {statement}");
        let explain = Statement::from_string(DatabaseBackend::Postgres, explain);
        let plan = tx.query_all_raw(explain).await.unwrap();
        plans.push((what, plan[0].try_get::<serde_json::Value>("", "QUERY PLAN").unwrap()));
    }
    drop(store);
    database.remove().await;
    for (what, plan) in plans {
        let mut nodes = vec![&plan[0]["Plan"]];
        let mut walked = 0;
        while let Some(node) = nodes.pop() {
            let (kind, table) = (&node["Node Type"], node["Relation Name"].as_str());
            let large = table.is_some_and(|table| LARGE.contains(&table));
            assert!(kind != "Seq Scan" || !large, "{what}: {plan:#}");
            walked += usize::from(large);
            nodes.extend(node["Plans"].as_array().into_iter().flatten());
        }
        assert!(walked > 0, "{what}: {plan:#}");
    }
}
