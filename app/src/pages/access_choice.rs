use leptos::prelude::*;
use model::Access;

use crate::i18n::use_locale;
use crate::words;

/// What a form can give on a number.
#[component]
pub(super) fn AccessChoice(
    chosen: Access,
    /// What no access at all is called, where that can be chosen too.
    #[prop(optional)]
    none: Option<&'static str>,
) -> impl IntoView {
    let locale = use_locale();
    let all = [Access::Read, Access::Write, Access::Manage, Access::WriteAndManage];
    view! {
        <select name="access">
            {all.map(|access| view! {
                <option value=access.as_str() selected=access == chosen>
                    {words::access(locale, access)}
                </option>
            })}
            {none.map(|none| view! { <option value="">{none}</option> })}
        </select>
    }
}
