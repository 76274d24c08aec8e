//! Places and contacts as a phone shows them.

use serde::{Deserialize, Serialize};
use serde_json::Number;
use waproto::whatsapp::{self as wa, message::ContactMessage};

/// A place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownPlace {
    /// Degrees.
    pub latitude: Number,
    /// Degrees.
    pub longitude: Number,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// A contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownContact {
    pub name: String,
    /// The numbers as they are written.
    pub numbers: Vec<String>,
    /// Those with which the phone offers to chat, in international digits.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub whatsapp: Vec<String>,
    pub vcard: String,
}

impl ShownPlace {
    /// Reads a place, or a place that is shared for a time; `None` without a point.
    pub(super) fn of(message: &wa::Message) -> Option<Self> {
        let place = |latitude: Option<f64>, longitude: Option<f64>| {
            Some(Self {
                latitude: Number::from_f64(latitude?)?,
                longitude: Number::from_f64(longitude?)?,
                name: None,
                address: None,
            })
        };
        if let Some(live) = message.live_location_message.as_option() {
            return place(live.degrees_latitude, live.degrees_longitude);
        }
        let still = message.location_message.as_option()?;
        let at = place(still.degrees_latitude, still.degrees_longitude)?;
        Some(Self { name: still.name.clone(), address: still.address.clone(), ..at })
    }
}

impl ShownContact {
    /// Reads the contacts of a message.
    pub(super) fn all(message: &wa::Message) -> Vec<Self> {
        let several = message.contacts_array_message.as_option();
        let cards: &[ContactMessage] = match (several, message.contact_message.as_option()) {
            (Some(several), _) => several.contacts.as_slice(),
            (None, Some(one)) => std::slice::from_ref(one),
            (None, None) => &[],
        };
        cards.iter().map(Self::of).collect()
    }

    fn of(card: &ContactMessage) -> Self {
        let vcard = card.vcard.clone().unwrap_or_default();
        // The line is `TEL;type=CELL;waid=5561…:+55 61 …`, and may be in a group.
        let telephones = vcard.lines().filter_map(|line| {
            let (head, value) = line.split_once(':')?;
            let property = head.split(';').next()?.rsplit('.').next()?;
            property.eq_ignore_ascii_case("TEL").then_some((head, value))
        });
        let waid = |head: &str| {
            head.split(';').find_map(|parameter| Some(parameter.strip_prefix("waid=")?.to_owned()))
        };
        Self {
            name: card.display_name.clone().unwrap_or_default(),
            numbers: telephones.clone().map(|(_, value)| value.to_owned()).collect(),
            whatsapp: telephones.filter_map(|(head, _)| waid(head)).collect(),
            vcard,
        }
    }
}
