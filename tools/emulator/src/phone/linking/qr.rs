use base64::{Engine as _, prelude::BASE64_STANDARD};
use wacore::companion_reg::NATIVE_CAMERA_DEEP_LINK_PREFIX;

use super::{Linked, devices::Candidate};
use crate::phone::{Phone, PhoneError};

/// The contents of a linking QR: `ref,noise,identity,adv_secret[,client_type]`, keys in base64.
///
/// The camera form with the `https://wa.me/settings/linked_devices#` prefix is read as well, and
/// everything after the client type is ignored.
#[derive(Clone)]
pub struct Qr {
    /// The ref of the companion's connection on the server.
    pub pairing_ref: String,
    pub noise_pub: [u8; 32],
    pub identity_pub: [u8; 32],
    adv_secret: [u8; 32],
    client_type: Option<char>,
}

impl Qr {
    /// Parses a scanned text.
    pub fn parse(text: &str) -> Result<Self, PhoneError> {
        let text = text.trim();
        let text = text.strip_prefix(NATIVE_CAMERA_DEEP_LINK_PREFIX).unwrap_or(text);
        let mut fields = text.split(',');
        let pairing_ref = fields
            .next()
            .filter(|field| !field.is_empty())
            .ok_or(PhoneError::MalformedQr("the ref is empty"))?;
        Ok(Self {
            pairing_ref: pairing_ref.to_owned(),
            noise_pub: key(fields.next(), "the noise key is not 32 bytes of base64")?,
            identity_pub: key(fields.next(), "the identity key is not 32 bytes of base64")?,
            adv_secret: key(fields.next(), "the ADV secret is not 32 bytes of base64")?,
            client_type: fields.next().and_then(|field| field.chars().next()),
        })
    }
}

fn key(field: Option<&str>, otherwise: &'static str) -> Result<[u8; 32], PhoneError> {
    field
        .and_then(|text| BASE64_STANDARD.decode(text).ok())
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or(PhoneError::MalformedQr(otherwise))
}

impl Phone {
    /// Scans a companion's QR and signs its identity under the next device id and key index.
    ///
    /// The companion counts as linked once its answer passes
    /// [`accept_device_signature`](Phone::accept_device_signature).
    pub fn link_by_qr(&mut self, qr: &str) -> Result<Linked, PhoneError> {
        let qr = Qr::parse(qr)?;
        self.offer(Candidate {
            pairing_ref: qr.pairing_ref.into_bytes(),
            noise_pub: qr.noise_pub,
            identity_pub: qr.identity_pub,
            adv_secret: qr.adv_secret,
            platform: platform_name(qr.client_type),
        })
    }
}

/// The browser or device of a client-type code (`wacore::companion_reg`).
pub(super) fn platform_name(client_type: Option<char>) -> &'static str {
    match client_type {
        Some('1') => "chrome",
        Some('2') => "edge",
        Some('3') => "firefox",
        Some('4') => "ie",
        Some('5') => "opera",
        Some('6') => "safari",
        Some('7') => "desktop",
        Some('8') => "uwp",
        Some('d') => "android_tablet",
        Some('e' | 'f') => "android_phone",
        _ => "other",
    }
}
