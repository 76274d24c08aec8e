//! The people who may see and answer groups.

use model::{
    Access, AuditAction, AuditEntry, ChatFilter, ChatId, GroupAccess, GroupsGranted, Role, UserId,
};
use store::{ChatsPage, Error, Inbound, Store, Viewer};

use crate::support::{Desk, history, incoming, on_both, user, wa};

const ALL: ChatsPage = ChatsPage { connection: None, before: None, limit: 100 };

/// A number with a group, and an agent who may write.
struct Scene {
    store: Store,
    desk: Desk,
    agent: Viewer,
    group: ChatId,
}

impl Scene {
    async fn set(store: Store) -> Self {
        let desk = Desk::open(&store).await;
        let agent = user(&store, "agent", Role::Atendente).await;
        let access = Access::WriteAndManage;
        store
            .grant_access(&desk.proof().await, agent.user().id, desk.number, access)
            .await
            .unwrap();
        let person = fixtures::customer();
        let said = Inbound {
            group: Some("120363@g.us".to_owned()),
            sender: Some(person.clone()),
            ..incoming(&person, "group", 0)
        };
        let single = incoming(&person, "single", 1);
        store.ingest(desk.number).messages(&[said, single]).await.unwrap();
        let groups = desk.owner.filtered_chats(ALL, ChatFilter::Groups).await.unwrap();
        let [group] = &groups[..] else { panic!("{groups:#?}") };
        let group = group.id;
        Self { store, desk, agent, group }
    }

    /// Gives the group to these people only, or to all.
    async fn give(&self, restricted: bool, people: &[UserId]) {
        let grant = self.desk.owner.grant_manage(self.desk.number).await.unwrap();
        let access = GroupAccess { restricted, people: people.to_vec() };
        self.store.set_group_access(&grant, self.group, &access).await.unwrap();
    }

    async fn grant(&self, groups: GroupsGranted) {
        let (admin, agent) = (self.desk.proof().await, self.agent.user().id);
        self.store.set_granted_groups(&admin, agent, self.desk.number, groups).await.unwrap();
    }

    /// Returns true if a person sees the group, in each way in which they could.
    async fn sees(&self, viewer: &Viewer) -> bool {
        let listed = viewer.chats(ALL).await.unwrap().iter().any(|chat| chat.id == self.group);
        let filtered = viewer.filtered_chats(ALL, ChatFilter::Groups).await.unwrap();
        assert_eq!(filtered.iter().any(|chat| chat.id == self.group), listed);
        assert_eq!(viewer.chat(self.group).await.is_ok(), listed);
        assert_eq!(viewer.readable(&[self.group]).await.unwrap().contains(&self.group), listed);
        assert_eq!(viewer.group(self.group).await.is_ok(), listed);
        assert_eq!(viewer.messages(self.group, None, 1).await.is_ok(), listed);
        let unread = viewer.unread().await.unwrap();
        assert_eq!(unread, [(self.desk.number, if listed { 2 } else { 1 })]);
        let grant = viewer.grant_write(self.desk.number).await.unwrap();
        let id = wa(&format!("by-{}", viewer.user().id));
        let sent = self.store.enqueue_text(&grant, self.group, id, "oi", None).await;
        match sent {
            Ok(_) => assert!(listed),
            Err(error) => assert!(!listed && matches!(error, Error::NotFound), "{error}"),
        }
        listed
    }
}

