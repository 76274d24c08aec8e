//! The position of the next byte of a file, as a header.

use axum::http::HeaderName;

/// Position of the next byte.
pub(super) const OFFSET: HeaderName = HeaderName::from_static("upload-offset");

/// Reads a position in a file. It has one form: digits without a sign and without a zero before others.
pub(super) fn position(written: &str) -> Option<u64> {
    let position: u64 = written.parse().ok()?;
    (position.to_string() == written).then_some(position)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_has_one_form() {
        assert_eq!([position("0"), position("4194304")], [Some(0), Some(4_194_304)]);
        let beyond = "18446744073709551616";
        for odd in ["", "+0", "00", "07", "-1", " 1", "1 ", "1.0", "0x1", "١", beyond] {
            assert_eq!(position(odd), None, "{odd:?}");
        }
    }
}
