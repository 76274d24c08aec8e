//! The objects of a file, and the cross-reference tables by which they are found (ISO 32000-1 section 7.5).

use std::io::{Read, Seek, SeekFrom};

use super::flate::unpacked;
use super::value::{Parser, Value};

/// Bytes that are read of one file, or unpacked from it, in all. The table of a file with half a million objects
/// has less.
const MOST_BYTES: usize = 8 * 1024 * 1024;
/// An access to the file counts as this many bytes at least.
const LEAST: usize = 1024;
/// Bytes at the end of a file that have the place of its last table.
const TAIL: usize = 2 * 1024;
/// Bytes of an object that is not compressed: a catalog or the root of the pages, with as many others in it.
const WINDOW: usize = 64 * 1024;
/// Bytes of the line that begins a part of a table, or of one of its rows.
const LINE: usize = 64;
/// Bytes of a row of a table, with the end of the line.
const ROW: u64 = 20;
/// Tables of one file. Each change of a file may add one.
const MOST_TABLES: usize = 256;
/// Bytes of a number in a packed table.
const WIDEST: usize = 8;

/// The place of an object.
enum Place {
    /// The byte of the file where it begins.
    At(u64),
    /// The object with this number has it compressed, as one of several.
    Within { stream: u32, index: u64 },
}

/// A cross-reference table.
struct Table {
    parts: Vec<Part>,
    rows: Rows,
    trailer: Value,
}

/// Objects with numbers one after the other.
struct Part {
    first: u64,
    count: u64,
    /// The place of its first row: a byte of the file, or of the packed rows.
    at: u64,
}

enum Rows {
    /// In the file, as text.
    Plain,
    Packed {
        bytes: Vec<u8>,
        widths: [usize; 3],
    },
}

pub(super) struct Objects<R> {
    file: R,
    bytes_left: usize,
    /// The newest one first.
    tables: Vec<Table>,
}

impl<R: Read + Seek> Objects<R> {
    /// Reads the tables of a file; `None` if it has none.
    pub(super) fn open(file: R) -> Option<Self> {
        let mut objects = Self { file, bytes_left: MOST_BYTES, tables: Vec::new() };
        if objects.read(0, LINE)?.get(..5)? != b"%PDF-" {
            return None;
        }
        let mut next = vec![objects.last_table()?];
        let mut seen = Vec::new();
        while let Some(at) = next.pop() {
            if seen.len() == MOST_TABLES || seen.contains(&at) {
                break;
            }
            seen.push(at);
            let Some(table) = objects.table(at) else { continue };
            // The second one, which older programs do not know, is part of the same version.
            for key in [&b"Prev"[..], b"XRefStm"] {
                next.extend(table.trailer.get(key).and_then(Value::number));
            }
            objects.tables.push(table);
        }
        Some(objects)
    }

    /// Returns the catalog of the file.
    pub(super) fn root(&mut self) -> Option<Value> {
        let number = self.tables.first()?.trailer.get(b"Root")?.reference()?;
        self.object(number)
    }

    /// Returns the value itself, or the object that it refers to.
    pub(super) fn resolved(&mut self, value: &Value) -> Option<Value> {
        match value.reference() {
            Some(number) => self.object(number),
            None => Some(value.clone()),
        }
    }

    fn object(&mut self, number: u32) -> Option<Value> {
        match self.place(number)? {
            Place::At(at) => self.object_at(at, Some(number)).map(|(value, _)| value),
            Place::Within { stream, index } => {
                let Place::At(at) = self.place(stream)? else { return None };
                let (dictionary, begin) = self.object_at(at, Some(stream))?;
                let bytes = self.stream(&dictionary, begin?)?;
                let first = usize::try_from(dictionary.get(b"First")?.number()?).ok()?;
                let mut numbers = Parser::new(bytes.get(..first)?);
                for _ in 0..index {
                    numbers.unsigned()?;
                    numbers.unsigned()?;
                }
                if numbers.unsigned()? != u64::from(number) {
                    return None;
                }
                let at = first.checked_add(usize::try_from(numbers.unsigned()?).ok()?)?;
                let end = at.saturating_add(WINDOW).min(bytes.len());
                Parser::new(bytes.get(at..end)?).value()
            }
        }
    }

    /// Reads the object at this place, and returns the place where its stream begins, if it has one.
    fn object_at(&mut self, at: u64, number: Option<u32>) -> Option<(Value, Option<u64>)> {
        let window = self.read(at, WINDOW)?;
        let mut parser = Parser::new(&window);
        let found = parser.object()?;
        if number.is_some_and(|number| number != found) {
            return None;
        }
        let value = parser.value()?;
        let begin = parser.stream().then(|| at.saturating_add(parser.position() as u64));
        Some((value, begin))
    }

    /// Returns the unpacked stream of an object.
    fn stream(&mut self, dictionary: &Value, begin: u64) -> Option<Vec<u8>> {
        let length = match dictionary.get(b"Length")? {
            Value::Reference(number) => match self.place(*number)? {
                Place::At(at) => self.object_at(at, Some(*number))?.0.number()?,
                // A length within another stream could need its own.
                Place::Within { .. } => return None,
            },
            value => value.number()?,
        };
        let length = usize::try_from(length).ok()?;
        let packed = self.read(begin, length)?;
        if packed.len() < length {
            return None;
        }
        let bytes = unpacked(&packed, dictionary, self.bytes_left)?;
        self.bytes_left -= bytes.len();
        Some(bytes)
    }

