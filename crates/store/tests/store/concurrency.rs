//! Concurrent requests and writes.

use std::collections::BTreeSet;

use model::Role;
use store::{ChatsPage, Peer};

use crate::support::{incoming, on_both, user};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_ingest_neither_fails_nor_disorders_events() {
    on_both(|store| async move {
        let mut announced = store.hub().subscribe();
        let owner = user(&store, "owner", Role::Atendente).await;
        let number = owner.own_connection().await.unwrap();
        let writers: Vec<_> = (0..8)
            .map(|writer| {
                let store = store.clone();
                tokio::spawn(async move {
                    let peer = Peer::pn(format!("1415555{writer:04}"));
                    for n in 0..10 {
                        let message = incoming(&peer, &format!("w{writer}n{n}"), n);
                        store.ingest(number).messages(&[message]).await.unwrap();
                        store.ping().await.unwrap();
                    }
                })
            })
            .collect();
        for writer in writers {
            writer.await.unwrap();
        }
        let mut last = 0;
        for _ in 0..80 {
            let seq = announced.recv().await.unwrap().seq;
            assert!(seq > last, "{seq} after {last}");
            last = seq;
        }
        assert_eq!(owner.last_seq().await.unwrap(), last);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_chat_is_started_once() {
    on_both(|store| async move {
        let owner = user(&store, "owner", Role::Atendente).await;
        let number = owner.own_connection().await.unwrap();
        let (lid, pn) = ("100000000000001@lid", "5561998124471@s.whatsapp.net");
        let found = Peer { lid: Some(lid.to_owned()), pn: Some(pn.to_owned()), other: None };
        let clicks: Vec<_> = (0..8)
            .map(|click| {
                let (store, owner, found) = (store.clone(), owner.clone(), found.clone());
                tokio::spawn(async move {
                    store.ingest(number).address_book(&[(found, None)]).await.unwrap();
                    let grant = owner.grant_write(number).await.unwrap();
                    let address = if click % 2 == 0 { lid } else { pn };
                    store.start_chat(&grant, address).await.unwrap()
                })
            })
            .collect();
        let mut chats = BTreeSet::new();
        for click in clicks {
            chats.insert(click.await.unwrap());
        }
        assert_eq!(chats.len(), 1);
        let listed = ChatsPage { connection: None, before: None, limit: 100 };
        assert_eq!(owner.chats(listed).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ones_own_number_is_made_once() {
    on_both(|store| async move {
        let owner = user(&store, "owner", Role::Atendente).await;
        let clicks: Vec<_> = (0..8)
            .map(|_| {
                let owner = owner.clone();
                tokio::spawn(async move { owner.own_connection().await.unwrap() })
            })
            .collect();
        let mut numbers = BTreeSet::new();
        for click in clicks {
            numbers.insert(click.await.unwrap());
        }
        assert_eq!(numbers.len(), 1);
        let row = owner.connections().await.unwrap().remove(0);
        assert_eq!((&*row.label, row.can_write, row.can_manage), ("WhatsApp", true, true));
    })
    .await;
}

/// A request that is dropped midway writes everything or nothing.
#[tokio::test]
async fn a_caller_that_goes_away_blocks_nobody() {
    on_both(|store| async move {
        let owner = user(&store, "owner", Role::Atendente).await;
        let number = owner.own_connection().await.unwrap();
        for n in 0..20 {
            let (ingest, peer) = (store.ingest(number), Peer::pn("1"));
            let batch = [incoming(&peer, &format!("n{n}"), n)];
            let mut work = Box::pin(ingest.messages(&batch));
            // The future is polled a few times, then dropped at some await point.
            for _ in 0..n {
                if poll_once(&mut work).await {
                    break;
                }
            }
        }
        let peer = Peer::pn("2");
        let stored = store.ingest(number).messages(&[incoming(&peer, "last", 99)]).await.unwrap();
        assert_eq!(stored.stored, 1);
    })
    .await;
}

/// Polls a future until it next has to wait; returns true if it is complete.
async fn poll_once<T>(work: &mut std::pin::Pin<Box<impl Future<Output = T>>>) -> bool {
    let done = std::future::poll_fn(|context| {
        std::task::Poll::Ready(work.as_mut().poll(context).is_ready())
    })
    .await;
    tokio::task::yield_now().await;
    done
}
