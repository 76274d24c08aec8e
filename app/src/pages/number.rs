use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use model::{
    Access, CallPolicy, Chat, Connection, ConnectionId, Downtime, NumberGrant, PhoneNumber,
    Removal, Visibility,
};

use super::granted_groups::GrantedGroups;
use super::number_fields::{Colors, ExpectedPhone, Label};
use super::{
    AccessChoice, Exact, HERE, LocalTime, Refused, WHO, failed, framed, title, with_name_and_time,
};
use crate::api::{self, NumberAccess, NumberPage};
use crate::components::{Avatar, NumberField};
use crate::i18n::{t, use_locale};
use crate::inbox::Place;
use crate::islands::Form;
use crate::labels;

/// `/numeros/{id}`: the settings of a number, the access to it, and its removal. For users who may
/// manage it; each sees only their parts.
#[component]
pub(crate) fn Number() -> impl IntoView {
    let locale = use_locale();
    let id = use_params_map().with_untracked(|params| params.get("id")?.parse().ok());
    // An id that is no number names none; zero is never assigned.
    let id = id.unwrap_or(ConnectionId(0));
    let saved = use_query_map().with_untracked(|query| query.get("salvo").is_some());
    view! {
        <Title text=title(locale, t!(locale, number.settings)) />
        {framed(api::number(id), move |page: NumberPage| {
            let NumberPage {
                number,
                maybe_mixed,
                exceptions,
                downtimes,
                calls,
                visibility,
                removal,
                access,
            } = page;
            let chats = Place { number: Some(number.id), ..Place::default() };
            let phone = number.phone.as_ref().map(PhoneNumber::to_string);
            view! {
                <main class="page narrow">
                    <header>
                        <h1>{number.label.clone()}</h1>
                        <p class="lead">
                            {phone.unwrap_or_else(|| t!(locale, number.never_linked).to_owned())}
                            " · "
                            <a class="link" href=chats.address()>{t!(locale, number.open)}</a>
                        </p>
                    </header>
                    <Identity number=number.clone() saved />
                    <OwnPhone number=number.clone() maybe_mixed />
                    {exceptions.map(|exceptions| view! {
                        <Privacy id=number.id private=number.private_by_default exceptions />
                    })}
                    {calls.map(|policy| view! { <Calls id=number.id policy /> })}
                    {visibility.map(|visibility| view! { <Seen id=number.id visibility /> })}
                    {(!downtimes.is_empty()).then(|| view! { <Downtimes downtimes /> })}
                    {access.map(|access| view! { <Accesses id=number.id access /> })}
                    {removal.map(|removal| view! { <Remove id=number.id removal /> })}
                </main>
            }
            .into_any()
        })}
    }
}

#[component]
fn Identity(number: Connection, saved: bool) -> impl IntoView {
    let locale = use_locale();
    view! {
        <section class="panel" aria-labelledby="identity">
            <h2 id="identity">{t!(locale, number.identity)}</h2>
            {saved.then(|| view! { <p class="done" role="status">{t!(locale, number.saved)}</p> })}
            <Form
                action=api::EditNumber::url().to_owned()
                failed=failed(api::EditNumber::url())
                unauthenticated=None
                submit=t!(locale, number.save).to_owned()
            >
                <NumberField connection=Some(number.id) />
                <Label value=number.label />
                <Colors chosen=number.color />
                // From its first link on, the number's phone is fixed.
                {match number.phone.as_ref().map(PhoneNumber::to_string) {
                    None => {
                        let expected = number.expected_phone.map(|phone| phone.to_string());
                        view! { <ExpectedPhone value=expected.unwrap_or_default() /> }.into_any()
                    }
                    Some(phone) => view! {
                        <p class="hint">{t!(locale, number.expected_is, phone = phone).to_string()}</p>
                    }
                    .into_any(),
                }}
            </Form>
        </section>
    }
    .into_any()
}

