use leptos::prelude::*;

/// A labelled one-line input of a form.
#[component]
pub(super) fn Field(
    label: &'static str,
    name: &'static str,
    #[prop(optional)] kind: Option<&'static str>,
    autocomplete: &'static str,
    #[prop(optional)] maxlength: Option<&'static str>,
) -> impl IntoView {
    view! {
        <label class="field">
            <span>{label}</span>
            <input
                name=name
                type=kind.unwrap_or("text")
                autocomplete=autocomplete
                maxlength=maxlength
                required
            />
        </label>
    }
}
