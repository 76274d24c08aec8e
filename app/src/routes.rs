//! The application and its addresses.

use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::components::{ParentRoute, Redirect, Route, Router, Routes};
use leptos_router::{SsrMode, path};

use crate::api;
use crate::clock::Clock;
use crate::i18n;
use crate::pages::{Inbox, Login, NotFound, Setup, Users, Workspace};

/// The whole interface. Also run without a request, once, to list its routes.
///
/// Every page waits for its data (`Async`): what is read without JavaScript is all there, and the
/// status and the redirect are decided before the first byte.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_context(i18n::requested());
    Clock::provide();
    view! {
        <Router>
            <Routes fallback=NotFound>
                <Route path=path!("/") view=|| view! { <Redirect path=api::INBOX /> } ssr=SsrMode::Async />
                <Route path=path!("/entrar") view=Login ssr=SsrMode::Async />
                <Route path=path!("/configurar") view=Setup ssr=SsrMode::Async />
                <ParentRoute path=path!("") view=Workspace ssr=SsrMode::Async>
                    // The inbox reads the conversation from the address, so that it stays the same
                    // component for both.
                    <ParentRoute path=path!("/atendente/inbox-pirata") view=Inbox ssr=SsrMode::Async>
                        <Route path=path!("") view=|| () ssr=SsrMode::Async />
                        <Route path=path!("chat/:id") view=|| () ssr=SsrMode::Async />
                    </ParentRoute>
                    <Route path=path!("/admin/atendentes") view=Users ssr=SsrMode::Async />
                </ParentRoute>
            </Routes>
        </Router>
    }
}
