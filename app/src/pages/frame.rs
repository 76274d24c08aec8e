//! The frame of all pages behind a login.

use std::future::Future;

use leptos::prelude::*;

use super::Failed;
use super::account_notice::AccountNotice;
use super::rail::Rail;
use crate::{ApiError, api};

/// The rail, and beside it the view that `page` makes of its data. Users who are not logged in are
/// sent to the login; an error replaces the page.
pub(super) fn framed<T: Send + 'static>(
    data: impl Future<Output = Result<T, ApiError>> + Send + 'static,
    page: impl FnOnce(T) -> AnyView + Send + 'static,
) -> impl IntoView {
    Suspend::new(async move {
        let (me, data) = (api::me().await, data.await);
        let page = match data {
            Ok(data) => page(data),
            Err(ApiError::Unauthenticated) => {
                leptos_axum::redirect(api::LOGIN);
                return ().into_any();
            }
            Err(error) => view! { <Failed error /> }.into_any(),
        };
        let me = me.ok();
        let notice = match me {
            Some(_) => api::account_notice().await.ok().flatten(),
            None => None,
        };
        // Scripts keep the data of one user apart from another's.
        let id = me.as_ref().map(|user| user.id.to_string());
        view! {
            <div class="app" data-user=id>
                {notice.map(|reset| view! { <AccountNotice reset /> })}
                {me.map(|user| view! { <Rail user /> })}
                {page}
            </div>
        }
        .into_any()
    })
}
