use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use model::{ChatId, Group, GroupPage, Member, MemberRole, Membership, WaMessageId};

use super::group_access::Access;
use super::{Exact, HERE, Refused, framed, title, with_time};
use crate::api;
use crate::components::{Avatar, Glyph, Icon};
use crate::i18n::{Locale, t, use_locale};
use crate::inbox::Place;

/// From so many members on they can be searched.
const MANY: usize = 8;

/// `/atendente/inbox-pirata/chat/:id/grupo`: the data of a group, its members, who of the team sees it, and
/// leaving it. `busca` are words in the names or phones of members.
///
/// The inbox shows the part `#group-data` beside the conversation (`browser/later/groups/group-data.js`).
/// The forms work without scripts too.
#[component]
pub(crate) fn GroupData() -> impl IntoView {
    let locale = use_locale();
    let chat = use_params_map().with_untracked(|map| map.get("id")?.parse::<ChatId>().ok());
    // An id that is no number names nothing; zero is never assigned.
    let chat = chat.unwrap_or(ChatId(0));
    let search = use_query_map().with_untracked(|query| query.get("busca")).unwrap_or_default();
    view! {
        <Title text=title(locale, t!(locale, group.title)) />
        {framed(api::group(chat), move |page: GroupPage| {
            let back = Place { chat: Some(chat), ..Place::default() }.address();
            view! {
                <main class="page narrow">
                    <header><h1>{t!(locale, group.title)}</h1></header>
                    <Data page search />
                    <p><a class="button outline" href=back>{t!(locale, group.back)}</a></p>
                </main>
            }
            .into_any()
        })}
    }
}

/// Everything that the drawer shows.
#[component]
fn Data(page: GroupPage, search: String) -> impl IntoView {
    let locale = use_locale();
    let GroupPage { group, can_leave, access } = page;
    let chat = group.chat;
    view! {
        <div
            id="group-data"
            class="group-data"
            data-title=t!(locale, group.title)
            data-close-name=t!(locale, actions.close)
            data-chat=chat.to_string()
        >
            <Refused action=api::LeaveGroup::url() />
            <Refused action=api::SetGroupAccess::url() />
            <Identity group=group.clone() />
            <Description group=group.clone() />
            <Members group search />
            {access.map(|access| view! { <Access access /> })}
            {can_leave.then(|| view! { <Leave chat /> })}
        </div>
    }
    .into_any()
}

/// The picture, the subject, and when and by whom the group was created.
#[component]
fn Identity(group: Group) -> impl IntoView {
    let locale = use_locale();
    let created = group.created_at.map(|at| {
        let words = match &group.created_by {
            Some(_) => t!(locale, group.created_by, date = HERE).to_string(),
            None => t!(locale, group.created, date = HERE).to_string(),
        };
        let words = with_time(&words, at, Exact::Day);
        view! { <p class="muted">{words}" "<bdi>{group.created_by.clone()}</bdi></p> }
    });
    let gone = match group.membership {
        Membership::Member | Membership::Admin => None,
        Membership::Left => Some(t!(locale, group.left)),
        Membership::Removed => Some(t!(locale, group.removed)),
        Membership::Ended => Some(t!(locale, group.ended)),
    };
    view! {
        <header class="group-head">
            <Avatar name=group.subject.clone() seed=group.chat.0 picture=group.picture.clone() />
            <h2 dir="auto">{group.subject.clone()}</h2>
            <p class="muted">{count(locale, &group)}</p>
            {created}
            {gone.map(|why| view! { <p class="done" role="status"><Icon of=Glyph::Lock />{why}</p> })}
        </header>
    }
    .into_any()
}

fn count(locale: Locale, group: &Group) -> String {
    match group.members.len() {
        0 => t!(locale, group.unknown).to_owned(),
        1 => t!(locale, chat.members_one).to_owned(),
        n => t!(locale, chat.members, n = n).to_string(),
    }
}

#[component]
fn Description(group: Group) -> impl IntoView {
    let locale = use_locale();
    let text = match group.description.is_empty() {
        true => view! { <p class="muted">{t!(locale, group.no_description)}</p> }.into_any(),
        false => view! { <p class="description" dir="auto">{group.description}</p> }.into_any(),
    };
    view! {
        <section aria-labelledby="group-description">
            <h3 id="group-description">{t!(locale, group.description)}</h3>
            {text}
            {group.announce.then(|| view! { <p class="hint">{t!(locale, group.admins_only)}</p> })}
            {group.locked.then(|| view! { <p class="hint">{t!(locale, group.locked)}</p> })}
        </section>
    }
    .into_any()
}

