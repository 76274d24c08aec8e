//! Flags and environment. `--help` prints the doc comments of this file.
//!
//! An impossible value is refused before anything is opened: by itself in [`values`],
//! [`database_url`], [`media_url`] and [`public_url`], beside the others in [`conflicts`]. [`command_line`] adds
//! the flag and the variable that it came from.

mod command_line;
mod conflicts;
mod database_url;
mod limits;
mod live_timing;
mod media_url;
mod public_url;
mod values;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use app::IpNet;
use bytesize::ByteSize;
use clap::{Args, Parser, Subcommand, ValueEnum};
use gateway::BucketAddress;
use model::Role;
use store::SecretKeys;

pub use command_line::{Refused, parse};
pub use limits::Limits;
pub use live_timing::LiveTiming;

/// The SQLite file in the data folder.
pub const DATABASE: &str = "inbox.db";
/// The folder of media files, in the data folder and in a backup.
pub const MEDIA: &str = "media";

/// Caixa de entrada de WhatsApp para equipes, no seu servidor.
#[derive(Debug, Parser)]
#[command(name = "inbox-pirata", version, about, args_conflicts_with_subcommands = false)]
pub struct Cli {
    #[command(flatten)]
    pub config: Config,
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// The commands other than serving.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Manage users from this machine, for automation and lock-outs.
    #[command(subcommand)]
    User(UserCommand),
    /// Put database, WhatsApp sessions and media into one file, while the server runs. Logins are
    /// not in it, nor media in the bucket of --media-url. Anybody who can read the file can act as
    /// the numbers: keep it private.
    Backup(BackupArgs),
    /// Make an installation out of a backup, media included, in an empty data folder (and an empty
    /// PostgreSQL database, if --database-url names one; media go to the bucket of --media-url).
    Restore(RestoreArgs),
    /// Manage the key that secrets in the database are encrypted under, while no server runs.
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Test the proxy in front of the running server: send requests through the public address and
    /// print what arrives wrong, with the line of nginx or Caddy that fixes it. Ends with 1 if
    /// something is wrong.
    Check(CheckArgs),
}

/// The arguments of `check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// The address that people open. Default: --public-url.
    #[arg(long, value_parser = public_url::parse)]
    pub url: Option<String>,
    /// Silence of the event stream during the test, to see whether the proxy keeps it open.
    #[arg(long, value_parser = values::pause, default_value = "20s")]
    pub silence: Duration,
    /// Accept a certificate of no public authority.
    #[arg(long)]
    pub own_certificate: bool,
}

/// The arguments of `backup`.
#[derive(Debug, Args)]
pub struct BackupArgs {
    /// The backup file. It is never overwritten.
    pub file: PathBuf,
    /// Protect the backup, or open it, with a passphrase read from the first line of standard
    /// input.
    #[arg(long)]
    pub passphrase_stdin: bool,
}

/// The arguments of `restore`.
#[derive(Debug, Args)]
pub struct RestoreArgs {
    #[command(flatten)]
    pub archive: BackupArgs,
    /// Accept a backup that has more than 100 times its size when it is unpacked, or more than two
    /// million files. Only for files of your own.
    #[arg(long)]
    pub any_size: bool,
}

#[derive(Debug, Clone, Copy, Subcommand)]
pub enum KeysCommand {
    /// Encrypt every secret under a new key, which replaces the one in use.
    Rotate,
    /// When the key is lost for good: delete the secrets that no key can read any more. People who
    /// had a second factor turn it on again.
    Discard,
}

#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Add a user; the password is read from standard input.
    Add {
        #[arg(long)]
        email: String,
        #[arg(long)]
        name: String,
        #[arg(long, value_parser = parse_role)]
        role: Role,
        /// Read the password from the first line of standard input. (It has no flag of its own,
        /// because command lines are visible to everybody on the machine.)
        #[arg(long, required = true)]
        password_stdin: bool,
    },
    /// List users.
    List,
    /// Set a new password, read from standard input, and end the user's sessions.
    ResetPassword {
        #[arg(long)]
        email: String,
        /// Read the password from the first line of standard input.
        #[arg(long, required = true)]
        password_stdin: bool,
    },
    /// Remove a user's second factor, when phone and recovery codes are lost.
    ResetTotp {
        #[arg(long)]
        email: String,
    },
}

fn parse_role(text: &str) -> Result<Role, &'static str> {
    text.parse().map_err(|_| "a role is admin or atendente")
}

/// The configuration of the server.
#[derive(Debug, Clone, Args)]
pub struct Config {
    /// Address and port to listen on. Port 0 takes any free port.
    #[arg(long, global = true, env = "INBOX_LISTEN", value_parser = values::listen, default_value = "127.0.0.1:3000")]
    pub listen: SocketAddr,

    /// Folder for the database, the WhatsApp sessions and media. Back it up; keep it private.
    #[arg(long, global = true, env = "INBOX_DATA_DIR", value_parser = values::folder, default_value = "data")]
    pub data_dir: PathBuf,

