//! The address of a bucket, and the credentials for it.

use std::fmt;

/// The place of a bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BucketAddress {
    pub bucket: String,
    /// What all keys begin with, without slashes at its ends; empty for nothing.
    pub prefix: String,
    /// The server as `https://…`; AWS's own of the region if `None`.
    pub endpoint: Option<String>,
    pub region: String,
}

impl BucketAddress {
    /// Returns true if files are sent to the server without encryption.
    pub fn is_unencrypted(&self) -> bool {
        self.endpoint.as_ref().is_some_and(|endpoint| endpoint.starts_with("http://"))
    }
}

impl fmt::Display for BucketAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s3://{}", self.bucket)?;
        if !self.prefix.is_empty() {
            write!(f, "/{}", self.prefix)?;
        }
        if let Some(endpoint) = &self.endpoint {
            write!(f, " ({endpoint})")?;
        }
        Ok(())
    }
}

/// The key that the requests to a bucket are signed with.
#[derive(Clone)]
pub struct BucketCredentials {
    pub key_id: String,
    pub secret: String,
    /// Of credentials that expire.
    pub session_token: Option<String>,
}

impl fmt::Debug for BucketCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BucketCredentials").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::super::Bucket;
    use super::*;

    fn address() -> BucketAddress {
        BucketAddress {
            bucket: "loja".to_owned(),
            prefix: "caixa/midia".to_owned(),
            endpoint: Some("http://127.0.0.1:9000".to_owned()),
            region: "us-east-1".to_owned(),
        }
    }

    #[test]
    fn a_bucket_is_named_without_its_credentials() {
        let credentials = BucketCredentials {
            key_id: "chave".to_owned(),
            secret: "segredo".to_owned(),
            session_token: Some("segredo".to_owned()),
        };
        let shown = format!("{credentials:?}");
        let bucket = Bucket::new(address(), credentials).unwrap();
        let shown = shown + &format!("{bucket:?}");
        assert!(!shown.contains("segredo") && shown.contains("caixa/midia"), "{shown}");
        assert_eq!(address().to_string(), "s3://loja/caixa/midia (http://127.0.0.1:9000)");
        assert!(address().is_unencrypted());
        let own = BucketAddress { endpoint: None, prefix: String::new(), ..address() };
        assert_eq!((own.to_string().as_str(), own.is_unencrypted()), ("s3://loja", false));
    }
}