#[tokio::test]
async fn a_group_is_seen_by_those_whose_grant_includes_it() {
    on_both(|store| async move {
        let scene = Scene::set(store).await;
        let agent = scene.agent.user().id;
        for (groups, restricted, given, sees) in [
            (GroupsGranted::All, false, false, true),
            (GroupsGranted::All, false, true, true),
            (GroupsGranted::All, true, false, false),
            (GroupsGranted::All, true, true, true),
            (GroupsGranted::Chosen, false, false, false),
            (GroupsGranted::Chosen, false, true, true),
            (GroupsGranted::Chosen, true, false, false),
            (GroupsGranted::Chosen, true, true, true),
        ] {
            scene.grant(groups).await;
            let people = Vec::from_iter(given.then_some(agent));
            scene.give(restricted, &people).await;
            let case = format!("{groups:?}, restricted {restricted}, given {given}");
            assert_eq!(scene.sees(&scene.agent).await, sees, "{case}");
            assert!(scene.sees(&scene.desk.owner).await, "{case}");
            assert!(scene.sees(&scene.desk.admin).await, "{case}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_private_group_is_the_owners_alone_whoever_it_was_given_to() {
    on_both(|store| async move {
        let scene = Scene::set(store).await;
        scene.give(true, &[scene.agent.user().id]).await;
        scene.desk.owner.set_chat_private(scene.group, true).await.unwrap();
        assert!(scene.sees(&scene.desk.owner).await);
        assert!(!scene.sees(&scene.agent).await);
        assert!(!scene.sees(&scene.desk.admin).await);
    })
    .await;
}

#[tokio::test]
async fn who_decides_is_in_the_audit_trail_and_gives_nothing_to_strangers() {
    on_both(|store| async move {
        let scene = Scene::set(store).await;
        let agent = scene.agent.user().id;
        let stranger = user(&scene.store, "stranger", Role::Atendente).await.user().id;
        let grant = scene.agent.grant_manage(scene.desk.number).await.unwrap();
        let access = GroupAccess { restricted: true, people: vec![stranger] };
        let given = scene.store.set_group_access(&grant, scene.group, &access).await;
        assert!(matches!(given, Err(Error::NotFound)), "{given:?}");
        scene.give(true, &[agent]).await;
        scene.give(true, &[agent]).await;
        let page = scene.store.group_access(&grant, scene.group).await.unwrap();
        assert!(page.restricted);
        let [person] = &page.people[..] else { panic!("{page:#?}") };
        assert_eq!((person.user, person.given), (agent, true));
        let admin = scene.desk.proof().await;
        scene.give(true, &[]).await;
        let mut changes = history(&scene.store, &admin).await;
        changes.retain(|entry| entry.action == AuditAction::GroupAccessChanged);
        let said = |key: &str| {
            let is_said = |entry: &&AuditEntry| entry.detail.contains_key(key);
            let said = changes.iter().filter(is_said);
            said.map(|entry| (entry.subject, entry.detail[key].clone())).collect::<Vec<_>>()
        };
        assert_eq!(said("restricted"), [(None, "true".to_owned())]);
        let given = ["false", "true"].map(|given| (Some(agent), given.to_owned()));
        assert_eq!(said("given"), given, "the newest first, and nothing for the second time");
        assert_eq!(changes.len(), 3);
        scene.give(true, &[agent]).await;

        // What was given goes with the grant.
        scene.store.revoke_access(&admin, agent, scene.desk.number).await.unwrap();
        let access = Access::WriteAndManage;
        scene.store.grant_access(&admin, agent, scene.desk.number, access).await.unwrap();
        assert!(!scene.sees(&scene.agent).await);
    })
    .await;
}

#[tokio::test]
async fn who_is_deactivated_keeps_a_group_that_is_given_to_others_meanwhile() {
    on_both(|store| async move {
        let scene = Scene::set(store).await;
        let (admin, agent) = (scene.desk.proof().await, scene.agent.user().id);
        scene.grant(GroupsGranted::Chosen).await;
        scene.give(false, &[agent]).await;
        scene.store.accounts().set_active(&admin, agent, false).await.unwrap();
        // The page of the group does not have them; one that was open before still does.
        for people in [Vec::new(), vec![agent]] {
            scene.give(true, &people).await;
        }
        scene.store.accounts().set_active(&admin, agent, true).await.unwrap();
        assert!(scene.sees(&scene.agent).await);
    })
    .await;
}
