//! A running test installation, for `bench` and `chaos`.
//!
//! - `test_cluster`: a server and the numbers linked to it,
//! - `environment`: the emulator, data folder and database of that server; `disk`: its disk,
//! - `whatsapp`: the emulator's control API; `http_client`: a user of the server, who sends files by
//!   `upload`; `metrics`, `process`: measurements of the server,
//! - `wait`: waiting for a condition.

pub(crate) mod disk;
mod environment;
pub(crate) mod http_client;
pub(crate) mod metrics;
pub(crate) mod process;
pub(crate) mod test_cluster;
pub(crate) mod upload;
pub(crate) mod wait;
pub(crate) mod whatsapp;

pub(crate) use http_client::HttpClient;
pub(crate) use test_cluster::TestCluster;
pub(crate) use upload::Upload;
pub(crate) use whatsapp::WhatsApp;
