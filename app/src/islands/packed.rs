use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

/// The macro of islands serializes their properties in the browser too, where nothing reads them. The code for
/// that, of all types of an inbox, was a thirtieth of the browser's program.
const IN_BROWSER: bool = cfg!(target_arch = "wasm32");

/// A property of an island that is deserialized by the same code as the server's responses.
///
/// The compiler generates the deserialization of a type once for every kind of input. Properties
/// come as text, responses and events as bytes; without this the program would contain the code for
/// a whole inbox twice.
#[derive(Debug, Clone)]
pub struct Packed<T>(pub T);

impl<T> From<T> for Packed<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T: Serialize> Serialize for Packed<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if IN_BROWSER {
            return serializer.serialize_unit();
        }
        self.0.serialize(serializer)
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Packed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?;
        serde_json::from_slice(raw.get().as_bytes()).map(Self).map_err(D::Error::custom)
    }
}

/// A property of an island that is deserialized in a part, so that the core does not contain the code
/// for it.
#[derive(Debug, Clone)]
pub enum Unread<T> {
    /// On the server.
    Value(T),
    /// In the browser.
    Text(Box<RawValue>),
}

impl<T: DeserializeOwned> Unread<T> {
    /// Returns the value, or `None` if page and program have different versions.
    pub(crate) fn read(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Text(text) => serde_json::from_slice(text.get().as_bytes()).ok(),
        }
    }
}

impl<T> From<T> for Unread<T> {
    fn from(value: T) -> Self {
        Self::Value(value)
    }
}

impl<T: Serialize> Serialize for Unread<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            _ if IN_BROWSER => serializer.serialize_unit(),
            Self::Value(value) => value.serialize(serializer),
            Self::Text(text) => text.serialize(serializer),
        }
    }
}

impl<'de, T> Deserialize<'de> for Unread<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <&RawValue>::deserialize(deserializer).map(|text| Self::Text(text.to_owned()))
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

    #[test]
    fn what_is_read_later_is_the_value_itself_on_the_page_too() {
        let page = serde_json::to_string(&Unread::from(vec![1, 2])).unwrap();
        assert_eq!(page, "[1,2]");
        let unread: Unread<Vec<u8>> = serde_json::from_str(&page).unwrap();
        assert_eq!(unread.read(), Some(vec![1, 2]));
        let other: Unread<Vec<u8>> = serde_json::from_str("{}").unwrap();
        assert_eq!(other.read(), None);
    }
}