/// The members, with a search if there are many. The script searches as one types.
#[component]
fn Members(group: Group, search: String) -> impl IntoView {
    let locale = use_locale();
    let heading = count(locale, &group);
    let many = group.members.len() >= MANY;
    let action = api::group_page(group.chat);
    let members = group.members.into_iter().filter(|member| is_found(locale, member, &search));
    let members: Vec<Member> = members.collect();
    let is_found = !members.is_empty() || search.is_empty();
    let field = many.then(|| {
        view! {
            <form class="search" role="search" action=action>
                <label class="field">
                    <span class="sr">{t!(locale, group.search)}</span>
                    <input
                        type="search"
                        name="busca"
                        autocomplete="off"
                        value=search
                        placeholder=t!(locale, group.search)
                    />
                </label>
            </form>
        }
    });
    view! {
        <section aria-labelledby="group-members">
            <h3 id="group-members">{heading}</h3>
            {field}
            <ul class="people members" aria-labelledby="group-members">
                {members.into_iter().map(|member| view! { <One member /> }).collect_view()}
            </ul>
            <p class="muted" role="status" data-slot="none" hidden=is_found>{t!(locale, group.nobody)}</p>
        </section>
    }
    .into_any()
}

/// Returns true if the words are in the name or the phone of a member.
fn is_found(locale: Locale, member: &Member, search: &str) -> bool {
    let words = search.trim().to_lowercase();
    let phone = member.phone.as_ref().map(|phone| phone.as_str()).unwrap_or_default();
    let text = format!("{} {phone}", name_of(locale, member)).to_lowercase();
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let typed = digits(&words);
    text.contains(&words) || (typed.len() >= 4 && digits(phone).contains(&typed))
}

/// The name of a member, with a mark if they have chosen it and it is not in the address book.
fn name_of(locale: Locale, member: &Member) -> String {
    let is_chosen = member.unsaved && member.name.contains(char::is_alphabetic);
    match member.contact {
        None => t!(locale, chats.myself).to_owned(),
        Some(_) if is_chosen => format!("~ {}", member.name),
        Some(_) => member.name.clone(),
    }
}

#[component]
fn One(member: Member) -> impl IntoView {
    let locale = use_locale();
    let name = name_of(locale, &member);
    let seed = member.contact.map_or(0, |contact| contact.0);
    let phone = member.phone.as_ref().map(ToString::to_string);
    let about = match member.contact {
        None => Some(t!(locale, group.this_number).to_owned()),
        Some(_) => phone.filter(|phone| *phone != member.name),
    };
    let role = match member.role {
        MemberRole::Owner => Some(t!(locale, group.owner)),
        MemberRole::Admin => Some(t!(locale, group.admin)),
        MemberRole::Member => None,
    };
    let name = match member.chat {
        Some(chat) => {
            let address = Place { chat: Some(chat), ..Place::default() }.address();
            view! { <a class="link" dir="auto" href=address>{name}</a> }.into_any()
        }
        None => view! { <strong dir="auto">{name}</strong> }.into_any(),
    };
    view! {
        <li>
            <Avatar name=member.name.clone() seed small=true />
            <div class="who">
                {name}
                <span class="muted">{about}</span>
            </div>
            {role.map(|role| view! { <span class="role">{role}</span> })}
        </li>
    }
    .into_any()
}

/// Leaving, which has to be confirmed.
#[component]
fn Leave(chat: ChatId) -> impl IntoView {
    let locale = use_locale();
    let mut bytes = [0; 9];
    // Without random numbers a repeated request is another one, which finds that the number has left.
    let wa_id = getrandom::fill(&mut bytes).ok().map(|()| WaMessageId::from_random(bytes));
    view! {
        <details class="leave">
            <summary class="link danger">{t!(locale, group.leave)}</summary>
            <form method="post" action=api::LeaveGroup::url() class="stack">
                <input type="hidden" name="chat" value=chat.to_string() />
                {wa_id.map(|id| view! { <input type="hidden" name="wa_id" value=id.to_string() /> })}
                <p class="hint">{t!(locale, group.leave_what)}</p>
                <p class="muted" role="status"></p>
                <button class="button danger">{t!(locale, group.leave_confirm)}</button>
            </form>
        </details>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use model::{ContactId, PhoneNumber};

    use super::*;

    #[test]
    fn a_member_is_found_by_name_and_by_phone() {
        let member = Member {
            contact: Some(ContactId(1)),
            name: "Bia Souza".to_owned(),
            unsaved: true,
            phone: Some(PhoneNumber::written("+55 61 99812-4471".to_owned())),
            role: MemberRole::Member,
            since: None,
            chat: None,
        };
        let found = |search: &str| is_found(Locale::pt_BR, &member, search);
        for search in ["", " bia ", "SOUZA", "99812-4471", "998124471", "~ bia"] {
            assert!(found(search), "{search:?}");
        }
        for search in ["rui", "998124472", "bia 7"] {
            assert!(!found(search), "{search:?}");
        }
        let ours = Member { contact: None, ..member };
        assert!(is_found(Locale::pt_BR, &ours, "você"));
    }
}