    /// Finds an object by the newest table that has it.
    fn place(&mut self, number: u32) -> Option<Place> {
        let number = u64::from(number);
        for nth in 0..self.tables.len() {
            let table = self.tables.get(nth)?;
            let part = table.parts.iter().find(|part| {
                number.checked_sub(part.first).is_some_and(|index| index < part.count)
            });
            let Some(part) = part else { continue };
            let index = number - part.first;
            let found = match &table.rows {
                Rows::Packed { bytes, widths } => packed_row(bytes, *widths, part.at, index),
                Rows::Plain => {
                    let at = part.at.checked_add(index.checked_mul(ROW)?)?;
                    plain_row(&self.read(at, LINE)?)
                }
            };
            if found.is_some() {
                return found;
            }
        }
        None
    }

    /// Returns the place of the last table.
    fn last_table(&mut self) -> Option<u64> {
        let length = self.file.seek(SeekFrom::End(0)).ok()?;
        let tail = self.read(length.saturating_sub(TAIL as u64), TAIL)?;
        let keyword = b"startxref";
        let at = tail.windows(keyword.len()).rposition(|bytes| bytes == keyword)?;
        Parser::new(tail.get(at + keyword.len()..)?).unsigned()
    }

    fn table(&mut self, at: u64) -> Option<Table> {
        let line = self.read(at, LINE)?;
        let mut parser = Parser::new(&line);
        if parser.keyword(b"xref") {
            return self.plain_table(at.checked_add(parser.position() as u64)?);
        }
        self.packed_table(at)
    }

    fn plain_table(&mut self, mut at: u64) -> Option<Table> {
        let mut parts = Vec::new();
        loop {
            let line = self.read(at, LINE)?;
            let mut parser = Parser::new(&line);
            if parser.keyword(b"trailer") {
                at = at.checked_add(parser.position() as u64)?;
                let trailer = Parser::new(&self.read(at, WINDOW)?).value()?;
                return Some(Table { parts, rows: Rows::Plain, trailer });
            }
            let (first, count) = (parser.unsigned()?, parser.unsigned()?);
            parser.skip_space();
            let begin = at.checked_add(parser.position() as u64)?;
            parts.push(Part { first, count, at: begin });
            at = begin.checked_add(count.checked_mul(ROW)?)?;
        }
    }

    fn packed_table(&mut self, at: u64) -> Option<Table> {
        let (trailer, begin) = self.object_at(at, None)?;
        if !trailer.get(b"Type")?.is_name(b"XRef") {
            return None;
        }
        let bytes = self.stream(&trailer, begin?)?;
        let widths: Vec<usize> = numbers(trailer.get(b"W")?)?
            .into_iter()
            .map(|width| usize::try_from(width).ok().filter(|width| *width <= WIDEST))
            .collect::<Option<_>>()?;
        let widths: [usize; 3] = widths.try_into().ok()?;
        let size = trailer.get(b"Size").and_then(Value::number)?;
        let index = trailer.get(b"Index").map_or(Some(vec![0, size]), numbers)?;
        let (mut parts, mut at) = (Vec::new(), 0_u64);
        for pair in index.chunks_exact(2) {
            let [first, count] = pair else { continue };
            parts.push(Part { first: *first, count: *count, at });
            at = at.checked_add(count.checked_mul(widths.iter().sum::<usize>() as u64)?)?;
        }
        Some(Table { parts, rows: Rows::Packed { bytes, widths }, trailer })
    }

    /// Reads this many bytes, or those up to the end of the file.
    fn read(&mut self, at: u64, length: usize) -> Option<Vec<u8>> {
        self.bytes_left = self.bytes_left.checked_sub(length.max(LEAST))?;
        self.file.seek(SeekFrom::Start(at)).ok()?;
        let mut bytes = Vec::new();
        self.file.by_ref().take(length as u64).read_to_end(&mut bytes).ok()?;
        Some(bytes)
    }
}

/// Returns the numbers of an array.
fn numbers(value: &Value) -> Option<Vec<u64>> {
    let Value::Array(values) = value else { return None };
    values.iter().map(Value::number).collect()
}

/// Reads a row of a table of text: `0000000017 00000 n`. A free one has no place.
fn plain_row(row: &[u8]) -> Option<Place> {
    let mut parser = Parser::new(row);
    let at = parser.unsigned()?;
    parser.unsigned()?;
    parser.keyword(b"n").then_some(Place::At(at))
}

/// Reads a row of a packed table (table 18 of the standard).
fn packed_row(bytes: &[u8], widths: [usize; 3], at: u64, index: u64) -> Option<Place> {
    let width = widths.iter().sum::<usize>();
    let begin = at.checked_add(index.checked_mul(width as u64)?)?;
    let mut row = bytes.get(usize::try_from(begin).ok()?..)?.get(..width)?;
    let [kind, second, third] = widths.map(|width| {
        let (field, rest) = row.split_at(width);
        row = rest;
        field.iter().fold(0_u64, |number, byte| (number << 8) | u64::from(*byte))
    });
    // A table without the first field has objects that are not compressed.
    match if widths[0] == 0 { 1 } else { kind } {
        1 => Some(Place::At(second)),
        2 => Some(Place::Within { stream: u32::try_from(second).ok()?, index: third }),
        _ => None,
    }
}
