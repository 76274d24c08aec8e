//! Use cases of administrators and of the owners of numbers, without a server.

mod support;

use fixtures::number;
use model::{Access, LinkKind, NumberColor, Role};
use service::{Error, access, links, numbers, users};
use support::Office;

#[tokio::test]
async fn a_person_is_invited_and_given_a_number() {
    let office = Office::new().await;
    let services = &office.services;
    let boss = office.user("Boss", Role::Admin).await;
    let boss = office.viewer(&boss).await;
    let loja = boss.add_connection(number("Loja")).await.unwrap();

    let invited = links::invite(services, &boss, "Ana", "ana@loja.example", Role::Atendente).await;
    let (token, link) = invited.unwrap();
    assert_eq!((link.user.name.as_str(), link.kind), ("Ana", LinkKind::Invitation));
    let ana = links::spend(services, token.expose(), fixtures::PASSWORD, None).await.unwrap();
    assert!(links::find(services, token.expose()).await.is_err(), "it works once");

    let none = access::set(services, &boss, ana.id, Vec::new(), None).await;
    assert!(matches!(none, Err(Error::NoNumbers)));
    let read = Some(Access::Read);
    access::set(services, &boss, ana.id, vec![loja], read).await.unwrap();
    let page = access::person(services, &boss, ana.id, " loj").await.unwrap();
    assert_eq!((page.user.id, page.numbers.len(), page.more), (ana.id, 1, false));
    assert!(page.numbers[0].grant.is_some() && page.numbers[0].owner == "Boss");
    assert!(access::person(services, &boss, ana.id, "outra").await.unwrap().numbers.is_empty());

    let ana = office.viewer(&ana).await;
    assert_eq!(numbers::all(services, &ana).await.unwrap().len(), 1);
    let refused = users::overview(services, &ana).await;
    assert!(matches!(refused, Err(Error::Store(store::Error::Forbidden))));
}

#[tokio::test]
async fn a_number_is_removed_by_its_name() {
    let office = Office::new().await;
    let services = &office.services;
    let ana = office.user("Ana", Role::Atendente).await;
    let ana = office.viewer(&ana).await;
    let label = "Loja".to_owned();
    let loja = numbers::add(services, &ana, label, NumberColor::Green, None, None).await.unwrap();
    let page = numbers::page(services, &ana, loja).await.unwrap();
    assert!(page.removal.is_some() && page.access.is_none());

    let other = numbers::remove(services, &ana, loja, "Outra").await;
    assert!(matches!(other, Err(Error::WrongConfirmation)));
    numbers::remove(services, &ana, loja, " Loja ").await.unwrap();
    let gone = numbers::page(services, &ana, loja).await;
    assert!(matches!(gone, Err(Error::Store(store::Error::NotFound))));
    services.pool.shutdown().await;
}
