//! `/midia/{message}`: the file of a message. Every request checks that the user may read the
//! message.
//!
//! Files come from strangers. Only types that a browser displays without running anything in them
//! keep their type ([`text::shown_as`]); everything else is a download of bytes, under a name that
//! shows its type. A file that is opened all the same is in a sandbox, error responses included
//! (`middleware::headers`). All of this is the same for a file in the folder and one in a bucket.
//!
//! `requested` reads what a request wants: all of it, a range, or only news.

mod requested;

use std::io;

use app::auth::AuthSession;
use app::{AppState, Reader};
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum_login::AuthUser as _;
use model::{MediaState, MessageId};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use service::Error;
use store::MediaFile;

use self::requested::{Requested, etag, last_modified};
use super::RETRY_AFTER;

/// A browser may cache the file and has to revalidate before each use.
const CACHING: &str = "private, no-cache";

/// Serves the file, or the ranges of it that a player requests.
pub(crate) async fn file(
    State(app): State<AppState>,
    auth: AuthSession,
    Path(message): Path<i64>,
    method: Method,
    headers: HeaderMap,
) -> Response {
    let file = match find(&app, auth, MessageId(message)).await {
        Ok(file) if file.state == MediaState::Stored => file,
        Ok(_) => return StatusCode::NOT_FOUND.into_response(),
        Err(response) => return response,
    };
    let mut response = match answer(&app, &file, &method, &headers).await {
        Ok(response) => response,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            tracing::warn!(message_id = message, "a stored file is not there; it is fetched again");
            if let Err(error) = service::media::lost(&app.services, &file).await {
                tracing::error!(%error, "a lost file could not be noted");
            }
            return StatusCode::NOT_FOUND.into_response();
        }
        Err(error) => {
            tracing::warn!(message_id = message, %error, "a stored file cannot be read now");
            let words = Reader::of(&headers).file_out_of_reach();
            let later = [(header::RETRY_AFTER, RETRY_AFTER)];
            return (StatusCode::SERVICE_UNAVAILABLE, later, words).into_response();
        }
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(CACHING));
    headers.insert(header::CONTENT_TYPE, content_type(&file.mime));
    headers.insert(header::CONTENT_DISPOSITION, disposition(&file));
    response
}

/// Answers with what was requested of a file.
async fn answer(
    app: &AppState,
    file: &MediaFile,
    method: &Method,
    headers: &HeaderMap,
) -> io::Result<Response> {
    let found = service::media::measure(&app.services, file).await?;
    let (status, range) = match Requested::of(headers, &found) {
        Requested::News => (StatusCode::NOT_MODIFIED, None),
        Requested::Impossible => (StatusCode::RANGE_NOT_SATISFIABLE, None),
        Requested::Range(range) => (StatusCode::PARTIAL_CONTENT, Some(range)),
        Requested::All => (StatusCode::OK, None),
    };
    let has_content = matches!(status, StatusCode::OK | StatusCode::PARTIAL_CONTENT);
    let length = range.as_ref().map_or(found.bytes, |range| range.end - range.start);
    let content_range = match (&range, status) {
        (Some(range), _) => {
            Some(format!("bytes {}-{}/{}", range.start, range.end - 1, found.bytes))
        }
        (None, StatusCode::RANGE_NOT_SATISFIABLE) => Some(format!("bytes */{}", found.bytes)),
        (None, _) => None,
    };
    let body = match has_content && length > 0 && method != Method::HEAD {
        true => Body::from_stream(service::media::read(&app.services, file, range).await?),
        false => Body::empty(),
    };
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    if has_content {
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    }
    let others = [
        (header::CONTENT_RANGE, content_range),
        (header::LAST_MODIFIED, Some(last_modified(&found))),
        (header::ETAG, Some(etag(&found))),
    ];
    for (name, value) in others {
        // They are made of digits and words, so this never fails.
        if let Some(value) = value.and_then(|value| HeaderValue::try_from(value).ok()) {
            headers.insert(name, value);
        }
    }
    Ok(response)
}

/// Serves the thumbnail that came with the message.
pub(crate) async fn preview(
    State(app): State<AppState>,
    auth: AuthSession,
    Path(message): Path<i64>,
) -> Response {
    match find(&app, auth, MessageId(message)).await {
        Ok(MediaFile { preview: Some(jpeg), .. }) => {
            ([(header::CONTENT_TYPE, "image/jpeg"), (header::CACHE_CONTROL, CACHING)], jpeg)
                .into_response()
        }
        Ok(_) => StatusCode::NOT_FOUND.into_response(),
        Err(response) => response,
    }
}

async fn find(
    app: &AppState,
    auth: AuthSession,
    message: MessageId,
) -> Result<MediaFile, Response> {
    let Some(user) = auth.user else { return Err(StatusCode::UNAUTHORIZED.into_response()) };
    let found = async {
        let viewer = app.services.store.viewer(user.id()).await?;
        service::media::find(&viewer, message).await
    };
    found.await.map_err(|error| match error {
        Error::Store(store::Error::NotFound) => StatusCode::NOT_FOUND.into_response(),
        error => {
            tracing::error!(%error, "a file could not be looked up");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    })
}

fn content_type(mime: &str) -> HeaderValue {
    HeaderValue::from_static(text::shown_as(mime).unwrap_or(text::ANYTHING))
}

/// Formats the header of RFC 6266, with the name in the one form that every browser reads.
fn disposition(file: &MediaFile) -> HeaderValue {
    let how = if text::shown_as(&file.mime).is_some() { "inline" } else { "attachment" };
    let encoded = utf8_percent_encode(&file.name, NON_ALPHANUMERIC);
    HeaderValue::from_str(&format!("{how}; filename*=UTF-8''{encoded}"))
        .unwrap_or(HeaderValue::from_static("attachment"))
}

#[cfg(test)]
mod tests {
    use model::{ConnectionId, MessageKind};

    use super::*;

    fn file(mime: &str, name: &str) -> MediaFile {
        MediaFile {
            connection: ConnectionId(1),
            message: MessageId(1),
            kind: MessageKind::Document,
            mime: mime.into(),
            name: name.into(),
            state: MediaState::Stored,
            place: (ConnectionId(1), MessageId(1)),
            preview: None,
        }
    }

    #[test]
    fn what_could_run_is_a_download() {
        for mime in
            ["text/html", "image/svg+xml", "application/xhtml+xml", "", "image/jpeg\r\nx: y"]
        {
            assert_eq!(content_type(mime), "application/octet-stream", "{mime:?}");
            let value = disposition(&file(mime, "a"));
            assert_eq!(value, "attachment; filename*=UTF-8''a", "{mime:?}");
        }
        assert_eq!(content_type("audio/ogg; codecs=opus"), "audio/ogg");
        assert_eq!(disposition(&file("IMAGE/JPEG", "a")), "inline; filename*=UTF-8''a");
    }

    #[test]
    fn a_name_is_never_more_than_a_name() {
        let value = disposition(&file("application/zip", "orçamento\r\n\".zip"));
        assert_eq!(value, "attachment; filename*=UTF-8''or%C3%A7amento%0D%0A%22%2Ezip");
    }
}
