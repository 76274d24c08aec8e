//! Groups over HTTP: their data, the people who may see them, and what a text mentions.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use axum::http::StatusCode;
use axum_test::TestServer;
use model::{Access, Chat, ChatFilter, ChatId, GroupPage, InboxPage, Member, Message, Role};
use support::App;

async fn listed(browser: &TestServer, filter: &str) -> Vec<ChatId> {
    let chats: Vec<Chat> = browser.post("/api/chats").form(&[("filter", filter)]).await.json();
    chats.iter().map(|chat| chat.id).collect()
}

#[tokio::test]
async fn a_group_is_seen_by_those_who_have_it_and_by_nobody_else() {
    let app = App::new().await;
    let (admin, powers) = app.logged_in("adm", Role::Admin).await;
    let (agent, ana) = app.logged_in("ana", Role::Atendente).await;
    let owner = app.user("dona", Role::Atendente).await;
    let number = app.own_connection(&owner).await;
    app.customer_writes(number, "oi").await;
    let group = app.group(&owner, number).await;
    let powers = app.store.viewer(powers.id).await.unwrap().admin().await.unwrap();
    app.store.grant_access(&powers, ana.id, number, Access::Write).await.unwrap();
    assert_eq!(listed(&agent, "groups").await, [group]);

    let chosen = [
        ("user", ana.id.to_string()),
        ("connection", number.to_string()),
        ("groups", "chosen".to_owned()),
    ];
    admin.post("/api/set_granted_groups").form(&chosen).await.assert_status_success();
    assert!(listed(&agent, "groups").await.is_empty());
    assert_eq!(listed(&agent, "all").await.len(), 1, "the chat with the customer stays");
    let id = group.to_string();
    for (name, field) in [("group", "chat"), ("group_members", "chat"), ("messages", "chat")] {
        let answer = agent.post(&format!("/api/{name}")).form(&[(field, &id)]).await;
        answer.assert_status(StatusCode::NOT_FOUND);
    }
    let page = agent.get(&format!("/atendente/inbox-pirata/chat/{group}")).await;
    page.assert_status(StatusCode::NOT_FOUND);

    let given =
        [("chat", id.clone()), ("restricted", "true".to_owned()), ("people[]", ana.id.to_string())];
    admin.post("/api/set_group_access").form(&given).await.assert_status_success();
    assert_eq!(listed(&agent, "groups").await, [group]);
    let history = admin.get("/admin/auditoria").await;
    for said in ["Só grupos escolhidos", "Só as pessoas marcadas", "Recebeu o grupo"] {
        history.assert_text_contains(said);
    }
    let page: GroupPage = admin.post("/api/group").form(&[("chat", &id)]).await.json();
    let access = page.access.unwrap();
    assert!(access.restricted && access.people.iter().any(|one| one.user == ana.id && one.given));
    let page: GroupPage = agent.post("/api/group").form(&[("chat", &id)]).await.json();
    assert!(page.access.is_none() && page.can_leave);
}

#[tokio::test]
async fn the_list_of_groups_has_nothing_else_and_a_page_of_it_is_made_without_scripts() {
    let app = App::new().await;
    let (browser, owner) = app.logged_in("dona", Role::Atendente).await;
    let number = app.own_connection(&owner).await;
    app.customer_writes(number, "oi").await;
    let group = app.group(&owner, number).await;
    let form = [("filter", "groups")];
    let page: InboxPage = browser.post("/api/inbox").form(&form).await.json();
    assert_eq!(page.chats.iter().map(|chat| chat.id).collect::<Vec<_>>(), [group]);
    let html = browser.get("/atendente/inbox-pirata?filtro=grupos").await.text();
    assert!(html.contains("Fornecedores"), "{html}");
    let viewer = app.store.viewer(owner.id).await.unwrap();
    let page = store::ChatsPage { connection: None, before: None, limit: 9 };
    assert_eq!(viewer.filtered_chats(page, ChatFilter::Groups).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_text_mentions_members_and_a_list_that_is_none_is_refused() {
    let app = App::new().await;
    let (browser, owner) = app.logged_in("dona", Role::Atendente).await;
    let number = app.own_connection(&owner).await;
    let group = app.group(&owner, number).await;
    let id = group.to_string();
    let members: Vec<Member> =
        browser.post("/api/group_members").form(&[("chat", &id)]).await.json();
    let [bia] = &members[..] else { panic!("{members:?}") };
    let text = format!("oi @{}", bia.name);
    let mentions = format!(r#"[{{"contact":{},"name":"{}"}}]"#, bia.contact.unwrap(), bia.name);
    let form = [("chat", &*id), ("text", &*text), ("mentions", &*mentions)];
    let sent: Message = browser.post("/api/send_text").form(&form).await.json();
    assert_eq!(sent.text, text);
    assert!(sent.rich.iter().any(|piece| piece.style == model::Style::Mention), "{sent:?}");
    let form = [("chat", &*id), ("text", &*text), ("mentions", "Bia")];
    let refused = browser.post("/api/send_text").form(&form).await;
    refused.assert_status(StatusCode::BAD_REQUEST);
}
