use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

/// A property of an island that is read by the same code as the server's answers.
///
/// The compiler writes the reading of a type once for every kind of input. Properties come as text,
/// answers and events as bytes; without this the program would hold the reading of a whole inbox twice.
#[derive(Debug, Clone)]
pub struct Packed<T>(pub T);

impl<T> From<T> for Packed<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T: Serialize> Serialize for Packed<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Packed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?;
        serde_json::from_slice(raw.get().as_bytes()).map(Self).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_value_itself_on_the_page() {
        let page = serde_json::to_string(&Packed(vec![Some("a\"b"), None])).unwrap();
        assert_eq!(page, r#"["a\"b",null]"#);
        let read: Packed<Vec<Option<String>>> = serde_json::from_str(&page).unwrap();
        assert_eq!(read.0, [Some("a\"b".to_owned()), None]);
        assert!(serde_json::from_str::<Packed<Vec<u8>>>("[\"a\"]").is_err());
    }
}
