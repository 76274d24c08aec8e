//! The log of a whole working day at the finest level contains no secret.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::time::Duration;

use emulator::{Emulator, FaultKind, FaultRequest, MediaKind, NewMedia};
use sea_orm::{ConnectionTrait as _, Database, DatabaseBackend, Statement};
use serde_json::Value;
use totp_rs::Builder;

use crate::program::{Answer, Running, program_with};
use crate::qr::read_svg;
use crate::secrets::Secrets;

const TIMEOUT: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn a_day_at_the_finest_level_tells_no_secret() {
    a_day("text").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_at_the_finest_level_tells_no_secret_in_json() {
    a_day("json").await;
}

/// A person with a browser, and the secrets that must not be in the log.
struct Day {
    server: Running,
    cookies: BTreeMap<String, String>,
    secrets: Secrets,
}

impl Day {
    fn cookie(&self) -> String {
        let pairs = self.cookies.iter().map(|(name, value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join("; ")
    }

    /// Keeps the cookies of a response. Every long cookie is a secret.
    fn keep(&mut self, answer: &Answer, after: &str) {
        for line in answer.head.lines() {
            let Some((header, cookie)) = line.split_once(": ") else { continue };
            let pair = cookie.split(';').next().and_then(|pair| pair.split_once('='));
            let Some((name, value)) = pair.filter(|_| header.eq_ignore_ascii_case("set-cookie"))
            else {
                continue;
            };
            if value.len() >= 16 {
                self.secrets.add(&format!("{name} after {after}"), value);
            }
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }

    /// Loads a page as the browser does.
    fn page(&mut self, path: &str) {
        let page = self.server.get(path, &[("cookie", &self.cookie())]);
        assert!(page.status < 400, "{path}: {}", page.status);
        self.keep(&page, "a page");
    }

    /// Sends a form, and keeps the cookies that come back.
    fn post(&mut self, function: &str, form: &[(&str, &str)]) -> Answer {
        let form: Vec<_> = form
            .iter()
            .map(|(name, value)| {
                let all = percent_encoding::NON_ALPHANUMERIC;
                format!("{name}={}", percent_encoding::utf8_percent_encode(value, all))
            })
            .collect();
        let answer = self.server.post(
            &format!("/api/{function}"),
            &[("cookie", &self.cookie()), ("accept", "application/json")],
            &form.join("&"),
        );
        self.keep(&answer, function);
        answer
    }

    fn done(&mut self, function: &str, form: &[(&str, &str)]) -> Answer {
        let answer = self.post(function, form);
        assert!(answer.status < 400, "{function}: {} {}", answer.status, answer.body);
        answer
    }

    fn ask(&mut self, function: &str, form: &[(&str, &str)]) -> Value {
        let answer = self.done(function, form);
        json(&answer)
    }

    fn log_in(&mut self, email: &str, password: &str) {
        self.cookies.remove("inbox_session");
        let form = [("email", email), ("password", password), ("remember", "true"), ("next", "")];
        self.done("login", &form);
    }

    /// Waits for an event of the live stream, from its beginning on.
    fn event<T>(&self, wanted: impl Fn(&Value) -> Option<T>) -> T {
        let mut socket = TcpStream::connect(&self.server.address).unwrap();
        socket.set_read_timeout(Some(TIMEOUT)).unwrap();
        let (host, cookie) = (&self.server.address, self.cookie());
        write!(socket, "GET /live?after=0 HTTP/1.1\r\nhost: {host}\r\ncookie: {cookie}\r\n\r\n")
            .unwrap();
        for line in BufReader::new(socket).lines() {
            let line = line.expect("the event comes");
            let Some(data) = line.strip_prefix("data: ") else { continue };
            let event: Value = serde_json::from_str(data).unwrap();
            if let Some(found) = wanted(&event["event"]) {
                return found;
            }
        }
        panic!("the stream ended");
    }

    fn state<T>(&self, number: &str, wanted: impl Fn(&Value) -> Option<T>) -> T {
        self.event(|event| {
            let connection = &event["connection"]["connection"];
            let id = connection["id"].as_i64().map(|id| id.to_string());
            (id.as_deref() == Some(number)).then(|| wanted(&connection["state"]))?
        })
    }

    fn connected(&self, number: &str) {
        self.state(number, |state| (state == "connected").then_some(()));
    }

    /// Waits for a message of this text, and returns its chat. After a change of rights the stream
    /// says that everything has to be loaded again, and has only what comes after that.
    fn message(&self, text: &str) -> String {
        self.event(|event| {
            if event == "resync" {
                return self.listed(text);
            }
            let message = &event["message"];
            (message["message"]["text"] == text).then(|| message["chat"]["id"].to_string())
        })
    }

    /// Returns the chat whose last message has this text.
    fn listed(&self, text: &str) -> Option<String> {
        let headers = [("cookie", &*self.cookie()), ("accept", "application/json")];
        let chats = json(&self.server.post("/api/chats", &headers, ""));
        let found = chats.as_array()?.iter().find(|chat| chat["preview"]["text"] == text)?;
        Some(found["id"].to_string())
    }
}

/// Returns the JSON of a response, whose chunks have their lengths between them.
fn json(answer: &Answer) -> Value {
    let json = answer.body.lines().find(|line| line.starts_with(['[', '{', '"', 'n']));
    serde_json::from_str(json.unwrap_or_default()).expect("JSON")
}

/// The code of a secret, now or `steps` steps from now.
fn code(secret: &str, steps: u64) -> String {
    let secret = totp_rs::Secret::try_from_base32(secret).unwrap();
    let now = u64::try_from(chrono::Utc::now().timestamp()).unwrap();
    Builder::new().with_secret(secret).build().unwrap().generate(now + steps * 30).to_string()
}

async fn a_day(format: &str) {
    let whatsapp = Emulator::start(emulator::Config::default()).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (data, log) = (folder.path().join("data"), folder.path().join("log"));
    let mut program = program_with(&data, &whatsapp.ws_url());
    program.env("RUST_LOG", "trace").args(["--log-format", format]);
    let server = Running::start_logging(&mut program, File::create(&log).unwrap());
    let mut day = Day { server, cookies: BTreeMap::new(), secrets: Secrets::default() };

    begin(&mut day);
    let shop = link_numbers(&mut day, &whatsapp).await;
    write_messages(&mut day, &whatsapp, &shop).await;
    let tried = "uma senha errada demais";
    day.secrets.add("a password that was tried", tried);
    let form = [("email", "ana@loja.example"), ("password", tried), ("remember", "false")];
    assert_eq!(day.post("login", &[&form[..], &[("next", "")]].concat()).status, 401);
    invite_and_reset(&mut day);
    second_factor(&mut day);
    day.done("logout", &[]);
    what_is_stored(&mut day, &data).await;

    let Day { server, secrets, .. } = day;
    server.kill();
    let (lines, found) = secrets.look_in(BufReader::new(File::open(&log).unwrap()));
    assert!(found.is_empty(), "{} of {lines} lines:\n{}", found.len(), found.join("\n"));
    let says = |part: &str| {
        let lines = BufReader::new(File::open(&log).unwrap()).lines();
        lines.map_while(Result::ok).any(|line| line.contains(part))
    };
    // The log is of that day, and contains the warning that had a token.
    for entry in ["message received", "message sent", "QR shown", "file not fetched", "Failed to"] {
        assert!(says(entry), "{entry}");
    }
    for never in ["auth=", "token=", "direct_path", "<iq"] {
        assert!(!says(never), "{never}");
    }
}

/// The first administrator sets up the installation, leaves and logs in.
fn begin(day: &mut Day) {
    let password = "a primeira senha 1";
    day.secrets.add("the first password", password);
    let link = day.server.prints();
    let code = link.split("?codigo=").nth(1).expect("a code").trim().to_owned();
    day.secrets.add("the code of the first administrator", &code);
    day.page(&format!("/configurar?codigo={code}"));
    let person = [("name", "Ana"), ("email", "ana@loja.example"), ("password", password)];
    day.done("create_first_admin", &[&person[..], &[("code", code.as_str())]].concat());
    day.done("logout", &[]);
    day.log_in("ana@loja.example", password);
    let changed = "a segunda senha 2";
    day.secrets.add("the second password", changed);
    day.done("change_password", &[("old", password), ("password", changed)]);
    day.log_in("ana@loja.example", changed);
}

/// Links one number by QR, which returns its phone, and one by code.
async fn link_numbers(day: &mut Day, whatsapp: &Emulator) -> String {
    day.done("connect", &[]);
    let number = day.ask("status", &[])[0]["id"].to_string();
    let svg =
        day.state(&number, |state| state["awaiting_scan"]["qr"]["svg"].as_str().map(str::to_owned));
    let qr = read_svg(&svg);
    day.secrets
        .add("QR as a picture", svg.rsplit(" d=\"").next().unwrap().split('"').next().unwrap());
    for (nth, part) in qr.split(',').enumerate() {
        // The last part is the kind of the client, a number that is in many lines.
        if part.len() > 8 {
            day.secrets.add(&format!("QR, part {nth}"), part);
        }
    }
    let shop = whatsapp.scan_qr(&qr).await.unwrap().phone;
    day.connected(&number);

    let added = day.done("add_number", &[("label", "Balcão"), ("color", "blue"), ("phone", "")]);
    let place = added.header("location").unwrap().to_owned();
    let second = place.split("numero=").nth(1).unwrap().to_owned();
    let phone = whatsapp.new_phone(None, None).await.unwrap().number;
    let typed = format!("+{phone}");
    day.done("connect_with_code", &[("phone", &typed), ("connection", &second)]);
    let code = day
        .state(&second, |state| state["awaiting_code"]["code"]["code"].as_str().map(str::to_owned));
    day.secrets.add("pairing code", &code);
    day.secrets.add("pairing code with its dash", format!("{}-{}", &code[..4], &code[4..]));
    whatsapp.enter_pair_code(&phone, &code).await.unwrap();
    day.connected(&second);
    shop
}

/// Sends texts and files in both directions, one of them a file that WhatsApp does not serve.
async fn write_messages(day: &mut Day, whatsapp: &Emulator, shop: &str) {
    let customer = whatsapp.new_phone(None, None).await.unwrap().number;
    let asks = "tem no tamanho médio?";
    day.secrets.add("a customer's text", asks);
    whatsapp.send_text(&customer, shop, asks).await.unwrap();
    let chat = day.message(asks);

    let answers = "temos sim, em três cores";
    day.secrets.add("an agent's text", answers);
    day.done("save_draft", &[("chat", &chat), ("text", "temos sim, em tr"), ("at", "1")]);
    day.secrets.add("a draft", "temos sim, em tr");
    day.done("send_text", &[("chat", &chat), ("text", answers)]);
    let came = |messages: &[emulator::PhoneMessage]| {
        messages.iter().any(|one| one.text.as_deref() == Some(answers))
    };
    whatsapp.until(&customer, shop, TIMEOUT, came).await.unwrap();

    let edited = "temos sim, em quatro cores";
    day.secrets.add("an edited text", edited);
    let messages = day.ask("messages", &[("chat", &chat)]);
    let answer = messages.as_array().unwrap().iter().find(|message| message["text"] == answers);
    let answer = answer.unwrap()["id"].to_string();
    day.done("edit_message", &[("chat", &chat), ("message", &answer), ("text", edited)]);
    let came = |messages: &[emulator::PhoneMessage]| {
        messages.iter().any(|one| one.text.as_deref() == Some(edited))
    };
    whatsapp.until(&customer, shop, TIMEOUT, came).await.unwrap();

    let own = "escrevi do telefone mesmo";
    day.secrets.add("a text from the own phone", own);
    whatsapp.send_text(shop, &customer, own).await.unwrap();
    day.message(own);

    let content =
        |seed: u8| (0..4096).map(|at| seed.wrapping_add((at * 7 % 251) as u8)).collect::<Vec<_>>();
    let caption = "olha esta foto aqui";
    let picture = NewMedia {
        caption: Some(caption.into()),
        ..NewMedia::new(MediaKind::Image, "image/jpeg", content(1))
    };
    let voice = NewMedia::new(MediaKind::Voice, "audio/ogg; codecs=opus", content(2));
    day.secrets.add("a caption", caption);
    day.secrets.add("a picture", &picture.bytes[100..132]);
    day.secrets.add("a voice", &voice.bytes[100..132]);
    whatsapp.send_media(&customer, shop, picture.clone()).await.unwrap();
    whatsapp.send_media(&customer, shop, voice.clone()).await.unwrap();
    whatsapp.send_media(shop, &customer, voice).await.unwrap();
    day.message(caption);

    send_file(day, whatsapp, (&customer, shop), &chat).await;

    let name = "contrato-sigiloso.pdf";
    let missing = NewMedia {
        caption: Some("segue o contrato".into()),
        file_name: Some(name.into()),
        ..NewMedia::new(MediaKind::Document, "application/pdf", content(3))
    };
    day.secrets.add("a file's name", name);
    let fault = FaultRequest { count: Some(4), ..FaultRequest::new(FaultKind::Media503) };
    whatsapp.fault(fault.on(&customer)).await.unwrap();
    whatsapp.send_media(&customer, shop, missing).await.unwrap();
    day.event(|event| {
        let message = &event["message"]["message"];
        let state = &message["media"]["state"]["awaited"];
        (message["text"] == "segue o contrato" && state["tries"] == 1).then_some(())
    });
    day.page(&format!("/atendente/inbox-pirata/chat/{chat}"));
}

/// Sends a file from a browser, and waits until the customer has it.
async fn send_file(day: &mut Day, whatsapp: &Emulator, (customer, shop): (&str, &str), chat: &str) {
    let (name, caption) = ("tabela-de-precos.txt", "segue a tabela combinada");
    let content = "desconto combinado: nove por cento";
    day.secrets.add("the name of a sent file", name);
    day.secrets.add("its caption", caption);
    day.secrets.add("its content", content);
    let chat: i64 = chat.parse().unwrap();
    let file = serde_json::json!({
        "chat": chat, "kind": "document", "mime": "text/plain", "size": content.len(),
        "name": name, "caption": caption,
    });
    let cookie = day.cookie();
    let headers = [("cookie", cookie.as_str()), ("content-type", "application/json")];
    let begun = json(&day.server.send("POST", "/envios", &headers, &file.to_string()));
    let part = "application/offset+octet-stream";
    let headers = [("cookie", cookie.as_str()), ("content-type", part), ("upload-offset", "0")];
    let path = format!("/envios/{}", begun["message"]);
    assert_eq!(day.server.send("PATCH", &path, &headers, content).status, 204);
    let came = |messages: &[emulator::PhoneMessage]| {
        messages.iter().any(|one| one.text.as_deref() == Some(caption))
    };
    whatsapp.until(customer, shop, TIMEOUT, came).await.unwrap();
}

/// Invites a user, who logs in and gets a link for another password.
fn invite_and_reset(day: &mut Day) {
    let admin = day.cookies.clone();
    let form = [("name", "Bia"), ("email", "bia@loja.example"), ("role", "atendente")];
    day.done("invite", &form);
    for (nth, password) in ["a senha da bia 3", "outra senha da bia 4"].into_iter().enumerate() {
        let page = day.ask("users", &[]);
        let address = page["link"]["address"].as_str().unwrap();
        let token = address.rsplit('/').next().unwrap().to_owned();
        day.secrets.add(&format!("link {nth}"), &token);
        day.secrets.add(&format!("password of link {nth}"), password);
        let bia = page["accounts"].as_array().unwrap().iter();
        let bia = bia.map(|account| &account["user"]).find(|user| user["name"] == "Bia");
        let bia = bia.unwrap()["id"].to_string();
        day.cookies.clear();
        day.page(&format!("/convite/{token}"));
        day.done("use_link", &[("token", &token), ("password", password)]);
        day.cookies = admin.clone();
        day.done("make_link", &[("user", &bia)]);
    }
}

/// Turns the second factor on, and uses its codes and a recovery code.
fn second_factor(day: &mut Day) {
    let password = ("password", "a segunda senha 2");
    day.done("begin_second_factor", &[password]);
    let page = day.ask("second_factor", &[]);
    let secret = page["enrolling"]["secret"].as_str().unwrap().to_owned();
    day.secrets.add("secret of the second factor", &secret);
    let first = code(&secret, 0);
    day.secrets.add("first code", &first);
    day.done("confirm_second_factor", &[("code", &first), password]);
    let page = day.ask("second_factor", &[]);
    let codes: Vec<String> = serde_json::from_value(page["codes"]["codes"].clone()).unwrap();
    for (nth, code) in codes.iter().enumerate() {
        day.secrets.add(&format!("recovery code {nth}"), code);
    }
    day.done("logout", &[]);
    day.log_in("ana@loja.example", "a segunda senha 2");
    let second = code(&secret, 1);
    day.secrets.add("second code", &second);
    day.done("finish_login", &[("code", &second)]);
    day.done("logout", &[]);
    day.log_in("ana@loja.example", "a segunda senha 2");
    day.done("finish_login", &[("code", &codes[0])]);
}

/// Adds the keys in the data folder.
async fn what_is_stored(day: &mut Day, data: &Path) {
    let key = std::fs::read_to_string(data.join("secret.key")).unwrap();
    for (nth, key) in key.split_whitespace().filter(|word| word.len() >= 32).enumerate() {
        day.secrets.add(&format!("secret key {nth}"), key);
    }
    let ask = async |file: &Path, what: &str| {
        let database = Database::connect(format!("sqlite://{}", file.display())).await.unwrap();
        let ask = Statement::from_string(DatabaseBackend::Sqlite, what);
        database.query_all_raw(ask).await.unwrap()
    };
    let files = ask(&data.join("inbox.db"), "SELECT direct_path, media_key FROM media").await;
    assert!(files.len() >= 4, "{}", files.len());
    for (nth, row) in files.iter().enumerate() {
        for column in ["direct_path", "media_key"] {
            let value: String = row.try_get("", column).unwrap();
            if column == "media_key" {
                let key = hex::decode(&value).unwrap();
                day.secrets.add(&format!("{column} of file {nth} as it is"), key);
            }
            day.secrets.add(&format!("{column} of file {nth}"), value);
        }
    }
    let sessions: Vec<_> = std::fs::read_dir(data.join("sessions")).unwrap().flatten().collect();
    assert_eq!(sessions.len(), 2);
    for (nth, session) in sessions.iter().enumerate() {
        let file = session.path().join("session.db");
        let keys = "SELECT noise_key, identity_key, signed_pre_key, adv_secret_key FROM device";
        for row in ask(&file, keys).await {
            for column in ["noise_key", "identity_key", "signed_pre_key", "adv_secret_key"] {
                let key: Vec<u8> = row.try_get("", column).unwrap();
                day.secrets.add(&format!("{column} of session {nth}"), key);
            }
        }
    }
}
