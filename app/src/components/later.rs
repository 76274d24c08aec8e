//! Views whose code is in a part of the program.

use std::task::{Context, Poll, Waker};

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::element::element;
use super::{Empty, Glyph, erased_view};
use crate::browser;
use crate::i18n::{t, use_locale};
use crate::parts::Missing;

/// Shows the view that `make` builds with the function from a part.
///
/// On the server, and where `start.js` has loaded the part before hydration, the view is hydrated like
/// any other. Otherwise the elements of the server stay, with forms that work without a program, until
/// the part has loaded; then the view replaces them. If the part cannot be loaded, they stay, and an
/// error is shown below them.
pub(crate) fn later<M: Copy + Send + Sync + 'static>(
    name: &'static str,
    load: impl Future<Output = Result<M, Missing>> + 'static,
    make: impl Fn(M) -> AnyView + Send + 'static,
) -> AnyView {
    let locale = use_locale();
    let mut load = Box::pin(load);
    let early = match load.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(loaded) => Some(loaded.ok()),
        Poll::Pending => None,
    };
    let function = RwSignal::new(early.flatten());
    let failed = RwSignal::new(false);
    if early.flatten().is_none() {
        spawn_local(async move {
            let late = match early {
                Some(over) => over,
                None => load.await.ok(),
            };
            // The view may be disposed by now.
            function.try_set(late);
            failed.try_set(late.is_none());
        });
    }
    let view = erased_view(move || match function.get() {
        Some(function) => {
            let attributes = [("class", Some("later")), ("data-part", Some(name))];
            element("DIV", &attributes, untrack(|| make(function)))
        }
        // Hydration leaves the elements of the server inside.
        None => {
            let empty = String::new();
            view! { <div class="later" data-part=name aria-busy="true" inner_html=empty></div> }
                .into_any()
        }
    });
    let error = erased_view(move || {
        let error = failed.get().then(|| {
            view! {
                <div role="alert">
                    <Empty glyph=Glyph::Alert title=t!(locale, error.part) lead=t!(locale, error.part_lead)>
                        <button class="button" on:click=move |_| browser::reload()>
                            {t!(locale, error.reload)}
                        </button>
                    </Empty>
                </div>
            }
        });
        error.into_any()
    });
    (view, error).into_any()
}
