use leptos::form::ActionForm;
use leptos::html;
use leptos::prelude::*;
use model::ConnectionId;

use super::{FormError, failure};
use crate::api;
use crate::i18n::{t, use_locale};

/// "Desconectar", and the question whether that is meant.
#[component]
pub(crate) fn Disconnect(id: ConnectionId) -> impl IntoView {
    let locale = use_locale();
    let action = ServerAction::<api::Disconnect>::new();
    let dialog = NodeRef::<html::Dialog>::new();
    let open = move |_| {
        if let Some(dialog) = dialog.get_untracked() {
            // Fails only when it is open already.
            dialog.show_modal().ok();
        }
    };
    let close = move || {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    Effect::new(move || {
        if matches!(action.value().get(), Some(Ok(()))) {
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
            <FormError error=failure(action) />
            <ActionForm action>
                <input type="hidden" name="connection" value=id.to_string() />
                <div class="dialog-buttons">
                    <button class="button quiet" type="button" on:click=move |_| close()>
                        {t!(locale, disconnect.cancel)}
                    </button>
                    <button class="button danger" disabled=action.pending()>
                        {t!(locale, disconnect.confirm)}
                    </button>
                </div>
            </ActionForm>
        </dialog>
    }
    .into_any()
}