/// The phone that a number belongs to, once it has one: the effect of a change of phone on the
/// conversations, and the change itself.
#[component]
fn OwnPhone(number: Connection, maybe_mixed: bool) -> impl IntoView {
    let locale = use_locale();
    let phone = number.phone?.to_string();
    let mixed = maybe_mixed.then(|| {
        let words = t!(locale, number.maybe_mixed, phone = phone.clone()).to_string();
        view! { <p class="hint">{words}</p> }
    });
    let panel = match number.replaced_by {
        Some(successor) => view! {
            <p>
                {t!(locale, number.was_replaced, phone = phone).to_string()} " "
                {t!(locale, number.replaced_back)}
            </p>
            <a class="link" href=api::number_page(successor)>{t!(locale, number.replaced_by)}</a>
        }
        .into_any(),
        None if number.linked => view! {
            <p>{t!(locale, number.changed_lead, phone = phone).to_string()}</p>
            <p class="hint">{t!(locale, number.changed_linked)}</p>
        }
        .into_any(),
        None => view! {
            <p>{t!(locale, number.changed_lead, phone = phone).to_string()}</p>
            <form method="post" action=api::ChangePhone::url()>
                <NumberField connection=Some(number.id) />
                <button class="button quiet wide">{t!(locale, pair.change)}</button>
            </form>
        }
        .into_any(),
    };
    Some(view! {
        <section class="panel" aria-labelledby="own-phone">
            <h2 id="own-phone">{t!(locale, number.changed)}</h2>
            {panel}
            {mixed}
        </section>
    })
}

/// The default privacy of conversations. Only the owner sees it.
#[component]
fn Privacy(id: ConnectionId, private: bool, exceptions: Vec<Chat>) -> impl IntoView {
    let locale = use_locale();
    let (state, change, differ, undo) = match private {
        true => (
            t!(locale, number.private_on),
            t!(locale, number.make_open),
            t!(locale, number.open_ones),
            t!(locale, number.make_one_private),
        ),
        false => (
            t!(locale, number.private_off),
            t!(locale, number.make_private),
            t!(locale, number.private_ones),
            t!(locale, number.make_one_open),
        ),
    };
    view! {
        <section class="panel" aria-labelledby="privacy">
            <h2 id="privacy">{t!(locale, number.privacy)}</h2>
            <p>{state}</p>
            <form method="post" action=api::SetPrivateByDefault::url()>
                <NumberField connection=Some(id) />
                <input type="hidden" name="private" value=(!private).to_string() />
                <button class="button quiet wide">{change}</button>
            </form>
            {(!exceptions.is_empty()).then(|| view! {
                <h3 id="exceptions">{differ}</h3>
                <ul class="people" aria-labelledby="exceptions">
                    {exceptions.into_iter().map(|chat| view! { <Exception chat undo /> }).collect_view()}
                </ul>
            })}
        </section>
    }
    .into_any()
}

/// What becomes of the calls of a number.
#[component]
fn Calls(id: ConnectionId, policy: CallPolicy) -> impl IntoView {
    let locale = use_locale();
    view! {
        <section class="panel" aria-labelledby="calls">
            <h2 id="calls">{t!(locale, number.calls)}</h2>
            <p class="hint">{t!(locale, number.calls_lead)}</p>
            <Refused action=api::SetCallPolicy::url() />
            <form method="post" action=api::SetCallPolicy::url() class="stack">
                <NumberField connection=Some(id) />
                <label class="check">
                    <input type="checkbox" name="reject" value="true" checked=policy.reject />
                    <span>{t!(locale, number.calls_reject)}</span>
                </label>
                <label class="field">
                    <span>{t!(locale, number.calls_answer)}</span>
                    <textarea
                        name="answer"
                        rows="3"
                        dir="auto"
                        maxlength=CallPolicy::LONGEST.to_string()
                        aria-describedby="calls-once"
                        inner_html=labels::field(&policy.answer)
                    ></textarea>
                </label>
                <p class="hint" id="calls-once">{t!(locale, number.calls_once)}</p>
                <button class="button quiet wide">{t!(locale, number.calls_save)}</button>
            </form>
        </section>
    }
    .into_any()
}

