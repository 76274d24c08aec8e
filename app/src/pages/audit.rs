use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use model::{Actor, AuditAction, AuditEntry};

use super::{Exact, LocalTime, framed, title};
use crate::api::{self, AuditChoice, AuditPage};
use crate::components::{Empty, Glyph};
use crate::i18n::{Locale, t, use_locale};
use crate::islands::MoreRows;
use crate::labels;

/// The id of the table, which grows as the user scrolls.
const ENTRIES: &str = "entries";

/// `/admin/auditoria`: the history with user, action, subject, time and address. The filter is a
/// plain form and is part of the address, so that a result can be sent to a colleague.
#[component]
pub(crate) fn Audit() -> impl IntoView {
    let locale = use_locale();
    let (choice, before) = use_query_map().with_untracked(|query| {
        (
            AuditChoice::read(|name| query.get(name)),
            query.get("antes").and_then(|id| id.parse().ok()),
        )
    });
    let shown = choice.clone();
    view! {
        <Title text=title(locale, t!(locale, audit.title)) />
        {framed(api::audit(choice, before), move |page: AuditPage| {
            let AuditPage { entries, next, people, numbers } = page;
            let export = format!("{}?{}", api::AUDIT_CSV, shown.query());
            let older = next.map(|id| format!("{}?{}&antes={id}", api::AUDIT, shown.query()));
            let day = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string());
            let people = people.into_iter().map(|one| (one.id.to_string(), one.name));
            let numbers = numbers.into_iter().map(|one| (one.id.to_string(), one.label));
            let actions = AuditAction::ALL
                .iter()
                .map(|one| (one.as_str().to_owned(), labels::action(locale, *one).to_owned()));
            view! {
                <main class="page connections">
                    <header>
                        <div>
                            <h1>{t!(locale, audit.title)}</h1>
                            <p class="lead">{t!(locale, audit.lead)}</p>
                        </div>
                        <a class="button outline" href=export download="auditoria.csv">
                            {t!(locale, audit.export)}
                        </a>
                    </header>
                    <form class="filter" action=api::AUDIT>
                        <Choice
                            label=t!(locale, audit.person)
                            name="pessoa"
                            chosen=shown.user.map(|id| id.to_string())
                            options=people.collect()
                        />
                        <Choice
                            label=t!(locale, audit.action)
                            name="acao"
                            chosen=shown.action.map(|action| action.as_str().to_owned())
                            options=actions.collect()
                        />
                        <Choice
                            label=t!(locale, audit.number)
                            name="numero"
                            chosen=shown.connection.map(|id| id.to_string())
                            options=numbers.collect()
                        />
                        <label class="field">
                            <span>{t!(locale, audit.from)}</span>
                            <input type="date" name="de" value=day(shown.from) />
                        </label>
                        <label class="field">
                            <span>{t!(locale, audit.to)}</span>
                            <input type="date" name="ate" value=day(shown.to) />
                        </label>
                        // The script of the page sets the offset of the reader's clock behind UTC.
                        <input type="hidden" name="fuso" value=shown.behind().to_string() />
                        <button class="button">{t!(locale, audit.apply)}</button>
                    </form>
                    {match entries.is_empty() {
                        true => view! {
                            <Empty glyph=Glyph::Clock title=t!(locale, audit.none) lead=t!(locale, audit.none_lead)>
                                <a class="button quiet" href=api::AUDIT>{t!(locale, audit.all)}</a>
                            </Empty>
                        }
                        .into_any(),
                        false => view! { <Entries entries /> }.into_any(),
                    }}
                    {older.map(|next| view! {
                        <MoreRows
                            table=ENTRIES.to_owned()
                            next
                            label=t!(locale, audit.older).to_owned()
                        />
                    })}
                </main>
            }
            .into_any()
        })}
    }
}

/// One criterion of the filter; the first choice is everything.
#[component]
fn Choice(
    label: &'static str,
    name: &'static str,
    chosen: Option<String>,
    /// Values and their names.
    options: Vec<(String, String)>,
) -> impl IntoView {
    let locale = use_locale();
    view! {
        <label class="field">
            <span>{label}</span>
            <select name=name>
                <option value="">{t!(locale, audit.any)}</option>
                {options.into_iter().map(|(value, name)| {
                    let selected = chosen.as_deref() == Some(value.as_str());
                    view! { <option value=value selected=selected>{name}</option> }
                }).collect_view()}
            </select>
        </label>
    }
    .into_any()
}

