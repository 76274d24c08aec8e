//! The program with a data folder, and requests to it.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

pub(crate) const PASSWORD: &str = "uma senha comprida";

/// Timeout of a start, on a loaded machine.
const TIMEOUT: Duration = Duration::from_secs(60);

/// The program, without inherited variables of its own.
pub(crate) fn program(data: &Path) -> Command {
    program_at(built(), data)
}

/// The same for a program at another path.
pub(crate) fn program_at(program: &Path, data: &Path) -> Command {
    // Nothing listens at this address: the tests do not need WhatsApp.
    command(program, data, "ws://127.0.0.1:9/ws/chat")
}

/// The program that was built for these tests.
pub(crate) fn built() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_inbox-pirata"))
}

/// The same with a WhatsApp address.
#[cfg(feature = "emulator")]
pub(crate) fn program_with(data: &Path, ws_url: &str) -> Command {
    command(built(), data, ws_url)
}

fn command(program: &Path, data: &Path, ws_url: &str) -> Command {
    let mut program = Command::new(program);
    let outside = std::env::vars_os().map(|(name, _)| name);
    for name in outside.filter(|name| {
        let name = name.to_string_lossy();
        name.starts_with("INBOX_") || name.starts_with("WHATSAPP_") || name == "DATABASE_URL"
    }) {
        program.env_remove(name);
    }
    program.env_remove("RUST_LOG").arg("--data-dir").arg(data);
    program.args(["--whatsapp-ws-url", ws_url]);
    program
}

/// Waits for a run that ends by itself. Returns success and all its output.
pub(crate) fn finish(command: &mut Command) -> (bool, String) {
    finish_with(command, "")
}

pub(crate) fn finish_with(command: &mut Command, input: &str) -> (bool, String) {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("it starts");
    // A program that refuses its arguments does not read its input.
    let _ = child.stdin.take().expect("stdin").write_all(input.as_bytes());
    let output = child.wait_with_output().expect("it ends");
    let [out, err] =
        [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    (output.status.success(), out + &err)
}

/// A running server. Dropping it kills it.
pub(crate) struct Running {
    child: Child,
    /// `host:port`.
    pub(crate) address: String,
    log: mpsc::Receiver<String>,
    /// The lines that it prints after its address.
    output: mpsc::Receiver<String>,
}

impl Running {
    /// Starts it on a free port.
    pub(crate) fn start(program: &mut Command) -> Self {
        Self::start_at(program, "127.0.0.1:0")
    }

    /// Starts it at an address.
    pub(crate) fn start_at(program: &mut Command, address: &str) -> Self {
        Self::start_with(program, address, Stdio::piped())
    }

    /// Starts it on a free port, with its log in a file.
    pub(crate) fn start_logging(program: &mut Command, log: File) -> Self {
        Self::start_with(program, "127.0.0.1:0", log.into())
    }

    fn start_with(program: &mut Command, address: &str, stderr: Stdio) -> Self {
        program.args(["--listen", address]);
        let mut child = program.stdout(Stdio::piped()).stderr(stderr).spawn().expect("it starts");
        let (lines, log) = mpsc::channel();
        let errors = child.stderr.take();
        std::thread::spawn(move || {
            let Some(errors) = errors.map(BufReader::new) else { return };
            for line in errors.lines().map_while(Result::ok) {
                // The receiver is gone once the test is over.
                let _ = lines.send(line);
            }
        });
        let mut address = String::new();
        let mut output = BufReader::new(child.stdout.take().expect("stdout"));
        while !address.contains("http://") {
            address.clear();
            if output.read_line(&mut address).expect("its output") == 0 {
                child.wait().expect("it ends");
                panic!("it does not start: {}", log.iter().collect::<Vec<_>>().join("\n"));
            }
        }
        assert!(address.starts_with("Pronto: http://"), "{address:?}");
        let address = address.split("http://").nth(1).expect("an address").trim().to_owned();
        let (lines, rest) = mpsc::channel();
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                let _ = lines.send(line);
            }
        });
        Self { child, address, log, output: rest }
    }

    pub(crate) fn pid(&self) -> i32 {
        i32::try_from(self.child.id()).expect("a pid")
    }

    /// The next line that it prints.
    pub(crate) fn prints(&self) -> String {
        self.output.recv_timeout(TIMEOUT).expect("a line")
    }

    /// All its output, once it has ended.
    pub(crate) fn printed(&self) -> Vec<String> {
        self.output.iter().collect()
    }

    /// `kill -9`.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("it is killed");
        self.child.wait().expect("it is gone");
    }

    /// Returns true while the process runs.
    pub(crate) fn is_running(&mut self) -> bool {
        self.child.try_wait().expect("it can be asked").is_none()
    }

    /// The resident memory of the process, in bytes.
    #[cfg(target_os = "linux")]
    pub(crate) fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.expect("it runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a line");
        let kilobytes: u64 = line.trim().trim_end_matches(" kB").parse().expect("a number");
        kilobytes * 1024
    }

    /// Waits until the process ends by itself.
    pub(crate) fn wait(&mut self) -> bool {
        self.child.wait().expect("it ends").success()
    }

    /// Waits for a line of the log.
    pub(crate) fn logs(&self, part: &str) -> String {
        loop {
            let line = self.log.recv_timeout(TIMEOUT).unwrap_or_else(|_| panic!("no {part:?}"));
            if line.contains(part) {
                return line;
            }
        }
    }

    /// The lines that were logged by now.
    pub(crate) fn logged(&self) -> Vec<String> {
        self.log.try_iter().collect()
    }

    /// Sends a request and returns status, head and body.
    pub(crate) fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let mut head = format!("{method} {path} HTTP/1.1\r\nconnection: close\r\n");
        if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
            head += &format!("host: {}\r\n", self.address);
        }
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        head += &format!("content-length: {}\r\n\r\n{body}", body.len());
        let mut socket = TcpStream::connect(&self.address).expect("it listens");
        socket.write_all(head.as_bytes()).expect("a request");
        let mut text = Vec::new();
        socket.read_to_end(&mut text).expect("an answer");
        let text = String::from_utf8_lossy(&text).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").expect("a head");
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).expect("a status");
        Answer { status, head: head.to_owned(), body: body.to_owned() }
    }

    pub(crate) fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send("GET", path, headers, "")
    }

    /// Sends a form as a browser does, with these additional headers.
    pub(crate) fn post(&self, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut all = vec![("content-type", "application/x-www-form-urlencoded")];
        all.extend(headers);
        self.send("POST", path, &all, body)
    }

    /// Logs in, as a script of the page does unless another `accept` is given.
    pub(crate) fn log_in(&self, email: &str, password: &str, headers: &[(&str, &str)]) -> Answer {
        let body =
            format!("email={email}&password={}&remember=false&next=", password.replace(' ', "+"));
        self.post("/api/login", headers, &body)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then_some(value)
        })
    }

    /// Name and value of a cookie that it sets.
    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        let cookies = self.head.lines().filter_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case("set-cookie").then_some(value)
        });
        cookies
            .filter_map(|cookie| cookie.split(';').next())
            .find(|cookie| cookie.starts_with(name))
    }
}

/// Adds an administrator from the command line.
pub(crate) fn add_admin(data: &Path, email: &str) {
    let mut command = program(data);
    command.args(["user", "add", "--email", email, "--name", "Ana", "--role", "admin"]);
    let (added, output) = finish_with(command.arg("--password-stdin"), &format!("{PASSWORD}\n"));
    assert!(added, "{output}");
}