/// What contacts see of the people who work with a number.
#[component]
fn Seen(id: ConnectionId, visibility: Visibility) -> impl IntoView {
    let locale = use_locale();
    let choice = |name: &'static str, checked, words: &'static str| {
        view! {
            <label class="check">
                <input type="checkbox" name=name value="true" checked=checked />
                <span>{words}</span>
            </label>
        }
        .into_any()
    };
    view! {
        <section class="panel" aria-labelledby="seen">
            <h2 id="seen">{t!(locale, number.seen)}</h2>
            <p class="hint">{t!(locale, number.seen_lead)}</p>
            <Refused action=api::SetVisibility::url() />
            <form method="post" action=api::SetVisibility::url() class="stack">
                <NumberField connection=Some(id) />
                {choice("hides_reading", visibility.hides_reading, t!(locale, number.hides_reading))}
                {choice("hides_online", visibility.hides_online, t!(locale, number.hides_online))}
                <p class="hint">{t!(locale, number.seen_how)}</p>
                <button class="button quiet wide">{t!(locale, number.seen_save)}</button>
            </form>
        </section>
    }
    .into_any()
}

/// The downtimes of a number, and the messages that came in after them.
#[component]
fn Downtimes(downtimes: Vec<Downtime>) -> impl IntoView {
    let locale = use_locale();
    view! {
        <section class="panel" aria-labelledby="absences">
            <h2 id="absences">{t!(locale, gap.title)}</h2>
            <ul class="absences" aria-labelledby="absences">
                {downtimes.into_iter().map(|downtime| {
                    view! {
                        <li>
                            <LocalTime at=downtime.from to=Exact::Minute />
                            <span>{labels::downtime_summary(locale, &downtime)}</span>
                        </li>
                    }
                }).collect_view()}
            </ul>
        </section>
    }
    .into_any()
}

/// A conversation whose privacy differs from the default, and a button that resets it.
#[component]
fn Exception(chat: Chat, undo: &'static str) -> impl IntoView {
    let phone = chat.phone.map(|phone| phone.to_string()).filter(|phone| *phone != chat.name);
    view! {
        <li>
            <Avatar name=chat.name.clone() seed=chat.id.0 small=true />
            <div class="who">
                <strong dir="auto">{chat.name.clone()}</strong>
                <span class="muted">{phone}</span>
            </div>
            <form method="post" action=api::SetPrivate::url() class="inline">
                <input type="hidden" name="chat" value=chat.id.to_string() />
                <input type="hidden" name="private" value=(!chat.private).to_string() />
                <button class="link" aria-label=format!("{undo}: {}", chat.name)>{undo}</button>
            </form>
        </li>
    }
    .into_any()
}

/// "Acessos" from the number's side.
#[component]
fn Accesses(id: ConnectionId, access: NumberAccess) -> impl IntoView {
    let locale = use_locale();
    let NumberAccess { owner, grants, others } = access;
    view! {
        <section class="panel" aria-labelledby="accesses">
            <h2 id="accesses">{t!(locale, access.title)}</h2>
            <p class="hint">{t!(locale, access.lead)}</p>
            <Refused action=api::SetAccess::url() />
            <Refused action=api::SetGrantedGroups::url() />
            <ul class="people" aria-label=t!(locale, access.title)>
                {owner.map(|owner| view! {
                    <li>
                        <Avatar name=owner.name.clone() seed=owner.id.0 small=true />
                        <div class="who">
                            <strong>{owner.name}</strong>
                            <span class="muted">{t!(locale, access.owner)}</span>
                        </div>
                    </li>
                })}
                {grants.into_iter().map(|grant| view! { <Granted grant /> }).collect_view()}
            </ul>
            {if others.is_empty() {
                view! { <p class="hint">{t!(locale, access.everybody)}</p> }.into_any()
            } else {
                view! {
                    <form method="post" action=api::SetAccess::url() class="stack">
                        <Of number=id />
                        <div class="fields">
                            <label class="field">
                                <span>{t!(locale, access.person)}</span>
                                <select name="user">
                                    {others.into_iter().map(|user| view! {
                                        <option value=user.id.to_string()>{user.name}</option>
                                    }).collect_view()}
                                </select>
                            </label>
                            <label class="field">
                                <span>{t!(locale, access.may)}</span>
                                <AccessChoice chosen=Access::Write />
                            </label>
                        </div>
                        <button class="button wide">{t!(locale, access.grant)}</button>
                    </form>
                }
                .into_any()
            }}
        </section>
    }
    .into_any()
}

