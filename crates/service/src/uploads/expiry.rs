use std::time::Duration;

use super::count;
use crate::{Error, Services};

/// Time after which a file that nobody continues is given up: a browser that was closed on Friday
/// continues on Monday.
pub const IDLE: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// Gives up the files that nobody continued for so long, usually [`IDLE`]: their messages fail, and their
/// bytes are deleted, as are those of messages that failed otherwise meanwhile, and of authors who may not
/// write any more. Returns their number.
///
/// # Errors
/// [`Error::Store`].
pub async fn expire(services: &Services, idle: Duration) -> Result<usize, Error> {
    let revoked = services.store.fail_unwritable_uploads().await?;
    if revoked > 0 {
        tracing::warn!(count = revoked, "files whose authors may not write any more were given up");
    }
    let mut all = 0;
    loop {
        let given_up = services.store.expire_uploads(idle).await?;
        if given_up.is_empty() {
            return Ok(all);
        }
        for (connection, message) in &given_up {
            if let Err(error) = services.pool.discard_upload(*connection, *message).await {
                tracing::error!(%connection, message_id = message.0, %error, "an incomplete file could not be removed");
            }
            count("expired");
        }
        all += given_up.len();
    }
}
