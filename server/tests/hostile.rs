//! The server answers every request, and every error is the client's mistake.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderName, HeaderValue, Method, Request};
use hostile::{bytes, text, values, word};
use model::{Change, Role};
use percent_encoding::{NON_ALPHANUMERIC, percent_encode};
use proptest::collection::vec;
use proptest::prelude::*;
use support::{App, PASSWORD, cookie_of};

/// The fields of forms, and one that no form has.
const FIELDS: &[&str] = &[
    "access",
    "active",
    "at",
    "before",
    "before_at",
    "chat",
    "choice",
    "choice[behind]",
    "choice[from]",
    "choice[user]",
    "code",
    "color",
    "connection",
    "connections[]",
    "connections[0]",
    "connections[99999999]",
    "email",
    "emoji",
    "enter",
    "id",
    "label",
    "link",
    "locale",
    "message",
    "name",
    "next",
    "nobody[has][this]",
    "number",
    "old",
    "operation",
    "owner",
    "page",
    "password",
    "phone",
    "private",
    "remember",
    "reply_to",
    "required",
    "role",
    "search",
    "session",
    "text",
    "theme",
    "token",
    "user",
    "wa_id",
];

/// Values that are valid in some fields.
const RIGHT: &[&str] = &[
    "1",
    "2",
    "3",
    "true",
    "false",
    "admin",
    "atendente",
    "read",
    "write",
    "blue",
    "dark",
    "en",
    "ana@loja.example",
    PASSWORD,
    "5561998124471",
    "+55 61 99812-4471",
    "3EB0C431C26A1916E07A00",
    "👍",
    "/atendente/inbox-pirata",
    "",
];

const TYPES: &[&str] = &[
    "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded; charset=utf-16",
    "application/json",
    "application/octet-stream",
    "multipart/form-data; boundary=x",
    "multipart/form-data",
    "text/plain",
    "",
];

fn encoded(text: &[u8]) -> String {
    percent_encode(text, NON_ALPHANUMERIC).to_string()
}

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        proptest::sample::select(RIGHT).prop_map(|right| encoded(right.as_bytes())),
        word().prop_map(|word| encoded(word.as_bytes())),
        text().prop_map(|text| encoded(text.as_bytes())),
        bytes(12).prop_map(|bytes| encoded(&bytes)),
        "[ -~]{0,12}",
    ]
}

