use store::*; use crate::support::*;
#[tokio::test] async fn adhoc() { on_both(|store| async move {
 let desk = Desk::open(&store).await;
 let t=std::time::Instant::now();
 let batch: Vec<_> = (0..10_000i64).map(|n| Inbound{ text: "x".repeat(200), push_name: Some(format!("Name {}", n%1000)), ..incoming(&Peer::pn(format!("55619812{:04}", n%1000)), &format!("n{n:06}"), n)}).collect();
 for b in batch.chunks(500) { store.ingest(desk.number).messages(b).await.unwrap(); }
 eprintln!("ingest 10k {:?}", t.elapsed());
 for v in [&desk.owner, &desk.admin] { for _ in 0..3 { let t=std::time::Instant::now();
 let c=v.chats(ChatsPage{connection:None,before:None,limit:1000}).await.unwrap();
 eprintln!("chats {} {:?}", c.len(), t.elapsed()); } }
 let c=desk.owner.chats(ChatsPage{connection:None,before:None,limit:1}).await.unwrap()[0].id;
 let t=std::time::Instant::now(); desk.owner.messages(c,None,50).await.unwrap(); eprintln!("messages {:?}", t.elapsed());
 let t=std::time::Instant::now(); for n in 0..50 { store.ingest(desk.number).messages(&[incoming(&Peer::pn("1"), &format!("z{n}"), n)]).await.unwrap(); } eprintln!("one by one, each {:?}", t.elapsed()/50);
 }).await }
