//! Memory, page size and descriptors under hostile load.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::{
    harness::{HttpClient, TestCluster, metrics::MESSAGES_IN, wait},
    progress::Progress,
};

use super::{
    figure::{Figure, ms},
    report::Section,
};

const INBOX: &str = "/atendente/inbox-pirata";

/// Texts of one customer, and the bytes of each: 15 times as long as apps allow.
const TEXTS: usize = 20;
const TEXT_BYTES: usize = 1_000_000;
/// Live streams of one user that are not read. A user may have 64.
const STREAMS: usize = 60;
/// Texts that arrive meanwhile, each as long as apps allow.
const UNREAD_TEXTS: usize = 200;
const UNREAD_BYTES: usize = 65_000;
/// Logins with long addresses, and the bytes of each address.
const LOGINS: usize = 200;
const ADDRESS_BYTES: usize = 900_000;
/// Logins whose client closes the connection at once. Each would hash a password (19 MiB).
const ABANDONED: usize = 400;
/// Connections that send half a request.
const SLOW: usize = 2_000;
const RUNS: usize = 3;

/// The server's memory is read this long after the load.
const SETTLE: Duration = Duration::from_secs(5);

/// kB.
const PAGE_PROMISE: f64 = 1_000.0;
/// MiB.
const GROWTH_PROMISE: f64 = 64.0;
/// ms.
const RESPONSE_PROMISE: f64 = 1_000.0;

pub(super) fn measure(mut cluster: TestCluster<'_>, progress: &Progress) -> Result<Section> {
    cluster.grow_to(1)?;
    let mut figures = long_texts(&cluster)?;
    progress.note("long texts are measured");
    figures.extend(unread_streams(&cluster)?);
    progress.note("unread streams are measured");
    figures.extend(logins(&cluster)?);
    progress.note("logins are measured");
    figures.extend(slow_connections(&cluster)?);
    Ok(Section {
        title: "Hostile load",
        how: format!(
            "One number, in this order: a customer sends {TEXTS} texts of {TEXT_BYTES} bytes; \
             {STREAMS} live streams of one user are not read while {UNREAD_TEXTS} texts of \
             {UNREAD_BYTES} bytes arrive; {LOGINS} logins have addresses of {ADDRESS_BYTES} bytes; \
             {ABANDONED} logins are abandoned by their clients; {SLOW} connections send half a \
             request. Growth is that of the server's resident memory, {} s after the load unless \
             it says \"during\".",
            SETTLE.as_secs()
        ),
        figures,
    })
}

fn long_texts(cluster: &TestCluster<'_>) -> Result<Vec<Figure>> {
    let before = settled_memory(cluster)?;
    let customer = cluster.whatsapp().new_phone("Cliente Prolixa")?;
    send_texts(cluster, &customer, TEXTS, TEXT_BYTES)?;
    let client = &cluster.first()?.client;
    let chats = client.call("chats", &[])?;
    let chat = chats[0]["id"].as_i64().context("no chat is listed")?;
    let page = client.page(&format!("{INBOX}/chat/{chat}"))?;
    let growth = settled_memory(cluster)? - before;
    Ok(vec![
        Figure::new("page with the long texts, uncompressed", "kB", vec![page as f64 / 1000.0])
            .at_most(PAGE_PROMISE),
        Figure::new("growth by the long texts", "MiB", vec![growth]).at_most(GROWTH_PROMISE),
    ])
}

fn unread_streams(cluster: &TestCluster<'_>) -> Result<Vec<Figure>> {
    let before = settled_memory(cluster)?;
    let (name, value) = cluster.first()?.client.cookie();
    let host = host(cluster);
    let request =
        format!("GET /live?after=0 HTTP/1.1\r\nhost: {host}\r\ncookie: {name}={value}\r\n\r\n");
    let streams: Vec<_> =
        (0..STREAMS).map(|_| send_raw(host, request.as_bytes())).collect::<Result<_>>()?;
    let customer = cluster.whatsapp().new_phone("Cliente Insistente")?;
    send_texts(cluster, &customer, UNREAD_TEXTS, UNREAD_BYTES)?;
    let during = cluster.process().rss()? - before;
    drop(streams);
    Ok(vec![
        Figure::new("growth during unread streams", "MiB", vec![during]).at_most(GROWTH_PROMISE),
    ])
}

