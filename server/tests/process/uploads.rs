//! Files that browsers send over real connections, which are cut, to a server that is killed.

use std::io::{ErrorKind, Write as _};
use std::net::{Shutdown, TcpStream};
use std::path::Path;

use model::ChatId;
use serde_json::{Value, json};
use store::{ChatsPage, Store};

use crate::program::{PASSWORD, Running, program};

const ANA: &str = "ana@loja.example";
const PART: &str = "application/offset+octet-stream";
const CONTENT: &str = "half of it, and the rest";

/// Fills a data folder with a user who has a conversation.
fn conversation(data: &Path) -> ChatId {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let url = format!("sqlite://{}", data.join("inbox.db").display());
        let store = Store::open(&url).await.unwrap();
        let ana = store.operator().create(fixtures::new_user("Ana")).await.unwrap();
        let viewer = store.viewer(ana.id).await.unwrap();
        let number = viewer.own_connection().await.unwrap();
        let question = fixtures::text("3EB0C431C26A1916E07A01", "Tem no tamanho M?");
        store.ingest(number).messages(&[question]).await.unwrap();
        let page = ChatsPage { connection: None, before: None, limit: 1 };
        viewer.chats(page).await.unwrap()[0].id
    })
}

/// A server, and the browser of Ana.
struct Scene {
    server: Running,
    cookie: String,
}

impl Scene {
    fn start(data: &Path) -> Self {
        let server = Running::start(&mut program(data));
        let cookie = server.log_in(ANA, PASSWORD, &[]).cookie("inbox_session").unwrap().to_owned();
        Self { server, cookie }
    }

    fn begin(&self, chat: ChatId) -> String {
        let size = CONTENT.len();
        let file = json!({ "chat": chat, "kind": "document", "mime": "text/plain", "size": size });
        let headers = [("cookie", self.cookie.as_str()), ("content-type", "application/json")];
        let begun = self.server.send("POST", "/envios", &headers, &file.to_string());
        assert_eq!(begun.status, 201, "{}", begun.body);
        let begun: Value = serde_json::from_str(&begun.body).unwrap();
        begun["message"].to_string()
    }

    fn offset(&self, message: &str) -> usize {
        let cookie = [("cookie", self.cookie.as_str())];
        let answer = self.server.send("HEAD", &format!("/envios/{message}"), &cookie, "");
        assert_eq!(answer.status, 200, "{}", answer.head);
        answer.header("upload-offset").unwrap().parse().unwrap()
    }

    /// Sends the rest of the file. The server may not have noticed yet that the connection before was
    /// cut.
    fn send_from(&self, message: &str, offset: usize) {
        let position = offset.to_string();
        let headers = [
            ("cookie", self.cookie.as_str()),
            ("content-type", PART),
            ("upload-offset", position.as_str()),
        ];
        loop {
            let path = format!("/envios/{message}");
            let answer = self.server.send("PATCH", &path, &headers, &CONTENT[offset..]);
            if answer.status != 423 {
                assert_eq!(answer.status, 204, "{}", answer.body);
                return;
            }
        }
    }

    /// A request that says that it brings the rest of the file, and brings the bytes up to `end`.
    fn half(&self, message: &str, offset: usize, end: usize) -> TcpStream {
        let mut socket = TcpStream::connect(&self.server.address).unwrap();
        let (host, cookie, left) = (&self.server.address, &self.cookie, CONTENT.len() - offset);
        let head = format!(
            "PATCH /envios/{message} HTTP/1.1\r\nhost: {host}\r\ncookie: {cookie}\r\n\
             content-type: {PART}\r\nupload-offset: {offset}\r\ncontent-length: {left}\r\n\r\n"
        );
        socket.write_all(head.as_bytes()).unwrap();
        socket.write_all(&CONTENT.as_bytes()[offset..end]).unwrap();
        socket
    }

    /// Waits until so many bytes are on the disk.
    fn until(&self, message: &str, offset: usize) {
        while self.offset(message) != offset {
            std::thread::yield_now();
        }
    }
}

#[test]
fn a_file_survives_a_cut_connection_and_a_killed_server() {
    let folder = tempfile::tempdir().unwrap();
    let chat = conversation(folder.path());
    let scene = Scene::start(folder.path());
    let message = scene.begin(chat);
    let socket = scene.half(&message, 0, 4);
    scene.until(&message, 4);
    socket.shutdown(Shutdown::Both).unwrap();
    drop(socket);

    // The next request stands in the middle of its body when the server dies.
    let second = loop {
        let socket = scene.half(&message, 4, 11);
        if is_taken(&scene, &message, 11, &socket) {
            break socket;
        }
    };
    scene.server.kill();
    drop(second);

    let scene = Scene::start(folder.path());
    assert_eq!(scene.offset(&message), 11);
    scene.send_from(&message, 11);
    let stored = scene.server.get(&format!("/midia/{message}"), &[("cookie", &scene.cookie)]);
    assert_eq!((stored.status, stored.body.as_str()), (200, CONTENT));
}

/// Waits until so many bytes are on the disk; false if the server answered before, because it had not
/// noticed yet that the connection before was cut.
fn is_taken(scene: &Scene, message: &str, offset: usize, socket: &TcpStream) -> bool {
    socket.set_nonblocking(true).unwrap();
    loop {
        if scene.offset(message) == offset {
            return true;
        }
        match socket.peek(&mut [0]) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            // An answer, or the end of the connection.
            _ => return false,
        }
    }
}
