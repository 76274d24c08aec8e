//! Downloads a picture into memory.

use std::io::{self, Read as _};
use std::time::{Duration, Instant};

use whatsapp_rust::http::{HttpClient, HttpRequest};

/// Time that all of a picture may take.
const WITHIN: Duration = Duration::from_secs(30);

/// Returns the bytes at an address, which the client accepts only on WhatsApp's hosts (`crate::http`). It
/// blocks.
///
/// # Errors
/// It is no address of WhatsApp, the host answers with anything but the file, or the file is longer than
/// `longest` or slower than [`WITHIN`].
pub(super) fn bytes(http: &dyn HttpClient, address: &str, longest: u64) -> io::Result<Vec<u8>> {
    let until = Instant::now() + WITHIN;
    let answer = http.execute_streaming(HttpRequest::get(address)).map_err(io::Error::other)?;
    if answer.status_code != 200 {
        return Err(io::Error::other(format!("its host answered {}", answer.status_code)));
    }
    read(answer.body, longest, || Instant::now() < until)
}

fn read(mut from: impl io::Read, longest: u64, has_time: impl Fn() -> bool) -> io::Result<Vec<u8>> {
    const AT_ONCE: u64 = 16 * 1024;
    let mut bytes = Vec::new();
    loop {
        let read = from.by_ref().take(AT_ONCE).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > longest {
            return Err(io::Error::other("it is longer than a picture of WhatsApp"));
        }
        if read == 0 {
            return Ok(bytes);
        }
        if !has_time() {
            return Err(io::ErrorKind::TimedOut.into());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_read_whole_or_not_at_all() {
        let long = vec![7; 40_000];
        assert_eq!(read(&*long, 40_000, || true).unwrap(), long);
        assert!(read(&*long, 39_999, || true).is_err());
        assert!(read(io::repeat(7), 100_000, || true).is_err(), "it has no end");
        let slow = read(&*long, 40_000, || false).unwrap_err();
        assert_eq!(slow.kind(), io::ErrorKind::TimedOut);
    }
}