    /// Space on the data folder's disk that is never used up: with less free (256MiB, 2GiB),
    /// numbers pause and messages to them wait at WhatsApp.
    #[arg(long, global = true, env = "INBOX_DISK_RESERVE", value_parser = values::reserve, default_value = "256MiB")]
    pub disk_reserve: ByteSize,

    /// Space beyond --disk-reserve, below which no file of a message is downloaded: messages keep
    /// coming, and the oldest received files of the number and person with the most are removed to
    /// make room.
    #[arg(long, global = true, env = "INBOX_MEDIA_RESERVE", value_parser = values::size, default_value = "256MiB")]
    pub media_reserve: ByteSize,

    /// Limit of the received files of one number (20GiB): beyond it, the oldest files of the person
    /// with the most are removed. 0: no limit.
    #[arg(long, global = true, env = "INBOX_MEDIA_QUOTA", value_parser = values::size, default_value = "0")]
    pub media_quota: ByteSize,

    /// Limit of the received files of one person in one number (2GiB): beyond it, their oldest are
    /// removed. 0: no limit.
    #[arg(long, global = true, env = "INBOX_MEDIA_QUOTA_SENDER", value_parser = values::size, default_value = "0")]
    pub media_quota_sender: ByteSize,

    /// Bucket of an S3-compatible server for the files of messages, instead of the data folder:
    /// s3://bucket/prefix?endpoint=https://s3.example.com&region=us-east-1. Without an endpoint it is
    /// AWS's own. The credentials come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. An http://
    /// endpoint on another machine needs &allow_http=true.
    #[arg(long, global = true, env = "INBOX_MEDIA_URL", hide_env_values = true, value_parser = media_url::parse)]
    pub media_url: Option<BucketAddress>,

    /// Time that a message waits for its number to be connected (24h, 30m) before it is marked as
    /// not sent, with a button to try again.
    #[arg(long, global = true, env = "INBOX_QUEUE_FOR", value_parser = values::waiting, default_value = "24h")]
    pub queue_for: Duration,

    /// Previews of links in texts that are written here. The server asks the page of the link, so its
    /// owner learns the address of the server. off: no page is asked, and texts have no previews.
    #[arg(long, global = true, env = "INBOX_LINK_PREVIEWS", value_enum, default_value_t = Switch::On)]
    pub link_previews: Switch,

    /// PostgreSQL instead of the SQLite file in the data folder:
    /// postgres://user:password@host/name. Special characters of a password are written as %23 for
    /// #, %2F for /, %40 for @, %25 for %.
    #[arg(long, global = true, env = "DATABASE_URL", hide_env_values = true, value_parser = database_url::parse)]
    pub database_url: Option<String>,

    /// File with the key that encrypts secrets in the database: 64 hexadecimal digits, as `openssl
    /// rand -hex 32` makes them. Without it, secret.key in the data folder is used, made at the
    /// first start. INBOX_SECRET_KEY may hold the key itself instead.
    #[arg(long, global = true, env = "INBOX_SECRET_KEY_FILE", value_parser = values::file)]
    pub secret_key_file: Option<PathBuf>,

    /// The key itself. [`parse`] reads it from `INBOX_SECRET_KEY`, and there is no flag, because
    /// every user of the machine can read command lines.
    #[arg(skip)]
    pub secret_key: Option<SecretKeys>,

    /// The address people open, when a proxy stands before the server: https://inbox.loja.com.
    /// Links carry it, forms from it are accepted, and with https:// cookies are sent over TLS
    /// only.
    #[arg(long, global = true, env = "INBOX_PUBLIC_URL", value_parser = public_url::parse)]
    pub public_url: Option<String>,

    /// The code that the first administrator is created with, for installations without a terminal:
    /// 16 letters and digits or more. Without it every start prints a new one, while there is no
    /// user.
    #[arg(long, global = true, env = "INBOX_SETUP_CODE", hide_env_values = true, value_parser = values::setup_code)]
    pub setup_code: Option<String>,