/// The number in a form about access.
#[component]
fn Of(number: ConnectionId) -> impl IntoView {
    view! { <input type="hidden" name="connections[]" value=number.to_string() /> }
}

/// One person's access, to change or to remove. The forms are plain: the page loads again with the
/// result.
#[component]
fn Granted(grant: NumberGrant) -> impl IntoView {
    let locale = use_locale();
    let since = t!(locale, access.by, name = WHO, date = HERE).to_string();
    let since = with_name_and_time(&since, grant.granted_by.clone(), grant.granted_at, Exact::Day);
    let (user, number) = (grant.user.to_string(), grant.connection);
    view! {
        <li>
            <Avatar name=grant.user_name.clone() seed=grant.user.0 small=true />
            <div class="who">
                <strong>{grant.user_name.clone()}</strong>
                <span class="muted">
                    {since}
                    {(!grant.user_active).then(|| format!(" · {}", t!(locale, access.inactive)))}
                </span>
            </div>
            <form method="post" action=api::SetAccess::url() class="inline">
                <Of number />
                <input type="hidden" name="user" value=user.clone() />
                <label>
                    <span class="sr">
                        {t!(locale, access.of, name = grant.user_name.as_str()).to_string()}
                    </span>
                    <AccessChoice chosen=grant.access />
                </label>
                <button class="link">{t!(locale, access.change)}</button>
            </form>
            <GrantedGroups grant=grant.clone() />
            <form method="post" action=api::SetAccess::url() class="inline">
                <Of number />
                <input type="hidden" name="user" value=user />
                <button
                    class="link danger"
                    aria-label=t!(locale, access.revoke_of, name = grant.user_name.as_str()).to_string()
                >
                    {t!(locale, access.revoke)}
                </button>
            </form>
        </li>
    }
    .into_any()
}

/// Removal shows what is removed with the number, and its name has to be typed first.
#[component]
fn Remove(id: ConnectionId, removal: Removal) -> impl IntoView {
    let locale = use_locale();
    let Removal { label, linked_phone, chats, messages, agents } = removal;
    view! {
        <section class="panel takes-away" aria-labelledby="remove">
            <h2 id="remove">{t!(locale, remove.title)}</h2>
            <p>{t!(locale, remove.lead)}</p>
            <ul class="goes">
                <li>{t!(locale, remove.contents, chats = chats, messages = messages).to_string()}</li>
                {linked_phone.map(|phone| view! {
                    <li>{t!(locale, remove.unlinks, phone = phone.as_str()).to_string()}</li>
                })}
                {(!agents.is_empty()).then(|| view! {
                    <li>{t!(locale, remove.agents, names = agents.join(", ")).to_string()}</li>
                })}
            </ul>
            <Form
                action=api::RemoveNumber::url().to_owned()
                failed=failed(api::RemoveNumber::url())
                unauthenticated=None
                submit=t!(locale, remove.submit).to_owned()
            >
                <NumberField connection=Some(id) />
                <label class="field">
                    <span>{t!(locale, remove.confirm, label = label).to_string()}</span>
                    <input name="confirmation" autocomplete="off" required />
                </label>
            </Form>
        </section>
    }
    .into_any()
}
