use waproto::buffa::Message as _;
use waproto::whatsapp::{VerifiedNameCertificate, verified_name_certificate::Details};

use super::{Phone, PhoneError, crypto::random};

/// The issuer of the names of small businesses.
const ISSUER: &str = "smb:wa";

impl Phone {
    /// The certificate with the name of a business, signed by the account's identity.
    pub fn name_certificate(&self, name: &str) -> Result<Vec<u8>, PhoneError> {
        let details = Details {
            serial: Some(u64::from(u32::from_be_bytes(random()))),
            issuer: Some(ISSUER.to_owned()),
            verified_name: Some(name.to_owned()),
            ..Default::default()
        };
        let details = details.encode_to_vec();
        let signature = self.sign(&[details.as_slice()])?;
        let certificate = VerifiedNameCertificate {
            details: Some(details),
            signature: Some(signature.to_vec()),
            ..Default::default()
        };
        Ok(certificate.encode_to_vec())
    }
}
