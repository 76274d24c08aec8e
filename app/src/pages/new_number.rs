use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;
use model::{NumberColor, User};

use super::number_fields::{Colors, ExpectedPhone, Label};
use super::{failed, framed, title};
use crate::api;
use crate::i18n::{t, use_locale};
use crate::islands::Form;

/// `/numeros/novo`: adds a number for the user, or by an administrator for somebody else.
#[component]
pub(crate) fn NewNumber() -> impl IntoView {
    let locale = use_locale();
    let failed = failed(api::AddNumber::url());
    let data = async {
        let me = api::me().await?;
        let people = match me.role {
            model::Role::Admin => api::list_users().await?,
            model::Role::Atendente => Vec::new(),
        };
        Ok((me, people))
    };
    view! {
        <Title text=title(locale, t!(locale, number.add)) />
        {framed(data, move |(me, people): (User, Vec<User>)| view! {
            <main class="page narrow">
                <header>
                    <h1>{t!(locale, number.add)}</h1>
                    <p class="lead">{t!(locale, number.add_lead)}</p>
                </header>
                <section class="panel">
                    <Form
                        action=api::AddNumber::url().to_owned()
                        failed
                        unauthenticated=None
                        submit=t!(locale, number.add_submit).to_owned()
                    >
                        <Label value=String::new() />
                        <Colors chosen=NumberColor::Green />
                        <ExpectedPhone value=String::new() />
                        {(people.len() > 1).then(|| view! {
                            <label class="field">
                                <span>{t!(locale, number.owner)}</span>
                                <select name="owner">
                                    {people.into_iter().map(|user| view! {
                                        <option value=user.id.to_string() selected=user.id == me.id>{user.name}</option>
                                    }).collect_view()}
                                </select>
                            </label>
                        })}
                    </Form>
                </section>
            </main>
        }
        .into_any())}
    }
}
