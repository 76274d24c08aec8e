//! Pieces of the page whose program comes later.

use std::task::{Context, Poll, Waker};

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::element::element;
use super::{Empty, Glyph, erased_view};
use crate::browser;
use crate::i18n::{t, use_locale};
use crate::parts::Missing;

/// Shows what `make` makes of what a part of the program brings, once it is there.
///
/// On the server it is there at once, and so is what `start.js` found on the page (`data-part`) and
/// loaded before the islands woke: the elements are taken over as everywhere else. Where the part is
/// late they stay as the server made them, with forms that work without a program, and are made anew
/// when it comes. A part that does not come says so.
pub(crate) fn later<M: Copy + Send + Sync + 'static>(
    name: &'static str,
    load: impl Future<Output = Result<M, Missing>> + 'static,
    make: impl Fn(M) -> AnyView + Send + 'static,
) -> AnyView {
    let locale = use_locale();
    let mut load = Box::pin(load);
    let early = match load.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(brought) => Some(brought.ok()),
        Poll::Pending => None,
    };
    let there = early.flatten();
    let brought = RwSignal::new(there.map(Some));
    if there.is_none() {
        spawn_local(async move {
            let late = match early {
                Some(over) => over,
                None => load.await.ok(),
            };
            // The place for it may be gone.
            brought.try_set(Some(late));
        });
    }
    let place =
        move |child| element("DIV", &[("class", Some("later")), ("data-part", Some(name))], child);
    erased_view(move || match brought.get() {
        None => view! { <div class="later" data-part=name inner_html=String::new()></div> }.into_any(),
        Some(Some(there)) => place(untrack(|| make(there))),
        Some(None) => place(
            view! {
                <div role="alert">
                    <Empty glyph=Glyph::Alert title=t!(locale, error.part) lead=t!(locale, error.part_lead)>
                        <button class="button" on:click=move |_| browser::reload()>
                            {t!(locale, error.reload)}
                        </button>
                    </Empty>
                </div>
            }
            .into_any(),
        ),
    })
    .into_any()
}
