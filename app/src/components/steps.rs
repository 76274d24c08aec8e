use leptos::prelude::*;

/// Numbered steps in the wording of the phone's own menu.
#[component]
pub(crate) fn Steps(steps: [&'static str; 3]) -> impl IntoView {
    view! {
        <ol class="steps">
            {steps.map(|step| view! { <li><span>{step}</span></li> })}
        </ol>
    }
}
