//! Reads the rows of a table in an archive: flat objects, one per line.

use std::fmt;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::iter;
use std::path::Path;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::Value;
use store::backup::Row;

use super::limits::LONGEST_ROW;

/// Most columns of a row; no table has as many.
const COLUMNS: usize = 64;

/// Reads the rows one by one.
pub(super) fn rows(path: &Path) -> io::Result<impl Iterator<Item = io::Result<Row>> + use<>> {
    let mut lines = BufReader::new(File::open(path)?);
    Ok(iter::from_fn(move || {
        let mut line = Vec::new();
        match lines.by_ref().take(LONGEST_ROW + 1).read_until(b'\n', &mut line) {
            Ok(0) => None,
            Ok(_) if line.len() as u64 > LONGEST_ROW => {
                Some(Err(io::Error::new(io::ErrorKind::InvalidData, "a row is too long")))
            }
            Ok(_) => {
                let row = serde_json::from_slice(&line).map(|Flat(row)| row);
                Some(row.map_err(io::Error::from))
            }
            Err(error) => Some(Err(error)),
        }
    }))
}

/// A row of plain values: nested lists would take many times the memory that they take in the file.
struct Flat(Row);

impl<'de> Deserialize<'de> for Flat {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Columns)
    }
}

struct Columns;

impl<'de> Visitor<'de> for Columns {
    type Value = Flat;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a row")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut columns: A) -> Result<Flat, A::Error> {
        let mut row = Row::new();
        while let Some(name) = columns.next_key::<String>()? {
            let Plain(value) = columns.next_value()?;
            if row.insert(name, value).is_some() || row.len() > COLUMNS {
                return Err(A::Error::custom("not the columns of a table"));
            }
        }
        Ok(Flat(row))
    }
}

struct Plain(Value);

impl<'de> Deserialize<'de> for Plain {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Column)
    }
}

/// Visitor without functions for lists and objects, which are refused therefore.
struct Column;

impl Visitor<'_> for Column {
    type Value = Plain;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, a text, true or false")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Plain, E> {
        Ok(Plain(value.into()))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Plain, E> {
        Ok(Plain(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Plain, E> {
        Ok(Plain(value.into()))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Plain, E> {
        Ok(Plain(value.into()))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Plain, E> {
        Ok(Plain(value.into()))
    }

    fn visit_unit<E: Error>(self) -> Result<Plain, E> {
        Ok(Plain(Value::Null))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn read(text: &str) -> Vec<io::Result<Row>> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("user.jsonl");
        fs::write(&file, text).unwrap();
        rows(&file).unwrap().collect()
    }

    #[test]
    fn rows_are_flat() {
        let read_well = read("{\"id\":1,\"name\":\"ção\",\"on\":true,\"at\":null}\n{\"id\":-2}");
        assert_eq!(read_well.len(), 2);
        assert_eq!(read_well[0].as_ref().unwrap()["name"], "ção");
        let many =
            format!("{{{}\"z\":1}}", (0..100).map(|n| format!("\"c{n}\":1,")).collect::<String>());
        for wrong in [
            "[1]",
            "{\"a\":[1,1]}",
            "{\"a\":{}}",
            "{\"a\":1,\"a\":2}",
            "{\"a\":1.5}",
            "{\"a\":",
            &many,
        ] {
            assert!(read(wrong)[0].is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_line_without_an_end_is_not_read_to_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("user.jsonl");
        // The file is sparse: all zeros, which take no space on the disk.
        File::create(&file).unwrap().set_len(LONGEST_ROW * 64).unwrap();
        assert!(rows(&file).unwrap().next().unwrap().is_err());
    }
}
