use leptos::html;
use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use model::ConnectionId;

use super::{FormError, NumberField, Sending};
use crate::api;
use crate::i18n::{t, use_locale};

/// "Desconectar", and a dialog that confirms it.
#[component]
pub(crate) fn Disconnect(id: ConnectionId) -> impl IntoView {
    let locale = use_locale();
    let sending = Sending::new(None);
    let dialog = NodeRef::<html::Dialog>::new();
    let open = move |_| {
        if let Some(dialog) = dialog.get_untracked() {
            // This fails only if the dialog is open already.
            dialog.show_modal().ok();
        }
    };
    let close = move || {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    Effect::new(move || {
        if sending.done.get() > 0 {
            close();
        }
    });
    let (title, what) = (format!("disconnect-{id}"), format!("disconnect-what-{id}"));
    view! {
        <button class="link" type="button" on:click=open>{t!(locale, disconnect.open)}</button>
        <dialog
            class="dialog"
            node_ref=dialog
            aria-labelledby=title.clone()
            aria-describedby=what.clone()
        >
            <h2 id=title.clone()>{t!(locale, disconnect.title)}</h2>
            <p id=what.clone()>{t!(locale, disconnect.what)}</p>
            <FormError error=sending.failure />
            <form method="post" action=api::Disconnect::url() on:submit=move |event| sending.submit(&event)>
                <NumberField connection=Some(id) />
                <div class="dialog-buttons">
                    <button class="button quiet" type="button" on:click=move |_| close()>
                        {t!(locale, disconnect.cancel)}
                    </button>
                    <button class="button danger" disabled=sending.pending>
                        {t!(locale, disconnect.confirm)}
                    </button>
                </div>
            </form>
        </dialog>
    }
    .into_any()
}