    /// Networks of the proxies before the server (172.18.0.0/16), whose X-Forwarded-For is
    /// believed. Repeatable, or with commas. Given, it replaces the default.
    #[arg(
        long,
        global = true,
        env = "INBOX_TRUSTED_PROXY",
        value_name = "CIDR",
        value_delimiter = ',',
        value_parser = values::network,
        default_values = ["127.0.0.0/8", "::1/128"]
    )]
    pub trusted_proxy: Vec<IpNet>,

    /// Longest lifetime of a login (30d, 12h), however often it is used.
    #[arg(long, global = true, env = "INBOX_LOGIN_MAX", value_parser = values::lasting, default_value = "30d")]
    pub login_max: Duration,

    /// Lifetime of a login that is not used.
    #[arg(long, global = true, env = "INBOX_LOGIN_IDLE", value_parser = values::lasting, default_value = "14d")]
    pub login_idle: Duration,

    /// Format of logs.
    #[arg(long, global = true, env = "INBOX_LOG_FORMAT", value_enum, default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,

    /// WhatsApp's socket, when it is not WhatsApp's own: ws://127.0.0.1:PORT/ws/chat of the
    /// emulator.
    #[arg(long, global = true, env = "WHATSAPP_WS_URL", value_parser = values::web_socket)]
    pub whatsapp_ws_url: Option<String>,

    /// The WhatsApp Web version to present (2.3000.1042742319), instead of asking for the newest.
    #[arg(long, global = true, env = "WHATSAPP_VERSION", value_parser = values::version)]
    pub whatsapp_version: Option<(u32, u32, u32)>,

    /// Factor by which QRs and pairing codes run out faster than WhatsApp's own. Tests only: a
    /// phone counts on the time WhatsApp gives it.
    #[arg(long, global = true, hide = true, env = "WHATSAPP_PAIRING_PACE", value_parser = clap::value_parser!(u32).range(1..), default_value_t = 1)]
    pub whatsapp_pairing_pace: u32,

    /// Loopback address for Prometheus metrics at /metrics, separate from the site's.
    #[arg(long, global = true, env = "INBOX_METRICS_LISTEN", value_parser = values::loopback)]
    pub metrics_listen: Option<SocketAddr>,

    /// Serve /metrics on the site's address to clients that send `Authorization: Bearer TOKEN`.
    #[arg(long, global = true, env = "INBOX_METRICS_TOKEN", hide_env_values = true, value_parser = values::token)]
    pub metrics_token: Option<String>,

    #[command(flatten)]
    pub limits: Limits,

    #[command(flatten)]
    pub live: LiveTiming,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    On,
    Off,
}

impl Config {
    /// The URL of the database: the given one, or the file in the data folder.
    ///
    /// # Errors
    /// Fails if the data folder is relative and the current folder is gone.
    pub fn database_url(&self) -> std::io::Result<String> {
        match &self.database_url {
            Some(url) => Ok(url.clone()),
            None => {
                let file = std::path::absolute(self.data_dir.join(DATABASE))?;
                Ok(format!("sqlite://{}", file.display()))
            }
        }
    }

    /// The local folder of the files of messages, as `<number>/<message>`. With a bucket only those in
    /// progress are in it.
    pub fn media_dir(&self) -> PathBuf {
        self.data_dir.join(MEDIA)
    }

    /// The limits of media files on the disk.
    pub fn media_limits(&self) -> gateway::MediaLimits {
        let quota = |size: ByteSize| Some(size.as_u64()).filter(|size| *size > 0);
        gateway::MediaLimits {
            reserve: self.media_reserve.as_u64(),
            per_number: quota(self.media_quota),
            per_sender: quota(self.media_quota_sender),
        }
    }

    /// The public address of the site and its trusted proxies.
    pub fn site(&self) -> app::Site {
        app::Site::new(self.public_url.clone(), self.trusted_proxy.clone())
    }

    /// The use cases, as the flags have them.
    pub fn services(
        &self,
        store: store::Store,
        pool: gateway::Pool,
        setup: service::setup::SetupCode,
    ) -> service::Services {
        let services = service::Services::new(store, pool, setup);
        match self.link_previews {
            Switch::On => services,
            Switch::Off => services.without_link_previews(),
        }
    }

    /// The code that creates the first administrator.
    ///
    /// # Errors
    /// Fails if none was chosen and the system has no randomness to make one.
    pub fn setup(&self) -> Result<service::setup::SetupCode, getrandom::Error> {
        service::setup::SetupCode::new(self.setup_code.as_deref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
    }

    #[test]
    fn codes_run_out_as_fast_as_those_of_whatsapp_unless_a_test_says_otherwise() {
        use clap::CommandFactory;
        let pace = |args: &[&str]| Cli::try_parse_from([&["inbox-pirata"][..], args].concat());
        assert_eq!(pace(&[]).map(|cli| cli.config.whatsapp_pairing_pace).ok(), Some(1));
        assert!(pace(&["--whatsapp-pairing-pace", "10"]).is_ok());
        assert!(pace(&["--whatsapp-pairing-pace", "0"]).is_err());
        assert!(!Cli::command().render_long_help().to_string().contains("pairing-pace"));
    }

    #[test]
    fn files_have_no_quota_unless_one_is_given() {
        let limits = |args: &[&str]| {
            Cli::parse_from([&["inbox-pirata"][..], args].concat()).config.media_limits()
        };
        let none = limits(&[]);
        assert_eq!(none.reserve, 256 << 20);
        assert_eq!((none.per_number, none.per_sender), (None, None));
        let given = limits(&["--media-quota", "2GiB", "--media-quota-sender", "0"]);
        assert_eq!((given.per_number, given.per_sender), (Some(2 << 30), None));
        assert!(Cli::try_parse_from(["inbox-pirata", "--media-quota", "muito"]).is_err());
    }

    #[test]
    fn a_relative_data_folder_is_a_database_address_too() {
        let config = Cli::parse_from(["inbox-pirata", "--data-dir", "dados"]).config;
        let url = config.database_url().expect("there is a current folder");
        assert!(url.starts_with("sqlite:///") && url.ends_with("/dados/inbox.db"), "{url}");
    }
}
