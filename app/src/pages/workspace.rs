use leptos::prelude::*;
use leptos_router::components::{Outlet, Redirect};
use leptos_router::hooks::use_location;

use super::Failed;
use crate::components::Rail;
use crate::loaded::{awaiting, loaded};
use crate::{ApiError, api};

/// What everything behind a login stands in: the rail, and the page beside it. Sends those who are
/// not logged in to the login, and back to where they wanted to go.
#[component]
pub(crate) fn Workspace() -> impl IntoView {
    let me = loaded(|| (), |()| api::me());
    let path = use_location().pathname;
    view! {
        <div class="app">
            {awaiting(move || async move {
                match me.await {
                    Ok(user) => view! { <Rail user /> }.into_any(),
                    Err(ApiError::Unauthenticated) => {
                        let login = format!("{}?next={}", api::LOGIN, path.get_untracked());
                        view! { <Redirect path=login /> }.into_any()
                    }
                    Err(error) => view! { <Failed error /> }.into_any(),
                }
            })}
            <Outlet />
        </div>
    }
}
