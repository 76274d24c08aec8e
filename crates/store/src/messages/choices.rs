//! The column of the options that a vote in a poll chose.

use crate::Error;

/// Returns the column: a list of the positions of the options in JSON.
pub(crate) fn column(choices: &[u32]) -> String {
    // Numbers have no value that JSON cannot hold.
    serde_json::to_string(choices).unwrap_or_default()
}

/// Reads [`column`].
pub(crate) fn read(column: &str) -> Result<Vec<u32>, Error> {
    serde_json::from_str(column)
        .map_err(|_| Error::Corrupt { what: "a vote", value: column.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_survive_the_database() {
        for choices in [&[][..], &[0], &[11, 3]] {
            assert_eq!(read(&column(choices)).unwrap(), choices);
        }
        assert!(read("[-1]").is_err() && read("").is_err());
    }
}
