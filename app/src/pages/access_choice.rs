use leptos::prelude::*;
use model::Access;

use crate::i18n::use_locale;
use crate::labels;

/// The levels of access that a form can grant.
#[component]
pub(super) fn AccessChoice(
    chosen: Access,
    /// The label of no access at all, if that can be chosen too.
    #[prop(optional)]
    none: Option<&'static str>,
) -> impl IntoView {
    let locale = use_locale();
    let all = [Access::Read, Access::Write, Access::Manage, Access::WriteAndManage];
    view! {
        <select name="access">
            {all.map(|access| view! {
                <option value=access.as_str() selected=access == chosen>
                    {labels::access(locale, access)}
                </option>
            })}
            {none.map(|none| view! { <option value="">{none}</option> })}
        </select>
    }
}
