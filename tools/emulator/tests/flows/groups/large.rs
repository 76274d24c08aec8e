//! A group as large as WhatsApp allows.

use emulator::{MembersChange, NewGroup, PhoneMessage};

use crate::client::{TIMEOUT, TestClient, emulator};

/// Members beside the owner.
const OTHERS: usize = 1_024;

#[tokio::test(flavor = "multi_thread")]
async fn a_client_and_a_thousand_phones_chat() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let mut others = Vec::with_capacity(OTHERS);
    for _ in 0..OTHERS {
        others.push(emulator.new_phone(None, None).await.unwrap().number);
    }
    let new = NewGroup::new(&me.phone, "Todos", others.iter().map(String::as_str));
    let group = emulator.make_group(new).await.unwrap();
    assert_eq!(group.members.len(), OTHERS + 1);
    let one_more = vec![emulator.new_phone(None, None).await.unwrap().number];
    let add = MembersChange { add: one_more, ..MembersChange::default() };
    assert!(emulator.change_members(&group.jid, &add).await.is_err(), "the group is full");

    for (count, text) in ["um", "dois"].into_iter().enumerate() {
        client.send(&group.jid, text).await;
        let there = |chat: &[PhoneMessage]| chat.len() == count + 1;
        for phone in &others {
            let chat = emulator.until(phone, &group.jid, TIMEOUT, there).await.unwrap();
            assert_eq!(chat[count].text.as_deref(), Some(text));
            assert_eq!(chat[count].copies, 1);
        }
    }
    let (first, last) = (&others[0], &others[OTHERS - 1]);
    emulator.send_text(first, &group.jid, "três").await.unwrap();
    assert_eq!(client.texts(1).await, ["três"]);
    let there = |chat: &[PhoneMessage]| chat.len() == 3;
    let chat = emulator.until(last, &group.jid, TIMEOUT, there).await.unwrap();
    assert_eq!((chat[2].text.as_deref(), &chat[2].from), (Some("três"), first));
}
