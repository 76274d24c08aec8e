//! Streams that are compressed with the `FlateDecode` filter (ISO 32000-1 section 7.4.4).

use std::io::Read as _;

use flate2::read::ZlibDecoder;

use super::value::Value;

/// The first of the predictors of PNG. Each row says by itself which one it has.
const PNG: u64 = 10;

/// Returns the bytes of a stream, at most `most` of them; `None` if there are more, if it is broken, or if
/// it has another filter.
pub(super) fn unpacked(stream: &[u8], dictionary: &Value, most: usize) -> Option<Vec<u8>> {
    let Some(filter) = dictionary.get(b"Filter") else {
        return (stream.len() <= most).then(|| stream.to_vec());
    };
    if !filter.only()?.is_name(b"FlateDecode") {
        return None;
    }
    let mut bytes = Vec::new();
    let limit = u64::try_from(most).ok()?.checked_add(1)?;
    ZlibDecoder::new(stream).take(limit).read_to_end(&mut bytes).ok()?;
    if bytes.len() > most {
        return None;
    }
    let Some(parameters) = dictionary.get(b"DecodeParms").and_then(Value::only) else {
        return Some(bytes);
    };
    let parameter =
        |key: &[u8], usual| parameters.get(key).and_then(Value::number).unwrap_or(usual);
    match parameter(b"Predictor", 1) {
        1 => Some(bytes),
        PNG.. if parameter(b"Colors", 1) == 1 && parameter(b"BitsPerComponent", 8) == 8 => {
            predicted(&bytes, usize::try_from(parameter(b"Columns", 1)).ok()?)
        }
        _ => None,
    }
}

/// Takes back the filters of PNG, of rows with one byte for each column (PNG, section 9.2).
fn predicted(bytes: &[u8], columns: usize) -> Option<Vec<u8>> {
    if columns == 0 || columns >= bytes.len() {
        return None;
    }
    let mut rows = Vec::with_capacity(bytes.len());
    let mut above = vec![0_u8; columns];
    for row in bytes.chunks_exact(columns + 1) {
        let (filter, row) = row.split_first()?;
        let (mut left, mut corner) = (0_u8, 0_u8);
        for (byte, up) in row.iter().zip(&mut above) {
            let guess = match filter {
                0 => 0,
                1 => left,
                2 => *up,
                3 => u8::midpoint(left, *up),
                4 => paeth(left, *up, corner),
                _ => return None,
            };
            corner = *up;
            left = byte.wrapping_add(guess);
            *up = left;
        }
        rows.extend_from_slice(&above);
    }
    Some(rows)
}

/// Returns the neighbour that is nearest to their gradient.
fn paeth(left: u8, up: u8, corner: u8) -> u8 {
    let guess = i16::from(left) + i16::from(up) - i16::from(corner);
    let distance = |neighbour: u8| guess.abs_diff(i16::from(neighbour));
    if distance(left) <= distance(up) && distance(left) <= distance(corner) {
        left
    } else if distance(up) <= distance(corner) {
        up
    } else {
        corner
    }
}

#[cfg(test)]
mod tests {
    use super::super::value::Parser;
    use super::*;
    use crate::samples::packed;

    fn dictionary(text: &str) -> Value {
        Parser::new(text.as_bytes()).value().unwrap()
    }

    #[test]
    fn a_stream_has_at_most_the_bytes_that_are_allowed() {
        let flate = dictionary("<</Filter/FlateDecode>>");
        let zeros = packed(&[0; 5_000]);
        assert_eq!(unpacked(&zeros, &flate, 5_000), Some(vec![0; 5_000]));
        assert_eq!(unpacked(&zeros, &flate, 4_999), None);
        assert_eq!(unpacked(&zeros[..9], &flate, 5_000), None);
        assert_eq!(unpacked(b"plain", &dictionary("<<>>"), 5), Some(b"plain".to_vec()));
        assert_eq!(unpacked(b"plain", &dictionary("<<>>"), 4), None);
        assert_eq!(unpacked(&zeros, &dictionary("<</Filter/LZWDecode>>"), 5_000), None);
    }

    #[test]
    fn the_filters_of_rows_are_taken_back() {
        let rows = [[0, 1, 2], [1, 1, 1], [2, 1, 1], [3, 4, 4], [4, 1, 1]].concat();
        let expected = [1, 2, 1, 2, 2, 3, 5, 8, 6, 9];
        let png = "<</Filter[/FlateDecode]/DecodeParms[<</Predictor 12/Columns 2>>]>>";
        assert_eq!(unpacked(&packed(&rows), &dictionary(png), 99), Some(expected.to_vec()));
        for broken in ["Columns 0", "Columns 99", "Colors 3/Columns 2"] {
            let png = format!("<</Filter/FlateDecode/DecodeParms<</Predictor 12/{broken}>>>>");
            assert_eq!(unpacked(&packed(&rows), &dictionary(&png), 99), None, "{broken}");
        }
    }
}
