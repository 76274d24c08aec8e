//! Places, contacts and polls have their content beside the text, which had all of it before. The text
//! has only the words by which lists show them from here on.

use sea_orm_migration::prelude::*;
use serde_json::{Value, json};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0019_message_content"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for columns in TABLES {
            let content = ColumnDef::new(columns.content).text().take();
            let add = Table::alter().table(columns.table).add_column(content).to_owned();
            manager.alter_table(add).await?;
            change(manager, columns, |kind, text, _| {
                let (content, words) = read(kind, text)?;
                Some((words, Some(content.to_string())))
            })
            .await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for columns in TABLES {
            change(manager, columns, |_, _, content| {
                let content: Value = serde_json::from_str(content?).ok()?;
                Some((written(&content)?, None))
            })
            .await?;
            let drop = Table::alter().table(columns.table).drop_column(columns.content).to_owned();
            manager.alter_table(drop).await?;
        }
        Ok(())
    }
}

/// The columns of a table that has contents of messages.
#[derive(Clone, Copy)]
struct Columns {
    table: &'static str,
    kind: &'static str,
    text: &'static str,
    content: &'static str,
    /// The condition that selects texts that no edit has replaced.
    is_first: &'static str,
}

const TABLES: [Columns; 2] = [
    Columns {
        table: "message",
        kind: "kind",
        text: "text",
        content: "content",
        is_first: "edited_at IS NULL",
    },
    Columns {
        table: "amendment",
        kind: "said_kind",
        text: "value",
        content: "said_content",
        is_first: "kind = 'said'",
    },
];

/// Rows that are read at a time.
const AT_ONCE: u64 = 500;

/// Returns the new text and content of a kind, a text and a content; `None` if they stay.
type Change = fn(&str, &str, Option<&str>) -> Option<(String, Option<String>)>;

/// Changes text and content of the places, contacts and polls of a table, where `new` returns others.
async fn change(
    manager: &SchemaManager<'_>,
    Columns { table, kind, text, content, is_first }: Columns,
    new: Change,
) -> Result<(), DbErr> {
    let db = manager.get_connection();
    let mut after = 0_i64;
    loop {
        let select = Query::select()
            .columns(["id", kind, text, content])
            .from(table)
            .and_where(Expr::col("id").gt(after))
            .and_where(Expr::col(kind).is_in(["location", "live_location", "contact", "poll"]))
            .and_where(Expr::cust(is_first))
            .order_by("id", Order::Asc)
            .limit(AT_ONCE)
            .to_owned();
        let rows = db.query_all(&select).await?;
        if rows.is_empty() {
            return Ok(());
        }
        for row in rows {
            after = row.try_get("", "id")?;
            let (old_kind, old_text): (String, String) =
                (row.try_get("", kind)?, row.try_get("", text)?);
            let old_content: Option<String> = row.try_get("", content)?;
            let Some((new_text, new_content)) = new(&old_kind, &old_text, old_content.as_deref())
            else {
                continue;
            };
            let update = Query::update()
                .table(table)
                .value(text, new_text)
                .value(content, new_content)
                .and_where(Expr::col("id").eq(after))
                .to_owned();
            db.execute(&update).await?;
        }
    }
}

const MAP: &str = "https://maps.google.com/?q=";
const BULLET: &str = "• ";

/// Bounds of the content, as of this version.
const WORDS: usize = 512;
const NAME: usize = 128;
const CONTACTS: usize = 100;
const PHONES: usize = 5;
const PHONE: usize = 32;
const OPTIONS: usize = 50;
const OPTION: usize = 255;

/// Reads the content and the words of a text of before; `None` if the text has another form.
fn read(kind: &str, text: &str) -> Option<(Value, String)> {
    match kind {
        "location" => place(text),
        "contact" => contacts(text),
        "poll" => poll(text),
        _ => None,
    }
}

/// Reads a place: lines with its name, its address and a comment, as far as it had them, and a link to
/// a map.
fn place(text: &str) -> Option<(Value, String)> {
    let (words, map) = text.rsplit_once('\n').unwrap_or(("", text));
    let (latitude, longitude) = map.strip_prefix(MAP)?.split_once(',')?;
    let at = json!({ "latitude": micro(latitude, 90.0)?, "longitude": micro(longitude, 180.0)? });
    let (name, address) = words.split_once('\n').unwrap_or((words, ""));
    let name = cut(name, WORDS);
    let content = json!({ "at": at, "name": name, "address": cut(address, WORDS) });
    Some((json!({ "location": content }), name))
}

/// Reads degrees up to a bound as millionths.
fn micro(degrees: &str, most: f64) -> Option<i32> {
    let degrees: f64 = degrees.parse().ok()?;
    (-most..=most).contains(&degrees).then(|| (degrees * 1_000_000.0).round() as i32)
}

