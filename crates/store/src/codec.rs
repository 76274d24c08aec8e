//! Conversion of `model` values to columns and back.

use std::{collections::BTreeMap, str::FromStr};

use chrono::{DateTime, Utc};
use model::{
    ConnectionId, Delivery, EndReason, FailReason, MediaState, NumberColor, Role, WaMessageId,
};

use crate::Error;

/// Microseconds since 1970, the unit of every time column.
pub(crate) fn micros(time: DateTime<Utc>) -> i64 {
    time.timestamp_micros()
}

pub(crate) fn now() -> i64 {
    micros(Utc::now())
}

/// Reverses [`micros`]. A value beyond the calendar becomes the epoch: this program writes none,
/// and a strange date is better than a conversation that cannot be opened.
pub(crate) fn time(micros: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(micros).unwrap_or_default()
}

/// Returns `queued`, `sent`, `delivered`, `read`, `played` or `failed:<reason>`.
pub(crate) fn delivery(delivery: Delivery) -> String {
    match delivery {
        Delivery::Queued => "queued".to_owned(),
        Delivery::Sent => "sent".to_owned(),
        Delivery::Delivered => "delivered".to_owned(),
        Delivery::Read => "read".to_owned(),
        Delivery::Played => "played".to_owned(),
        Delivery::Failed { reason } => format!("{FAILED}{}", enum_text(reason)),
    }
}

const FAILED: &str = "failed:";

pub(crate) fn read_delivery(column: Option<&str>) -> Result<Option<Delivery>, Error> {
    let Some(name) = column else { return Ok(None) };
    Ok(Some(match name {
        "queued" => Delivery::Queued,
        "sent" => Delivery::Sent,
        "delivered" => Delivery::Delivered,
        "read" => Delivery::Read,
        "played" => Delivery::Played,
        other => match other.strip_prefix(FAILED) {
            Some(reason) => Delivery::Failed { reason: read_fail_reason(reason)? },
            None => return Err(Error::Corrupt { what: "a delivery", value: other.to_owned() }),
        },
    }))
}

/// Reads the reason of a failure, which [`enum_text`] has written.
pub(crate) fn read_fail_reason(column: &str) -> Result<FailReason, Error> {
    read_enum("the reason of a failure", column)
}

pub(crate) fn read_message_id(column: &str) -> Result<WaMessageId, Error> {
    WaMessageId::parse(column)
        .map_err(|_| Error::Corrupt { what: "a message id", value: column.to_owned() })
}

/// Returns WhatsApp's ids of messages as JSON. Ids of received messages may have any characters.
pub(crate) fn wa_ids(ids: &[&str]) -> String {
    // Texts have no value that JSON cannot hold.
    serde_json::to_string(ids).unwrap_or_default()
}

pub(crate) fn read_wa_ids(json: &str) -> Result<Vec<String>, Error> {
    serde_json::from_str(json)
        .map_err(|_| Error::Corrupt { what: "the ids of messages", value: json.to_owned() })
}

/// Returns JSON, because a ban has an end time.
pub(crate) fn end_reason(reason: EndReason) -> String {
    // A tagged enum of unit variants and one date has no value that JSON cannot hold.
    serde_json::to_string(&reason).unwrap_or_default()
}

pub(crate) fn read_end_reason(column: Option<&str>) -> Result<Option<EndReason>, Error> {
    column
        .map(|json| {
            serde_json::from_str(json)
                .map_err(|_| Error::Corrupt { what: "an end reason", value: json.to_owned() })
        })
        .transpose()
}

pub(crate) fn read_role(column: &str) -> Result<Role, Error> {
    read_enum("a role", column)
}

/// Returns the stored colour, else the number's default colour.
pub(crate) fn read_color(id: ConnectionId, column: Option<&str>) -> Result<NumberColor, Error> {
    column.map_or(Ok(NumberColor::of(id)), |name| read_enum("a colour", name))
}

/// Returns the name that the enum has in JSON, too.
pub(crate) fn enum_text(value: impl Into<&'static str>) -> String {
    value.into().to_owned()
}

/// Reads a name that [`enum_text`] has written.
pub(crate) fn read_enum<T: FromStr>(what: &'static str, column: &str) -> Result<T, Error> {
    column.parse().map_err(|_| Error::Corrupt { what, value: column.to_owned() })
}

/// Returns `awaited`, `stored`, `gone`, `given_up`, `refused`, `too_large`, `evicted` or `uploading`;
/// the number of tries and the time of the next have columns of their own. Two further states have constants.
pub(crate) fn media_state(state: MediaState) -> &'static str {
    state.into()
}

/// The [`media_state`] of a file that is still to be downloaded.
pub(crate) const AWAITED: &str = "awaited";

