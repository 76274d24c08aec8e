//! `/foto/{chat}`: the picture of the person or the group of a chat; `/foto/{chat}/grande`: the same as large
//! as WhatsApp has it; `/foto/pessoa/{contact}`: that of a person. Every request checks that the user may see it.
//!
//! A picture that is not here is answered 204 at once, and fetched meanwhile: a page waits for none, and
//! an event brings its address. All of them are JPEG that this server has encoded itself.

use app::AppState;
use app::auth::AuthSession;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum_login::AuthUser as _;
use model::{ChatId, ContactId};
use service::Error;
use service::pictures::{self, ShownPicture};
use store::Viewer;

/// A browser may cache the picture and has to revalidate before each use.
const CACHING: HeaderValue = HeaderValue::from_static("private, no-cache");

pub(crate) async fn of_chat(
    State(app): State<AppState>,
    auth: AuthSession,
    Path(chat): Path<i64>,
    headers: HeaderMap,
) -> Response {
    let found = async {
        let viewer = viewer(&app, auth).await?;
        pictures::of_chat(&app.services, &viewer, ChatId(chat)).await
    };
    answer(found.await, "", &headers)
}

pub(crate) async fn large(
    State(app): State<AppState>,
    auth: AuthSession,
    Path(chat): Path<i64>,
    headers: HeaderMap,
) -> Response {
    let found = async {
        let viewer = viewer(&app, auth).await?;
        pictures::large(&app.services, &viewer, ChatId(chat)).await
    };
    answer(found.await, "-grande", &headers)
}

pub(crate) async fn of_contact(
    State(app): State<AppState>,
    auth: AuthSession,
    Path(contact): Path<i64>,
    headers: HeaderMap,
) -> Response {
    let found = async {
        let viewer = viewer(&app, auth).await?;
        pictures::of_contact(&app.services, &viewer, ContactId(contact)).await
    };
    answer(found.await, "", &headers)
}

async fn viewer(app: &AppState, auth: AuthSession) -> Result<Viewer, Error> {
    let user = auth.user.ok_or(Error::Unauthenticated)?;
    Ok(app.services.store.viewer(user.id()).await?)
}

fn answer(
    found: Result<Option<ShownPicture>, Error>,
    size: &'static str,
    asked: &HeaderMap,
) -> Response {
    let ShownPicture { version, jpeg } = match found {
        Ok(Some(picture)) => picture,
        Ok(None) => return StatusCode::NO_CONTENT.into_response(),
        Err(Error::Store(store::Error::NotFound)) => {
            return StatusCode::NOT_FOUND.into_response();
        }
        Err(Error::Unauthenticated) => return StatusCode::UNAUTHORIZED.into_response(),
        Err(error) => {
            tracing::error!(%error, "a picture could not be looked up");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    let tag = format!("\"{version}{size}\"");
    let is_known = asked.get(header::IF_NONE_MATCH).is_some_and(|known| known == tag.as_str());
    let caching = [(header::CACHE_CONTROL, CACHING), (header::ETAG, tag_value(&tag))];
    if is_known {
        return (StatusCode::NOT_MODIFIED, caching).into_response();
    }
    (caching, [(header::CONTENT_TYPE, "image/jpeg")], jpeg).into_response()
}

fn tag_value(tag: &str) -> HeaderValue {
    HeaderValue::from_str(tag).unwrap_or(HeaderValue::from_static("\"\""))
}
