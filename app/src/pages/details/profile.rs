use leptos::prelude::*;
use model::{BusinessProfile, Opening, OpeningHours, WholeText};

use crate::components::rich;
use crate::i18n::{Locale, t, use_locale};

/// What a business says of itself.
#[component]
pub(super) fn Profile(business: BusinessProfile) -> impl IntoView {
    let locale = use_locale();
    let BusinessProfile { description, address, email, websites, categories, hours } = business;
    let words = |name: &'static str, value: String| {
        (!value.is_empty())
            .then(|| line(name, view! { <span dir="auto">{value}</span> }.into_any()))
    };
    let websites: Vec<_> = websites.into_iter().map(linked).collect();
    let websites = (!websites.is_empty()).then(|| {
        let sites = websites.into_iter().map(|site| view! { <li>{site}</li> });
        line(t!(locale, details.websites), view! { <ul>{sites.collect_view()}</ul> }.into_any())
    });
    let hours: Vec<_> = hours.into_iter().map(|hours| day(locale, hours)).collect();
    let hours = (!hours.is_empty()).then(|| {
        let days = hours.into_iter().map(|day| view! { <li>{day}</li> });
        line(t!(locale, details.hours), view! { <ul>{days.collect_view()}</ul> }.into_any())
    });
    view! {
        <section>
            <h3>{t!(locale, details.business)}</h3>
            <dl class="details-facts">
                {words(t!(locale, details.description), description)}
                {words(t!(locale, details.category), categories.join(", "))}
                {words(t!(locale, details.address), address)}
                {email.map(|email| line(t!(locale, details.email), linked(email)))}
                {websites}
                {hours}
            </dl>
        </section>
    }
    .into_any()
}

fn line(name: &'static str, value: AnyView) -> AnyView {
    view! { <div><dt>{name}</dt><dd>{value}</dd></div> }.into_any()
}

/// A line with the link that it is, if it is one.
fn linked(line: WholeText) -> AnyView {
    let WholeText { text, rich: pieces } = line;
    let words = if pieces.is_empty() { text.into_any() } else { rich(pieces) };
    view! { <span dir="auto">{words}</span> }.into_any()
}

/// `segunda: 08:00–18:00`
fn day(locale: Locale, OpeningHours { day, open }: OpeningHours) -> String {
    let day = match day {
        0 => t!(locale, details.sunday),
        1 => t!(locale, details.monday),
        2 => t!(locale, details.tuesday),
        3 => t!(locale, details.wednesday),
        4 => t!(locale, details.thursday),
        5 => t!(locale, details.friday),
        _ => t!(locale, details.saturday),
    };
    let time = |minutes: u16| format!("{:02}:{:02}", minutes / 60, minutes % 60);
    let open = match open {
        Opening::AllDay => t!(locale, details.all_day).to_owned(),
        Opening::ByAppointment => t!(locale, details.by_appointment).to_owned(),
        Opening::Between { from, to } => format!("{}–{}", time(from), time(to)),
    };
    format!("{day}: {open}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_those_of_a_day() {
        let words = |day, open| super::day(Locale::pt_BR, OpeningHours { day, open });
        let between = Opening::Between { from: 480, to: 1_085 };
        assert_eq!(words(1, between), "segunda-feira: 08:00–18:05");
        assert_eq!(words(0, Opening::AllDay), "domingo: aberto 24 horas");
        assert_eq!(words(6, Opening::ByAppointment), "sábado: com hora marcada");
    }
}
