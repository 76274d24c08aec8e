//! The count of the pages of a PDF: the `/Count` at the root of its tree of pages (ISO 32000-1 section
//! 7.7.3.2), which phones show as well.
//!
//! * [`objects`]: the table of the objects of a file, and the reading of one.
//! * [`value`]: the values in an object; [`flate`]: a compressed stream.
//!
//! A file states the count itself, so it may be false. It is shown, and nothing else depends on it.

mod flate;
mod objects;
mod value;

use std::fs::File;
use std::io::{Read, Seek};
use std::path::Path;

use model::bounds;

use objects::Objects;
use value::Value;

/// Returns the count of the pages that a PDF states; `None` if the file is no PDF, is broken or encrypted in a
/// way that hides it, or states one that is impossible. Memory and time are bounded, whatever the file says.
pub fn pdf_pages(path: &Path) -> Option<u32> {
    pages(File::open(path).ok()?)
}

fn pages(file: impl Read + Seek) -> Option<u32> {
    let mut objects = Objects::open(file)?;
    let catalog = objects.root()?;
    let root = objects.resolved(catalog.get(b"Pages")?)?;
    if !root.get(b"Type")?.is_name(b"Pages") {
        return None;
    }
    let count = objects.resolved(root.get(b"Count")?).as_ref().and_then(Value::number)?;
    u32::try_from(count).ok().filter(|count| (1..=bounds::PAGES).contains(count))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use hostile::cases;
    use proptest::prelude::*;

    use super::*;
    use crate::samples::{packed_pdf, pdf, updated_pdf};

    fn of(file: &[u8]) -> Option<u32> {
        pages(Cursor::new(file))
    }

    #[test]
    fn the_pages_of_a_file_are_counted_whatever_its_tables() {
        assert_eq!(of(&pdf("12")), Some(12));
        assert_eq!(of(&packed_pdf(3)), Some(3), "objects within a compressed one");
        assert_eq!(of(&updated_pdf("12", 13)), Some(13), "a later version of the file");
    }

    #[test]
    fn a_count_that_is_impossible_is_none() {
        for count in ["0", "-1", "100001", "4294967297", "1.5", "(12)", "9 0 R", "2 0 R", "null"] {
            assert_eq!(of(&pdf(count)), None, "{count}");
        }
    }

    #[test]
    fn a_file_that_is_broken_has_no_count() {
        let file = pdf("12");
        assert_eq!(of(&file[..file.len() / 2]), None);
        assert_eq!(of(b""), None);
        assert_eq!(of(b"%PDF-1.4\nstartxref\n9\n%%EOF"), None);
        let circle = b"%PDF-1.4\nxref\n0 0\ntrailer<</Prev 9/Root 1 0 R>>\nstartxref\n9\n%%EOF";
        assert_eq!(of(circle), None, "its table leads to itself");
        let at = file.windows(8).position(|bytes| bytes == b"/Catalog").unwrap();
        let other = [&file[..at], b"/Cattolg", &file[at + 8..]].concat();
        assert_eq!(of(&other), Some(12), "what is not needed may be anything");
    }

    proptest! {
        #![proptest_config(cases(256))]

        #[test]
        fn any_pdf_is_counted_or_not(
            file in prop_oneof![
                6 => hostile::mutated(vec![pdf("12"), packed_pdf(3), updated_pdf("12", 13)]),
                1 => hostile::bytes(2_000),
            ],
        ) {
            let count = of(&file);
            prop_assert!(count.is_none_or(|count| (1..=bounds::PAGES).contains(&count)));
        }
    }
}
