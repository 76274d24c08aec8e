//! Asks WhatsApp what people and businesses say of themselves. The answer is stored nowhere: it is kept in
//! memory for a while, since the pages of one person ask for it again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use model::{ConnectionId, bounds};
use store::{ChatPerson, Ingest};
use tokio::time::Instant;
use whatsapp_rust::anyhow;
use whatsapp_rust::prelude::{Client, Jid};
use whatsapp_rust::wacore::iq::business;

use crate::origin::identities;

/// Time for which a page waits for WhatsApp.
const TIMEOUT: Duration = Duration::from_secs(3);
/// Time for which an answer counts.
const KEPT_FOR: Duration = Duration::from_secs(120);
/// Answers that are kept, of all numbers.
const KEPT: usize = 300;
/// Texts of one kind in a profile: websites, categories, or the hours of days.
const MANY: usize = 30;

/// What a person says of themselves. Its texts are what a stranger wrote, within bounds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Profile {
    pub about: String,
    pub business: Option<Business>,
}

/// What a business says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Business {
    pub description: String,
    pub address: String,
    pub email: String,
    pub websites: Vec<String>,
    pub categories: Vec<String>,
    pub hours: Vec<model::OpeningHours>,
}

/// The answers by number and address, each with the time at which it came.
type Answers = HashMap<(ConnectionId, String), (Instant, Profile)>;

/// The answers that are kept. Clones share them.
#[derive(Clone, Default)]
pub(crate) struct Profiles(Arc<Mutex<Answers>>);

impl Profiles {
    /// Returns the profile of a person; `None` if WhatsApp does not answer in time.
    pub(crate) async fn of(
        &self,
        client: Option<&Client>,
        ingest: &Ingest,
        person: &ChatPerson,
    ) -> Option<Profile> {
        let key = (person.connection(), person.address().to_owned());
        if let Some(profile) = self.kept(&key) {
            return Some(profile);
        }
        let connection_id = person.connection();
        match tokio::time::timeout(TIMEOUT, ask(client?, ingest, person.address())).await {
            Ok(Ok(profile)) => {
                self.keep(key, profile.clone());
                Some(profile)
            }
            Ok(Err(error)) => {
                tracing::debug!(%connection_id, %error, "a profile could not be had");
                None
            }
            Err(_) => None,
        }
    }

    fn kept(&self, key: &(ConnectionId, String)) -> Option<Profile> {
        let kept = self.lock();
        kept.get(key).filter(|(since, _)| since.elapsed() < KEPT_FOR).map(|(_, one)| one.clone())
    }