#[component]
fn Entries(entries: Vec<AuditEntry>) -> impl IntoView {
    let locale = use_locale();
    view! {
        <table class="table" id=ENTRIES>
            <thead>
                <tr>
                    <th>{t!(locale, audit.when)}</th>
                    <th>{t!(locale, audit.who)}</th>
                    <th>{t!(locale, audit.what)}</th>
                    <th>{t!(locale, audit.to_what)}</th>
                    <th>{t!(locale, audit.ip)}</th>
                </tr>
            </thead>
            <tbody>
                {entries.into_iter().map(|entry| {
                    let ip = entry.ip.map(|ip| ip.to_string()).unwrap_or_default();
                    view! {
                        <tr>
                            <td class="when"><LocalTime at=entry.at to=Exact::Second /></td>
                            <td data-label=t!(locale, audit.who)>{who(locale, &entry.actor)}</td>
                            <th scope="row">{labels::action(locale, entry.action)}</th>
                            <td data-label=t!(locale, audit.to_what)>{to_what(&entry)}</td>
                            <td data-label=t!(locale, audit.ip) class="muted">{ip}</td>
                        </tr>
                    }
                }).collect_view()}
            </tbody>
        </table>
    }
    .into_any()
}

fn who(locale: Locale, actor: &Actor) -> String {
    match actor {
        Actor::User { name, .. } => name.clone(),
        Actor::Console => t!(locale, audit.console).to_owned(),
        Actor::System => t!(locale, audit.system).to_owned(),
        Actor::Anonymous => t!(locale, audit.anonymous).to_owned(),
    }
}

/// The person, the number and other details, in one line. Each is isolated in its own direction.
fn to_what(entry: &AuditEntry) -> impl IntoView + use<> {
    let locale = use_locale();
    let named = [&entry.target, &entry.connection_label].into_iter().flatten().cloned();
    let mut parts: Vec<_> = named.map(|part| (" · ", part)).collect();
    match (entry.detail.get("from"), entry.detail.get("to")) {
        (Some(from), Some(to)) => parts.extend([(" · ", from.clone()), (" → ", to.clone())]),
        _ => {
            let details = entry.detail.iter().filter(|(_, value)| !value.is_empty());
            parts.extend(details.map(|(name, value)| (" · ", said(locale, name, value))));
        }
    }
    let parts = parts.into_iter().enumerate();
    let parts = parts.map(|(nth, (before, part))| {
        let before = if nth == 0 { "" } else { before };
        view! { {before}<bdi>{part}</bdi> }
    });
    parts.collect_view()
}

/// What a detail says.
fn said(locale: Locale, name: &str, value: &str) -> String {
    let words = match (name, value) {
        ("expected_phone", digits) => return phone::number(digits).to_string(),
        ("calls", "rejected") => t!(locale, number.calls_reject),
        ("calls", _) => t!(locale, number.calls_ring),
        ("restricted", "true") => t!(locale, group.restricted),
        ("restricted", _) => t!(locale, group.open),
        ("given", "true") => t!(locale, audit.given),
        ("given", _) => t!(locale, audit.taken),
        ("groups", "chosen") => t!(locale, access.chosen_groups),
        ("groups", _) => t!(locale, access.all_groups),
        ("blocked", "true") => t!(locale, audit.blocked),
        ("blocked", _) => t!(locale, audit.unblocked),
        ("whole", "true") => t!(locale, options.delete_submit),
        ("whole", _) => t!(locale, options.clear_submit),
        ("hides_reading", "true") => t!(locale, number.hides_reading),
        ("hides_reading", _) => t!(locale, audit.shows_reading),
        ("hides_online", "true") => t!(locale, number.hides_online),
        ("hides_online", _) => t!(locale, audit.shows_online),
        _ => value,
    };
    words.to_owned()
}