/// The state of a file that is to be removed but is still on the disk; it is read as
/// [`MediaState::Evicted`].
pub(crate) const EVICTING: &str = "evicting";

/// The state of a file that is to be copied from that of another message; it is read as
/// [`MediaState::Stored`], since pages show its source until then.
pub(crate) const COPYING: &str = "copying";

pub(crate) fn read_media_state(
    column: &str,
    tries: i64,
    next_at: Option<i64>,
) -> Result<MediaState, Error> {
    match column {
        AWAITED => {
            let next_at = next_at.filter(|_| tries > 0).map(time);
            Ok(MediaState::Awaited { tries: u32::try_from(tries).unwrap_or(u32::MAX), next_at })
        }
        EVICTING => Ok(MediaState::Evicted),
        COPYING => Ok(MediaState::Stored),
        other => read_enum("a media state", other),
    }
}

/// Returns bytes in hexadecimal.
pub(crate) fn bytes(bytes: impl AsRef<[u8]>) -> String {
    hex::encode(bytes)
}

/// Reads what [`bytes`] has written.
pub(crate) fn read_bytes(column: &str) -> Result<Vec<u8>, Error> {
    hex::decode(column).map_err(|_| Error::Corrupt { what: "bytes", value: "…".to_owned() })
}

/// Returns the details of an audit entry as a JSON object.
pub(crate) fn detail(detail: &BTreeMap<String, String>) -> String {
    // A map of texts has no value that JSON cannot hold.
    serde_json::to_string(detail).unwrap_or_default()
}

pub(crate) fn read_detail(column: &str) -> Result<BTreeMap<String, String>, Error> {
    serde_json::from_str(column)
        .map_err(|_| Error::Corrupt { what: "an audit detail", value: column.to_owned() })
}

/// Returns text that both databases can store: PostgreSQL's `TEXT` has no NUL, and a message that
/// can never be stored would be delivered again forever.
pub(crate) fn storable(text: &str) -> String {
    text.replace('\0', "")
}

#[cfg(test)]
mod tests {
    use model::Language;

    use super::*;

    #[test]
    fn deliveries_survive_the_database() {
        let reasons = [
            FailReason::Recipient,
            FailReason::Restricted,
            FailReason::Unlinked,
            FailReason::Expired,
            FailReason::Refused,
            FailReason::TooLate,
            FailReason::NotSent,
            FailReason::Upload,
            FailReason::Cancelled,
        ];
        let others = [
            Delivery::Queued,
            Delivery::Sent,
            Delivery::Delivered,
            Delivery::Read,
            Delivery::Played,
        ];
        let all = others.into_iter().chain(reasons.map(|reason| Delivery::Failed { reason }));
        for value in all {
            assert_eq!(read_delivery(Some(&delivery(value))).unwrap(), Some(value));
        }
        assert_eq!(
            delivery(Delivery::Failed { reason: FailReason::Refused }),
            "failed:refused",
            "as versions before wrote it"
        );
        for odd in ["teleported", "failed:teleported"] {
            assert!(read_delivery(Some(odd)).is_err());
        }
    }

    #[test]
    fn states_of_media_survive_the_database() {
        let next_at = Some(time(1_800_000_000_000_000));
        let all = [
            (MediaState::Awaited { tries: 0, next_at: None }, 0),
            (MediaState::Awaited { tries: 3, next_at }, 3),
            (MediaState::Stored, 0),
            (MediaState::Gone, 1),
            (MediaState::GivenUp, 9),
            (MediaState::Refused, 0),
            (MediaState::TooLarge, 0),
            (MediaState::Evicted, 0),
            (MediaState::Uploading, 0),
        ];
        for (state, tries) in all {
            let column = media_state(state);
            assert_eq!(read_media_state(column, tries, next_at.map(micros)).unwrap(), state);
        }
        assert_eq!(media_state(MediaState::GivenUp), "given_up", "as versions before wrote it");
        assert_eq!(read_media_state(EVICTING, 0, None).unwrap(), MediaState::Evicted);
        assert_eq!(read_media_state(COPYING, 0, None).unwrap(), MediaState::Stored);
        assert!(read_media_state("lost", 0, None).is_err());
    }

    #[test]
    fn enums_survive_the_database() {
        for language in [Language::PtBr, Language::En] {
            let column = enum_text(language);
            assert_eq!(read_enum::<Language>("a language", &column).unwrap(), language);
        }
        assert_eq!(enum_text(Language::PtBr), "pt-BR");
        assert!(read_enum::<Language>("a language", "pt").is_err());
    }

    #[test]
    fn a_ban_keeps_its_end() {
        let banned = EndReason::Banned { until: DateTime::from_timestamp(1_800_000_000, 0) };
        assert_eq!(read_end_reason(Some(&end_reason(banned))).unwrap(), Some(banned));
    }
}