fn form() -> impl Strategy<Value = Vec<u8>> {
    let field =
        prop_oneof![9 => proptest::sample::select(FIELDS).prop_map(str::to_owned), 1 => word()];
    vec((field, value()), 0..8).prop_map(|pairs| {
        let pairs = pairs.into_iter().map(|(name, value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join("&").into_bytes()
    })
}

fn json() -> impl Strategy<Value = Vec<u8>> {
    let field = proptest::sample::select(FIELDS);
    let value = prop_oneof![
        text().prop_map(|text| format!("{text:?}")),
        word(),
        Just("[[[[[]]]]]".to_owned()),
        Just("{}".to_owned()),
    ];
    vec((field, value), 0..6).prop_map(|pairs| {
        let pairs = pairs.into_iter().map(|(name, value)| format!("\"{name}\":{value}"));
        format!("{{{}}}", pairs.collect::<Vec<_>>().join(",")).into_bytes()
    })
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![6 => form().boxed(), 1 => json().boxed(), 1 => bytes(300).boxed()]
}

/// Headers that the server reads, with bad values.
fn headers() -> impl Strategy<Value = Vec<(HeaderName, HeaderValue)>> {
    let names = &[
        "accept",
        "accept-language",
        "authorization",
        "content-length",
        "cookie",
        "forwarded",
        "host",
        "if-modified-since",
        "if-none-match",
        "if-range",
        "last-event-id",
        "origin",
        "range",
        "referer",
        "sec-fetch-site",
        "transfer-encoding",
        "user-agent",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-proto",
        "x-request-id",
    ];
    let right = &[
        "bytes=0-",
        "bytes=2-1",
        "bytes=-0",
        "bytes=0-0,1-1,2-2",
        "bytes=99999999999999999999-",
        "bytes=-18446744073709551616",
        "127.0.0.1",
        "::1",
        "[::1]:1, 1.2.3.4:5",
        "unknown",
        "null",
        "http://localhost",
        "https://a.b:99999",
        "localhost",
        "a:b:c",
        "text/html",
        "application/json",
        "pt-BR;q=NaN,en;q=-1",
        "inbox_session=AAAAAAAAAAAAAAAAAAAAAA",
        "inbox_session=; theme=x",
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "\"x\"",
        "*",
        "-1",
        "9223372036854775808",
        "0",
    ];
    let value = prop_oneof![
        proptest::sample::select(&right[..]).prop_map(|right| right.as_bytes().to_vec()),
        bytes(40),
        text().prop_map(String::into_bytes),
    ];
    vec((proptest::sample::select(&names[..]), value), 0..5).prop_map(|pairs| {
        let pairs = pairs.into_iter().filter_map(|(name, value)| {
            Some((HeaderName::from_static(name), HeaderValue::from_bytes(&value).ok()?))
        });
        pairs.collect()
    })
}

/// Addresses of pages, files and streams.
fn path() -> impl Strategy<Value = String> {
    let places = &[
        "/",
        "/entrar",
        "/entrar/codigo",
        "/convite/",
        "/configurar",
        "/atendente/inbox-pirata",
        "/atendente/inbox-pirata/chat/",
        "/atendente/inbox-pirata/emojis",
        "/atendente/inbox-pirata/anexar",
        "/atendente/inbox-pirata/anexos",
        "/nova-conversa",
        "/atendente/inbox-pirata/audio",
        "/atendente/inbox-pirata/figurinhas",
        "/atendente/inbox-pirata/chamadas",
        "/atendente/inbox-pirata/previas",
        "/atendente/inbox-pirata/enquete",
        "/enquete/",
        "/numeros/novo",
        "/numeros/",
        "/perfil",
        "/perfil/duas-etapas",
        "/admin/conexoes",
        "/admin/auditoria",
        "/admin/auditoria.csv",
        "/admin/atendentes",
        "/admin/atendentes/",
        "/midia/",
        "/midia/1/previa",
        "/midia/2",
        "/mensagem/",
        "/live",
        "/pkg/",
        "/healthz",
        "/readyz",
        "/metrics",
        "/api/me",
        "/nao/existe/",
    ];
    let names = &[
        "next", "numero", "busca", "salvo", "feito", "after", "user", "antes", "de", "ate", "fuso",
        "acao", "quem", "pagina", "conexao", "pessoa", "__path", "__err", "before", "ip",
    ];
    let query = vec((proptest::sample::select(&names[..]), value()), 0..4);
    (proptest::sample::select(&places[..]), value(), query).prop_map(|(place, rest, query)| {
        let rest = if place.ends_with('/') { rest } else { String::new() };
        let query = query.into_iter().map(|(name, value)| format!("{name}={value}"));
        let query = query.collect::<Vec<_>>().join("&");
        format!("{place}{rest}{}{query}", if query.is_empty() { "" } else { "?" })
    })
}

/// A server with a number, a customer's text and file, an own text with a failed change, an agent
/// and an administrator.
struct Scene {
    app: App,
    /// The cookies of nobody, of the agent and of the administrator.
    cookies: [String; 3],
}

impl Scene {
    async fn set() -> Self {
        // A link in a text would be followed into the internet.
        let app = App::with_flags(&["--link-previews", "off"]).await;
        let admin = app.user("adm", Role::Admin).await;
        let agent = app.user("ana", Role::Atendente).await;
        let number = app.own_connection(&agent).await;
        app.customer_writes(number, "oi").await;
        app.customer_sends_file(number, "image/jpeg", b"foto").await;
        let chat = app.chat_of(&agent).await;
        let own = app.user_writes(&agent, chat, "bom dia").await;
        let edit = Change::Edit { text: "boa tarde".to_owned() };
        app.refused_change(&agent, chat, own, edit).await;
        let mut cookies = [String::new(), String::new(), String::new()];
        for (user, cookie) in [&agent, &admin].into_iter().zip(&mut cookies[1..]) {
            *cookie = cookie_of(&app, user).await;
        }
        Self { app, cookies }
    }

    /// Returns true if everybody who was logged in still is.
    async fn is_intact(&self) -> bool {
        for cookie in &self.cookies[1..] {
            let ask = Request::post("/api/me").header("cookie", cookie).body(Body::empty());
            if self.app.send(ask.unwrap()).await.status() != 200 {
                return false;
            }
        }
        true
    }
}

/// Sends the request, and reads a response to its end.
async fn answer(app: &App, request: Request<Body>) -> u16 {
    let response = app.send(request).await;
    let status = response.status().as_u16();
    let is_stream =
        response.headers().get("content-type").is_some_and(|kind| kind == "text/event-stream");
    if !is_stream {
        to_bytes(response.into_body(), usize::MAX).await.expect("a whole answer");
    }
    status
}

#[tokio::test]
async fn any_body_of_any_server_function_is_answered() {
    let mut scene = Scene::set().await;
    let functions: Vec<_> =
        leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path).collect();
    assert!(functions.len() > 40, "{functions:?}");
    let cases = (
        proptest::sample::select(functions),
        body(),
        proptest::sample::select(TYPES),
        0_usize..3,
        any::<bool>(),
        prop_oneof![4 => Just(Vec::new()).boxed(), 1 => headers().boxed()],
    );
    for (function, body, kind, who, html, headers) in values(256, cases) {
        let described = format!("{function} {kind:?} {who} {:?}", String::from_utf8_lossy(&body));
        let mut request = Request::post(function).body(Body::from(body)).unwrap();
        let accept = if html { "text/html" } else { "application/json" };
        request.headers_mut().insert("accept", HeaderValue::from_static(accept));
        request.headers_mut().insert("content-type", HeaderValue::from_static(kind));
        let cookie = HeaderValue::from_str(&scene.cookies[who]).unwrap();
        request.headers_mut().insert("cookie", cookie);
        request.headers_mut().extend(headers);
        let status = answer(&scene.app, request).await;
        assert!(status < 500, "{status}: {described}");
        // The request was a logout, a change of password, or the deactivation of a user.
        if who > 0 && !scene.is_intact().await {
            scene = Scene::set().await;
        }
    }
}

#[tokio::test]
async fn any_description_of_a_file_is_answered() {
    let scene = Scene::set().await;
    let kinds = vec!["image", "video", "audio", "voice", "document", "sticker"];
    let number = || prop_oneof![Just(1), 0..100_000_u64, any::<u64>()];
    let encoded = |shape: &'static str| prop_oneof![4 => shape, 1 => text()];
    let cases = (
        proptest::sample::select(kinds),
        [text(), text(), text()],
        (encoded("([0-9a-f]{2}){0,70}"), encoded("([A-Za-z0-9+/]{4}){0,100}")),
        [number(), number(), number(), number(), number()],
        0_usize..3,
    );
    for (kind, texts, (waveform, preview), numbers, who) in values(256, cases) {
        let [name, mime, caption] = texts;
        let [chat, size, width, height, seconds] = numbers;
        let description = serde_json::json!({
            "chat": chat, "kind": kind, "name": name, "mime": mime, "size": size,
            "caption": caption, "width": width, "height": height, "seconds": seconds,
            "waveform": waveform, "preview": preview,
        });
        let mut request =
            Request::post("/envios").body(Body::from(description.to_string())).unwrap();
        let cookie = HeaderValue::from_str(&scene.cookies[who]).unwrap();
        request.headers_mut().insert("cookie", cookie);
        let status = answer(&scene.app, request).await;
        // There is no room for the largest files here.
        assert!(status < 500 || status == 507, "{status}: {who} {description}");
    }
}

#[tokio::test]
async fn any_address_with_any_headers_is_answered() {
    let scene = Scene::set().await;
    let methods =
        vec![Method::GET, Method::GET, Method::GET, Method::HEAD, Method::POST, Method::OPTIONS];
    let cases = (proptest::sample::select(methods), path(), headers(), 0_usize..3);
    for (method, path, headers, who) in values(256, cases) {
        // The HTTP library refuses invalid addresses before the server sees them.
        let Ok(mut request) = Request::builder().method(&method).uri(&path).body(Body::empty())
        else {
            continue;
        };
        let cookie = HeaderValue::from_str(&scene.cookies[who]).unwrap();
        request.headers_mut().insert("cookie", cookie);
        request.headers_mut().extend(headers.clone());
        let status = answer(&scene.app, request).await;
        assert!(status < 500, "{status}: {method} {path} {headers:?}");
    }
}

proptest! {
    #![proptest_config(hostile::cases(256))]

    #[test]
    fn any_flag_is_read_or_refused(
        flag in proptest::sample::select(&[
            "--listen", "--data-dir", "--database-url", "--public-url", "--trusted-proxy", "--login-max",
            "--login-idle", "--queue-for", "--disk-reserve", "--log-format", "--whatsapp-ws-url",
            "--whatsapp-version", "--metrics-listen", "--metrics-token",
        ][..]),
        value in prop_oneof![
            text().boxed(),
            word().boxed(),
            "(https?|wss?|postgres|sqlite)://[a-z@:\\[\\]/?#%.0-9]{0,30}".boxed(),
            "[0-9]{0,25} ?(d|h|m|s|days|GiB|MiB|%)?".boxed(),
            "[0-9a-f.:\\[\\]]{1,30}(/[0-9]{1,4})?(:[0-9]{1,6})?".boxed(),
        ],
    ) {
        let args = ["inbox-pirata".to_owned(), format!("{flag}={value}")];
        if let Ok(cli) = server::config::parse(args.into_iter().map(Into::into)) {
            let _ = cli.config.database_url();
        }
    }
}
