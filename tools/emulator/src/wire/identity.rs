//! The server's long-lived Noise key and the certificate chain for it.

use serde::{Deserialize, Serialize};
use wacore_libsignal::protocol::{KeyPair, PrivateKey};
use waproto::buffa::{Message as _, MessageField};
use waproto::whatsapp::CertChain;
use waproto::whatsapp::cert_chain::NoiseCertificate;
use waproto::whatsapp::cert_chain::noise_certificate::Details;

/// Serial of the intermediate certificate. The root that issues it is serial 0, which clients
/// check (`WA_CERT_ISSUER_SERIAL` in wacore-noise).
const INTERMEDIATE_SERIAL: u32 = 1;
const LEAF_SERIAL: u32 = 2;
/// 2020-01-01 and 2050-01-01: clients refuse to resume with an expired chain.
const NOT_BEFORE: u64 = 1_577_836_800;
const NOT_AFTER: u64 = 2_524_608_000;

/// Static Noise key of the server. It must survive a restart: clients cache it after their first
/// login and resume with Noise IK against it.
#[derive(Clone)]
pub(crate) struct ServerIdentity {
    static_key: KeyPair,
    chain: Vec<u8>,
}

/// The stored form of a [`ServerIdentity`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct StoredIdentity {
    private_key: [u8; 32],
    chain: Vec<u8>,
}

impl ServerIdentity {
    /// Makes a key and a chain root → intermediate → leaf for it, with valid signatures.
    ///
    /// The root is the emulator's own, so only clients that skip the two signatures (feature
    /// `danger-skip-cert-chain-verify`) accept it.
    pub(crate) fn generate() -> anyhow::Result<Self> {
        let mut rng = rand::rng();
        let static_key = KeyPair::generate(&mut rng);
        let intermediate = KeyPair::generate(&mut rng);
        let root = KeyPair::generate(&mut rng);
        let chain = CertChain {
            intermediate: MessageField::some(certificate(
                INTERMEDIATE_SERIAL,
                0,
                &intermediate,
                &root,
            )?),
            leaf: MessageField::some(certificate(
                LEAF_SERIAL,
                INTERMEDIATE_SERIAL,
                &static_key,
                &intermediate,
            )?),
        };
        Ok(Self { static_key, chain: chain.encode_to_vec() })
    }

    pub(crate) fn restore(stored: &StoredIdentity) -> anyhow::Result<Self> {
        let private_key = PrivateKey::deserialize(&stored.private_key)?;
        Ok(Self {
            static_key: KeyPair::new(private_key.public_key()?, private_key),
            chain: stored.chain.clone(),
        })
    }

    pub(crate) fn to_stored(&self) -> StoredIdentity {
        StoredIdentity {
            private_key: *self.static_key.private_key.serialize(),
            chain: self.chain.clone(),
        }
    }

    pub(crate) fn private_key(&self) -> &[u8] {
        self.static_key.private_key.serialize()
    }

    pub(crate) fn public_key(&self) -> &[u8] {
        self.static_key.public_key.public_key_bytes()
    }

    /// The encoded `CertChain` that goes, encrypted, into every ServerHello.
    pub(crate) fn chain(&self) -> &[u8] {
        &self.chain
    }
}

fn certificate(
    serial: u32,
    issuer_serial: u32,
    subject: &KeyPair,
    issuer: &KeyPair,
) -> anyhow::Result<NoiseCertificate> {
    let details = Details {
        serial: Some(serial),
        issuer_serial: Some(issuer_serial),
        key: Some(subject.public_key.public_key_bytes().to_vec()),
        not_before: Some(NOT_BEFORE),
        not_after: Some(NOT_AFTER),
    }
    .encode_to_vec();
    let signature = issuer.calculate_signature(&details, &mut rand::rng())?;
    Ok(NoiseCertificate { details: Some(details), signature: Some(signature.to_vec()) })
}