    fn keep(&self, key: (ConnectionId, String), profile: Profile) {
        let mut kept = self.lock();
        if kept.len() >= KEPT {
            kept.retain(|_, (since, _)| since.elapsed() < KEPT_FOR);
        }
        if kept.len() < KEPT {
            kept.insert(key, (Instant::now(), profile));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Answers> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Asks WhatsApp. The name of a business is stored, as it is one of its contact.
async fn ask(client: &Client, ingest: &Ingest, address: &str) -> anyhow::Result<Profile> {
    let jid: Jid = address.parse()?;
    let answer = client.contacts().get_user_info(std::slice::from_ref(&jid)).await?;
    let Some(info) = answer.into_values().next() else { return Ok(Profile::default()) };
    let name = info.verified_name.as_ref().and_then(|verified| verified.name.as_deref());
    if let Some(name) = name {
        ingest.business_name(&identities([Some(&jid)]), name).await?;
    }
    let is_business = info.is_business || name.is_some();
    let business = if is_business { client.get_business_profile(&jid).await? } else { None };
    let about = info.status.as_deref().unwrap_or_default();
    Ok(Profile { about: cut(about), business: business.map(business_of) })
}

fn business_of(profile: business::BusinessProfile) -> Business {
    let hours = profile.business_hours.business_config.unwrap_or_default();
    let all = |texts: Vec<String>| texts.iter().take(MANY).map(|one| cut(one)).collect();
    Business {
        description: cut(&profile.description),
        address: cut(profile.address.as_deref().unwrap_or_default()),
        email: cut(profile.email.as_deref().unwrap_or_default()),
        websites: all(profile.website),
        categories: all(profile.categories.into_iter().map(|category| category.name).collect()),
        hours: hours.iter().take(MANY).filter_map(hours_of).collect(),
    }
}

/// Reads the hours of a day; `None` if they make no sense.
fn hours_of(stated: &business::BusinessHoursConfig) -> Option<model::OpeningHours> {
    use business::{BusinessHourMode as Mode, DayOfWeek as Day};
    const DAY: u16 = 24 * 60;
    let day = match stated.day_of_week {
        Day::Sunday => 0,
        Day::Monday => 1,
        Day::Tuesday => 2,
        Day::Wednesday => 3,
        Day::Thursday => 4,
        Day::Friday => 5,
        Day::Saturday => 6,
        Day::Other(_) => return None,
    };
    let minutes = |time: Option<u32>| u16::try_from(time?).ok().filter(|time| *time <= DAY);
    let open = match stated.mode {
        Mode::Open24H => model::Opening::AllDay,
        Mode::AppointmentOnly => model::Opening::ByAppointment,
        Mode::SpecificHours => model::Opening::Between {
            from: minutes(stated.open_time)?,
            to: minutes(stated.close_time)?,
        },
        Mode::Other(_) => return None,
    };
    Some(model::OpeningHours { day, open })
}

/// Returns the beginning of a text.
fn cut(text: &str) -> String {
    text.chars().take(bounds::PROFILE).collect()
}

#[cfg(test)]
mod tests {
    use whatsapp_rust::wacore::iq::spec::IqSpec as _;
    use whatsapp_rust::wacore_binary::builder::NodeBuilder;

    use super::*;

    /// Returns the hours that an answer of WhatsApp states.
    fn stated(
        day: &str,
        mode: &str,
        open: Option<u32>,
        close: Option<u32>,
    ) -> Option<model::OpeningHours> {
        let mut config =
            NodeBuilder::new("business_hours_config").attr("day_of_week", day).attr("mode", mode);
        if let Some(open) = open {
            config = config.attr("open_time", open.to_string());
        }
        if let Some(close) = close {
            config = config.attr("close_time", close.to_string());
        }
        let hours = NodeBuilder::new("business_hours").children([config.build()]).build();
        let profile = NodeBuilder::new("profile").children([hours]).build();
        let business = NodeBuilder::new("business_profile").children([profile]).build();
        let answer = NodeBuilder::new("iq").children([business]).build();
        let asked = business::BusinessProfileSpec::new(&Jid::pn("5561998124471"));
        let answer = asked.parse_response(&answer.as_node_ref()).unwrap();
        business_of(answer.unwrap()).hours.into_iter().next()
    }

    #[test]
    fn hours_are_those_of_a_day_or_none() {
        let open = |stated: Option<model::OpeningHours>| stated.map(|one| (one.day, one.open));
        let between = model::Opening::Between { from: 480, to: 1_080 };
        let specific = stated("mon", "specific_hours", Some(480), Some(1_080));
        assert_eq!(open(specific), Some((1, between)));
        let all_day = stated("sun", "open_24h", None, None);
        assert_eq!(open(all_day), Some((0, model::Opening::AllDay)));
        let appointment = stated("sat", "appointment_only", None, None);
        assert_eq!(open(appointment), Some((6, model::Opening::ByAppointment)));
        assert_eq!(stated("mon", "specific_hours", Some(480), None), None);
        assert_eq!(stated("mon", "specific_hours", Some(480), Some(9_000)), None);
        assert_eq!(stated("someday", "open_24h", None, None), None);
        assert_eq!(stated("mon", "perhaps", None, None), None);
    }

    #[test]
    fn a_profile_has_bounds() {
        let mut profile = business::BusinessProfile::default();
        profile.description = "é".repeat(100_000);
        profile.website = vec!["https://loja.example".to_owned(); 500];
        let business = business_of(profile);
        assert_eq!(business.description.chars().count(), bounds::PROFILE);
        assert_eq!(business.websites.len(), MANY);
    }
}
