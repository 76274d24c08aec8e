//! The page about the person or the group of a chat.

use gateway::{Business, Profile};
use model::{
    BusinessProfile, ChatId, DetailsPage, DetailsPart, Message, MessageKind, PersonProfile,
    SharedLink, WholeText,
};
use store::{ChatFiles, Viewer};

use crate::error::if_allowed;
use crate::{Error, Services};

/// Returns the page with one part of the files of a chat, before a position. WhatsApp is asked for what a
/// person says of themselves, for 3 s at most.
///
/// # Errors
/// [`store::Error::NotFound`] if there is no such chat that the viewer may read.
pub async fn page(
    services: &Services,
    viewer: &Viewer,
    chat: ChatId,
    part: DetailsPart,
    before: Option<i64>,
) -> Result<DetailsPage, Error> {
    let chat = viewer.chat(chat).await?;
    let ChatFiles { messages, older } = viewer.chat_files(chat.id, part, before).await?;
    let can_write = if_allowed(viewer.grant_write(chat.connection).await)?.is_some();
    let (mut profile, mut groups, mut chosen_name) = (None, Vec::new(), None);
    if !chat.group {
        let person = viewer.chat_person(chat.id).await?;
        chosen_name = person.chosen_name().map(str::to_owned);
        groups = viewer.common_groups(&person).await?;
        profile = services.pool.profile(&person).await.map(shown);
    }
    let (files, links) = match part {
        DetailsPart::Links => (Vec::new(), messages.iter().filter_map(link_of).collect()),
        DetailsPart::Media | DetailsPart::Documents | DetailsPart::Starred => {
            (messages, Vec::new())
        }
    };
    Ok(DetailsPage { chat, chosen_name, profile, groups, part, files, links, older, can_write })
}

/// Returns the first link of a message.
fn link_of(message: &Message) -> Option<SharedLink> {
    let text::WebLink { written, address } = text::first_link(&message.text)?;
    Some(SharedLink { message: message.id, address, written, sent_at: message.sent_at })
}

/// Makes a profile safe to show: a stranger wrote all of it.
fn shown(profile: Profile) -> PersonProfile {
    let Profile { about, business } = profile;
    let about = Some(text::line(&about)).filter(|about| text::has_visible(about));
    PersonProfile { about: about.unwrap_or_default(), business: business.map(shown_business) }
}

fn shown_business(business: Business) -> BusinessProfile {
    let Business { description, address, email, websites, categories, hours } = business;
    let lines = |texts: Vec<String>| {
        let lines = texts.iter().map(|one| text::line(one)).filter(|one| text::has_visible(one));
        lines.collect::<Vec<_>>()
    };
    BusinessProfile {
        description: text::calm(description),
        address: text::line(&address),
        email: linked(&email),
        websites: websites.iter().filter_map(|site| linked(site)).collect(),
        categories: lines(categories),
        hours,
    }
}

/// Returns a line, with the link that it is if it is one; `None` if nothing of it can be seen.
fn linked(line: &str) -> Option<WholeText> {
    let text = text::line(line);
    let rich = text::rich(MessageKind::Text, &text);
    text::has_visible(&text).then_some(WholeText { text, rich })
}

#[cfg(test)]
mod tests {
    use model::Style;

    use super::*;

    #[test]
    fn what_a_business_says_leads_only_where_it_says() {
        let business = Business {
            email: "oi@loja.example".to_owned(),
            websites: ["https://loja.example", "javascript:alert(1)", "\u{200e}"]
                .map(str::to_owned)
                .to_vec(),
            categories: vec!["Padaria".to_owned(), " ".to_owned()],
            ..Business::default()
        };
        let shown = shown_business(business);
        assert_eq!(shown.categories, ["Padaria"]);
        let address = |one: &WholeText| {
            let link = one.rich.iter().find(|piece| piece.style == Style::Link);
            link.map(|piece| piece.text.clone())
        };
        assert_eq!(
            shown.email.as_ref().and_then(address).as_deref(),
            Some("mailto:oi@loja.example")
        );
        let sites: Vec<_> = shown.websites.iter().map(address).collect();
        assert_eq!(sites, [Some("https://loja.example".to_owned()), None]);
    }
}