/// Reads contacts: a line with the name of each, and one for each of its numbers.
fn contacts(text: &str) -> Option<(Value, String)> {
    let mut contacts: Vec<(String, Vec<String>)> = Vec::new();
    for line in text.lines() {
        match (is_number(line), contacts.last_mut()) {
            (false, _) => contacts.push((cut(line, NAME), Vec::new())),
            (true, Some((_, phones))) => phones.push(cut(line, PHONE)),
            (true, None) => contacts.push((String::new(), vec![cut(line, PHONE)])),
        }
    }
    if contacts.iter().all(|(_, phones)| phones.is_empty()) {
        return None;
    }
    contacts.truncate(CONTACTS);
    let words = contacts.iter().filter_map(|(name, phones)| match name.is_empty() {
        true => phones.first(),
        false => Some(name),
    });
    let words = words.cloned().collect::<Vec<_>>().join(", ");
    let contacts = contacts.iter().map(|(name, phones)| {
        let phones = &phones[..phones.len().min(PHONES)];
        json!({ "name": name, "phones": phones })
    });
    Some((json!({ "contacts": contacts.collect::<Vec<_>>() }), cut(&words, WORDS)))
}

fn is_number(line: &str) -> bool {
    let digits = line.bytes().filter(u8::is_ascii_digit).count();
    digits >= 3
        && line.chars().all(|letter| letter.is_ascii_digit() || "+-(). \u{a0}".contains(letter))
}

/// Reads a poll: its question, and a line with a bullet for each option.
fn poll(text: &str) -> Option<(Value, String)> {
    let lines: Vec<&str> = text.lines().collect();
    let first = lines.iter().position(|line| line.starts_with(BULLET))?;
    let options = lines[first..].iter().map(|line| Some(cut(line.strip_prefix(BULLET)?, OPTION)));
    let mut options: Vec<String> = options.collect::<Option<_>>()?;
    options.truncate(OPTIONS);
    let question = cut(&lines[..first].join("\n"), WORDS);
    Some((json!({ "poll": { "question": question, "options": options } }), question))
}

fn cut(text: &str, characters: usize) -> String {
    text.chars().take(characters).collect()
}

/// Writes a content as the text of before; `None` if it had none.
fn written(content: &Value) -> Option<String> {
    // A stranger's words may have NUL, which the JSON escapes and PostgreSQL refuses in a text.
    let text = |value: &Value| value.as_str().unwrap_or_default().replace('\0', "");
    let place = content.get("location").or_else(|| content.get("live_location"));
    let lines: Vec<String> = if let Some(place) = place {
        let degrees = |name: &str| Some(place.get("at")?.get(name)?.as_f64()? / 1_000_000.0);
        let at = degrees("latitude").zip(degrees("longitude"));
        let map = at.map(|(latitude, longitude)| format!("{MAP}{latitude:.6},{longitude:.6}"));
        let words = ["name", "address"].into_iter().filter_map(|name| place.get(name)).map(text);
        words.chain(map).collect()
    } else if let Some(contacts) = content.get("contacts") {
        let lines = contacts.as_array()?.iter().flat_map(|contact| {
            let phones = contact.get("phones").and_then(Value::as_array).into_iter().flatten();
            contact.get("name").into_iter().chain(phones)
        });
        lines.map(text).collect()
    } else {
        let poll = content.get("poll")?;
        let options = poll.get("options")?.as_array()?.iter();
        let options = options.map(|option| format!("{BULLET}{}", text(option)));
        poll.get("question").map(text).into_iter().chain(options).collect()
    };
    Some(lines.into_iter().filter(|line| !line.trim().is_empty()).collect::<Vec<_>>().join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_before_is_read_and_written_as_it_was() {
        for (kind, text, words) in [
            (
                "location",
                "Portão 2\nSQN 102\nhttps://maps.google.com/?q=-15.794229,-47.882166",
                "Portão 2",
            ),
            ("location", "https://maps.google.com/?q=0.500000,-180.000000", ""),
            ("contact", "Rui Sá\n+55 61 9999-0000\nEva\n+5511912345678\n190", "Rui Sá, Eva"),
            ("contact", "+55 61 9999-0000", "+55 61 9999-0000"),
            ("poll", "Que dia?\n• Segunda\n• Terça", "Que dia?"),
            ("poll", "• Segunda", ""),
        ] {
            let (content, shown) = read(kind, text).unwrap();
            assert_eq!((written(&content).as_deref(), &*shown), (Some(text), words));
        }
    }

    #[test]
    fn a_text_has_no_nul() {
        let content = json!({ "poll": { "question": "Que\0 dia?", "options": ["Segunda\0"] } });
        assert_eq!(written(&content).as_deref(), Some("Que dia?\n• Segunda"));
    }

    #[test]
    fn a_text_of_another_form_stays_as_it_is() {
        for (kind, text) in [
            ("location", "Portão 2\nSQN 102"),
            ("location", "https://maps.google.com/?q=91.000000,0.000000"),
            ("location", "https://maps.google.com/?q=NaN,0.000000"),
            ("location", "https://mal.example/?q=1.0,2.0"),
            ("contact", "Rui Sá"),
            ("contact", ""),
            ("poll", "Que dia?"),
            ("poll", "Que dia?\n• Segunda\nou Terça"),
            ("text", "• Segunda"),
        ] {
            assert_eq!(read(kind, text), None, "{kind} {text}");
        }
    }
}