fn logins(cluster: &TestCluster<'_>) -> Result<Vec<Figure>> {
    let host = host(cluster);
    let before = settled_memory(cluster)?;
    for nth in 0..LOGINS {
        let mut connection = send_raw(host, &login(host, nth, ADDRESS_BYTES))?;
        // The server may close the connection before it has read the whole request.
        let _ = connection.read_to_end(&mut Vec::new());
    }
    let growth = settled_memory(cluster)? - before;

    let before = settled_memory(cluster)?;
    let mut most = before;
    for nth in 0..ABANDONED {
        drop(send_raw(host, &login(host, nth, 20))?);
        most = most.max(cluster.process().rss()?);
    }
    let start = Instant::now();
    HttpClient::anonymous(cluster.site()).page("/entrar")?;
    let page = ms(start.elapsed());
    Ok(vec![
        Figure::new("growth by logins with long addresses", "MiB", vec![growth])
            .at_most(GROWTH_PROMISE),
        Figure::new("growth during abandoned logins", "MiB", vec![most - before]),
        Figure::new("login page right after them", "ms", vec![page]).at_most(RESPONSE_PROMISE),
    ])
}

fn slow_connections(cluster: &TestCluster<'_>) -> Result<Vec<Figure>> {
    let host = host(cluster);
    let (memory, descriptors) = (settled_memory(cluster)?, cluster.process().descriptors()?);
    raise_descriptor_limit()?;
    let half = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nx-slow: ";
    let slow: Vec<_> = (0..SLOW).map(|_| send_raw(host, half)).collect::<Result<_>>()?;
    let (mut health, mut pages) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let start = Instant::now();
        HttpClient::anonymous(cluster.site()).page("/healthz")?;
        health.push(ms(start.elapsed()));
        let start = Instant::now();
        cluster.first()?.client.new_connection().page(INBOX)?;
        pages.push(ms(start.elapsed()));
    }
    let growth = cluster.process().rss()? - memory;
    let opened = cluster.process().descriptors()? - descriptors;
    drop(slow);
    Ok(vec![
        Figure::new("/healthz during slow connections", "ms", health).at_most(RESPONSE_PROMISE),
        Figure::new("inbox during slow connections", "ms", pages).at_most(RESPONSE_PROMISE),
        Figure::new("growth during slow connections", "MiB", vec![growth]).at_most(GROWTH_PROMISE),
        Figure::new("descriptors during slow connections", "", vec![opened]),
    ])
}

/// A shell allows 1,024 descriptors, of which this process needs more than the server.
fn raise_descriptor_limit() -> Result<()> {
    let allowed = getrlimit(Resource::Nofile);
    let room = allowed.maximum.is_none_or(|most| most > SLOW as u64 + 100);
    ensure!(room, "this machine allows too few descriptors for {SLOW} connections");
    Ok(setrlimit(Resource::Nofile, Rlimit { current: allowed.maximum, ..allowed })?)
}

/// The customer sends texts of this length; returns when all are stored.
fn send_texts(cluster: &TestCluster<'_>, from: &str, count: usize, bytes: usize) -> Result<()> {
    let metrics = cluster.metrics();
    let wanted = metrics.read()?.value(MESSAGES_IN) + count as f64;
    let to = &cluster.first()?.phone;
    for nth in 0..count {
        let mut text = format!("{nth} ");
        text.push_str(&"bom dia ".repeat(bytes / 8));
        cluster.whatsapp().send(from, to, &text)?;
    }
    wait::until("the texts to be stored", || {
        Ok((metrics.read()?.value(MESSAGES_IN) >= wanted).then_some(()))
    })
}

/// A request for a login of nobody. Each comes from an address of its own, since those of one address
/// are throttled before a password is hashed.
fn login(host: &str, nth: usize, address_bytes: usize) -> Vec<u8> {
    let body = format!("email={}{nth}%40mal.example&password=x", "a".repeat(address_bytes));
    let head = format!(
        "POST /api/login HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\
         x-forwarded-for: 10.0.{}.{}\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n",
        nth / 250,
        nth % 250 + 1,
        body.len()
    );
    (head + &body).into_bytes()
}

/// Opens a connection and sends these bytes.
fn send_raw(host: &str, bytes: &[u8]) -> Result<TcpStream> {
    let mut connection = TcpStream::connect(host)?;
    connection.set_read_timeout(Some(Duration::from_secs(30)))?;
    // The server may close the connection before it has read the whole request.
    let _ = connection.write_all(bytes);
    Ok(connection)
}

fn host<'a>(cluster: &'a TestCluster<'_>) -> &'a str {
    cluster.site().trim_start_matches("http://")
}

fn settled_memory(cluster: &TestCluster<'_>) -> Result<f64> {
    wait::pause(SETTLE)?;
    let memory = cluster.process().rss()?;
    ensure!(memory > 0.0, "the server is gone");
    Ok(memory)
}
